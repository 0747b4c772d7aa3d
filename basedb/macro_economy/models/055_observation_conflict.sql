-- one row per observation and source whose newest value, published while it stood, is another than that of the source
-- that is trusted more
create table observation_conflict as
with told as (
    select natural_key, observed, release_date, obs_value, unit, unit_mult, _source
    from observation_told
    qualify min(_source) over (partition by observed) <> max(_source) over (partition by observed)
        and row_number() over (partition by natural_key, _source order by _as_of desc, _delivery desc, _row) = 1
),
beside as (
    select o.*, t._source as other_source, t.obs_value as other_value, t.unit as other_unit, t.unit_mult as other_mult
    from told t
    asof join observation_row o on o.observed = t.observed and o.release_date <= t.release_date
    where o._source <> t._source
    qualify row_number() over (partition by o.record_key, t._source order by t.release_date desc) = 1
)
select
    platform_key('observation_conflict', b.natural_key || '|' || s.resource) as record_key,
    b.record_key as observation_key,
    b.indicator_code,
    'obs_value' as attribute,
    b._source as chosen_source,
    b.other_source,
    b.other_value::varchar as other_value,
    b.other_unit
from beside b
join sources s on s.code = b.other_source
-- one value may be written in thousands and in millions
where b.other_unit <> b.unit or abs(b.other_value * pow(10, b.other_mult) - b.obs_value * pow(10, b.unit_mult))
    > 1e-9 * abs(b.obs_value * pow(10, b.unit_mult));
