-- one row per legal entity, name and stretch of time in which it bore it; the register's own name is the last
create temp macro fold_firm(given) as lower(translate(translate(given, '（）', '()'), ' 　·•', ''));

-- what a registrar says, and what the tax office says of those of whom no log tells
create temp table registered_name as
select g.credit_code as code, g.name, g.name_source, g.established_date, i.valid_from as logged_from
from golden_entity g
left join change_interval i on i.code = g.credit_code and i.item_code = '01' and i.is_last
where g.name is not null
    and (i.code is null or g.name_source not in (select distinct _source from input.taxpayer));

create temp table name_interval as
select code, told as name, valid_from, valid_to, _source
from change_interval i
where item_code = '01' and not (is_last and exists (from registered_name r where r.code = i.code))
union all
select code, name, coalesce(logged_from, established_date), null, name_source
from registered_name;

create table entity_name as
select
    platform_key('entity_name', concat_ws('|', code, coalesce(valid_from::varchar, ''))) as record_key,
    platform_key('legal_entity', code) as entity_key,
    name, valid_from, valid_to, _source as source
from name_interval
where name is not null;
