-- one row per division of civil affairs, and per division that only statistics know
create table division as
with civil as (
    select division_code as code, record_key, division_code
    from division_all
    where civil_name is not null
), statistical as (
    select statistical_code as code, record_key, division_code
    from division_all
    where statistical_code is not null
)
select
    d.record_key,
    d.division_code,
    pick_division_name(d.civil_name, d.statistical_name) as name,
    source_division_name(d.civil_name, d.civil_source, d.statistical_name, d.statistical_source) as name_source,
    d.level_code,
    coalesce(s.division_code, c.division_code, d.parent) as parent_code,
    coalesce(s.record_key, c.record_key) as parent_key,
    d.valid_from,
    d.valid_to,
    d.statistical_code,
    case when d.statistical_name <> d.civil_name then d.statistical_name end as statistical_name,
    d.is_statistical_only
from division_all d
-- a division that only statistics know hangs where statistics hang it
left join statistical s on s.code = d.parent and d.civil_name is null
left join civil c on c.code = d.parent;
