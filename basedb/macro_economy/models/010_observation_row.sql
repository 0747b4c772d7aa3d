-- scratch: one row per observation key, from the most trusted role that had published the observation by that day
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
with published as (
    select observed, role, min(release_date) as first_date
    from observation_told
    group by all
),
trusted as (
    select
        v.natural_key,
        pick_observation_obs_value(
            max(p.role) filter (where p.role = 'gdp'),
            max(p.role) filter (where p.role = 'monthly_indicator'),
            max(p.role) filter (where p.role = 'budget'),
            max(p.role) filter (where p.role = 'energy')
        ) as role
    from (select distinct natural_key, observed, release_date from observation_told) v
    -- who is trusted less counts until who is trusted more has published, and is no newer vintage of it
    join published p on p.observed = v.observed and coalesce(p.first_date <= v.release_date, true)
    group by v.natural_key
)
select k.*, platform_key('observation', k.natural_key) as record_key
from observation_told k
join trusted t on t.natural_key = k.natural_key and t.role = k.role
-- two resources may fill one role
qualify row_number() over (
    partition by k.natural_key order by k._as_of desc, k._source, k._delivery desc, k._row
) = 1;
