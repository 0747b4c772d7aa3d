-- scratch: one row per table and division code, with its name without the names of its parents
create temp table division_name as
with parent_name as (
    -- the shortest is the one without a prefix of its own
    select code, min_by(name, (length(name), name)) filter (where name is not null) as name
    from division_code
    group by code
)
select
    d.role, d.code, d.parent, d.level_code, d.valid_to, d._source, d._delivery, d._row,
    case
        when position(p.name in d.name) > 0 and not ends_with(d.name, p.name)
        then substr(d.name, position(p.name in d.name) + length(p.name))
        else d.name
    end as short_name
from division_code d
left join parent_name p on p.code = d.parent;
