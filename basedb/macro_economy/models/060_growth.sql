-- one row per newest level with a newest level of the same days a year before
create table growth as
with newest as (
    select *, (period_end + interval 1 day)::date as until
    from observation
    where is_latest and obs_value is not null
), level as (
    select * from newest where measure_code = 'LEVEL'
), published as (
    select * from newest where measure_code in ('YOY', 'YTD_YOY')
), beside as (
    select
        n.record_key, n.indicator_key, n.indicator_code, n.ref_area, n.time_period, n.period_kind_code,
        n.obs_value, b.obs_value as value_before,
        p.obs_value as published,
        p.price_basis_code = n.price_basis_code as is_comparable,
        case when b.obs_value > 0 then round((n.obs_value / b.obs_value - 1) * 100, 2) end as computed,
        -- published with one decimal: half of it either way, and as much for the rounding of the levels
        0.1::double as tolerance
    from level n
    join level b
        on b.indicator_code = n.indicator_code and b.ref_area = n.ref_area and b.freq_code = n.freq_code
        and b.period_kind_code = n.period_kind_code and b.unit = n.unit and b.unit_mult = n.unit_mult
        -- levels at two price bases cannot be held against each other
        and b.price_basis_code = n.price_basis_code
        and b.until = (n.until - interval 1 year)::date and b.period_start = (n.period_start - interval 1 year)::date
    left join published p
        on p.indicator_code = n.indicator_code and p.ref_area = n.ref_area and p.freq_code = n.freq_code
        and p.period_kind_code = n.period_kind_code and p.period_start = n.period_start
        and p.period_end = n.period_end
        and p.measure_code = case when n.period_kind_code = 'cumulative' then 'YTD_YOY' else 'YOY' end
    -- the same days may be written in two ways, and growth be published nominal and real
    qualify row_number() over (
        partition by n.record_key
        order by length(b.time_period) = length(n.time_period) desc, b.time_period,
            p.price_basis_code = n.price_basis_code desc nulls last, p.price_basis_code, p.time_period) = 1
)
select
    record_key, indicator_key, indicator_code, ref_area, time_period, period_kind_code, obs_value, value_before,
    published, computed,
    -- real growth stands beside that of nominal levels, and is not held against it
    case when is_comparable then round(published - computed, 2) end as difference,
    tolerance,
    abs(difference) <= tolerance as is_within
from beside;
