-- one row per observation and source that publishes another value for it than the source that is trusted more
create table observation_conflict as
with told as (
    select natural_key, obs_value, unit, unit_mult, _source
    from observation_told
    qualify count(*) over (partition by natural_key) > 1
        and row_number() over (partition by natural_key, _source order by _as_of desc, _delivery desc, _row) = 1
)
select
    platform_key('observation_conflict', o.natural_key || '|' || s.resource) as record_key,
    o.record_key as observation_key,
    o.indicator_code,
    'obs_value' as attribute,
    o._source as chosen_source,
    t._source as other_source,
    t.obs_value::varchar as other_value,
    t.unit as other_unit
from told t
join observation_row o on o.natural_key = t.natural_key and o._source <> t._source
join sources s on s.code = t._source
-- one value may be written in thousands and in millions
where t.unit <> o.unit or abs(t.obs_value * pow(10, t.unit_mult) - o.obs_value * pow(10, o.unit_mult))
    > 1e-9 * abs(o.obs_value * pow(10, o.unit_mult));
