-- findings: one per delivered address of a person or firm here that no standard address bears out down to the house
insert into findings by name
select 'ADDRESS_UNKNOWN' as rule, s._source as source, s.item, s._delivery as delivery, s._row as row,
    s._source as authority, (select min(record_source) from address) as other
from address_stated s
join address_match m
    on m.stated_address = s.address and m.stated_division_code is not distinct from s.county
where s.is_judged and m.address_key is null and exists (from address);
