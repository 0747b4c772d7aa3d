-- one row per legal entity and representative, for the time in which he or she stood for it
create temp table term_interval as
select code, told as name, id_number, partner_code, valid_from, valid_to, _source
from change_interval i
where item_code = '02' and not (is_last and exists (from chosen_representative r where r.code = i.code))
union all
select r.code, r.name, r.id_number, r.partner_code, coalesce(i.valid_from, g.established_date), null, r._source
from chosen_representative r
join golden_entity g on g.credit_code = r.code
left join change_interval i on i.code = r.code and i.item_code = '02' and i.is_last;

create table representative_term as
select
    platform_key('representative_term', concat_ws('|', code, coalesce(valid_from::varchar, ''))) as record_key,
    platform_key('legal_entity', code) as entity_key,
    name,
    platform_key('person', id_number) as person_key,
    platform_key('legal_entity', canonical('legal_entity', partner_code)) as partner_entity_key,
    valid_from, valid_to, _source as source,
    try_strptime(substr(id_number, 7, 8), '%Y%m%d')::date as birth_date
from term_interval
where name is not null;
