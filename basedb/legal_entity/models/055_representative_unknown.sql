-- findings: one per living firm whose representative no list of the city knows, though the city gave out its identifier
-- GB 11643 (digits 1-6) and GB 32100 (3-8) name the place that gave out an identifier. Who registered elsewhere may
-- lead a firm here and be unknown here; who registered here stands in this city's register or among those struck off.
create temp view known_here as
select id_number from input.check_resident
union all select id_number from input.check_person
union all select id_number from input.deregistration
union all select id_number from input.death_certificate
union all select male_id_number from input.check_spouse
union all select female_id_number from input.check_spouse
-- of whom it was decided who it is
union all select natural_key from same_as where kind = 'person';

-- the register of each kind of code (its first two characters), known by what it delivered
create temp table register_of_kind as
select left(credit_code, 2) as kind, status_code_source as source
from legal_entity
where status_code_source is not null
group by kind, source
qualify row_number() over (partition by kind order by count(*) desc, source) = 1;

create temp table local_representative as
select id_number, id_item, _source, _delivery, _row, (select min(_source) from input.check_resident) as register
from chosen_representative
where status_code = '1' and is_own_area(left(id_number, 6)) and exists (from input.check_resident);

insert into findings by name
select 'REPRESENTATIVE_UNKNOWN' as rule, _source as source, id_item as item, _delivery as delivery, _row as row,
    _source as authority, register as other
from local_representative
anti join known_here using (id_number)
union all
select 'REPRESENTATIVE_UNKNOWN', r._source, 'representative_credit_code', r._delivery, r._row, r._source, k.source
from chosen_representative r
join register_of_kind k on k.kind = left(r.valid_partner_code, 2)
anti join legal_entity l on l.credit_code = r.valid_partner_code
where r.status_code = '1' and is_own_area(substr(r.valid_partner_code, 3, 6));
