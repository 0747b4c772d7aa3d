-- findings: one per statistics row that gives another place's name to a code of civil affairs
insert into findings by name
select
    'DIVISION_CONFLICT' as rule, s._source as source, 'name' as item, s._delivery as delivery, s._row as row,
    c._source as authority
from division_name c
join division_name s on s.code = c.code and s.role = 'statistical_division'
where c.role = 'division' and s.short_name <> c.short_name;
