-- scratch: one row per observation key, from the most trusted role that delivers it
create temp view observation_told as
with delivered as (
    select 'gdp' as role, * from input.gdp
    union all
    select 'monthly_indicator', * from input.monthly_indicator
    union all
    select 'budget', * from input.budget
    union all
    select 'energy', * from input.energy
)
select
    *,
    -- what is observed, whenever it is published
    concat_ws(
        '|', key_part(indicator_code), key_part(ref_area), freq_code, key_part(time_period), period_kind_code,
        measure_code, key_part(price_basis_code)
    ) as observed,
    concat_ws('|', observed, release_date::varchar) as natural_key
from delivered;

create temp table observation_row as
with trusted as (
    select
        natural_key,
        pick_observation_obs_value(
            max(role) filter (where role = 'gdp'),
            max(role) filter (where role = 'monthly_indicator'),
            max(role) filter (where role = 'budget'),
            max(role) filter (where role = 'energy')
        ) as role
    from observation_told
    group by natural_key
)
select k.*, platform_key('observation', k.natural_key) as record_key
from observation_told k
join trusted t on t.natural_key = k.natural_key and t.role = k.role
-- two resources may fill one role
qualify row_number() over (
    partition by k.natural_key order by k._as_of desc, k._source, k._delivery desc, k._row
) = 1;
