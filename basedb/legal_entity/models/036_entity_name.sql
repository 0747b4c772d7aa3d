-- one row per legal entity, name and stretch of time in which it bore it; the register's own name is the last
create temp macro fold_firm(given) as lower(translate(translate(given, '（）', '()'), ' 　·•', ''));

create temp table name_interval as
select code, told as name, valid_from, valid_to, _source
from change_interval i
where item_code = '01' and not (is_last and exists (
    from golden_entity g where g.credit_code = i.code and g.name_source is not null))
union all
select g.credit_code, g.name, coalesce(i.valid_from, g.established_date), null, g.name_source
from golden_entity g
left join change_interval i on i.code = g.credit_code and i.item_code = '01' and i.is_last
where g.name is not null;

create table entity_name as
select
    platform_key('entity_name', concat_ws('|', code, coalesce(valid_from::varchar, ''))) as record_key,
    platform_key('legal_entity', code) as entity_key,
    name, valid_from, valid_to, _source as source
from name_interval
where name is not null;
