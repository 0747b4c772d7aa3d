-- findings: one per statistics row that gives another place's name to a code of civil affairs
insert into findings by name
select
    'DIVISION_CONFLICT' as rule, s._source as source, 'name' as item, s._delivery as delivery, s._row as row,
    c._source as authority
from division_name c
join division_name s on s.code = c.code and s.role = 'statistical_division'
where c.role = 'division' and s.short_name <> c.short_name;

-- one row per division whose two tables, settled as of one place, name it in different ways
create table division_conflict as
select
    platform_key('division_conflict', concat_ws('|', d.natural_key, 'name', r.resource)) as record_key,
    d.record_key as division_key,
    'name' as attribute,
    c._source as chosen_source,
    s._source as other_source,
    d.statistical_name as other_value
from division_all d
join division_name c on c.role = 'division' and c.code = d.division_code
join division_name s on s.role = 'statistical_division' and s.code = d.statistical_code
join sources r on r.code = s._source
where d.civil_name is not null and c.short_name <> s.short_name;
