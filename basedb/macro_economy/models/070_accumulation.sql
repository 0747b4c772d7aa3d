-- one row per newest cumulative level whose period has a newest level of its own
create table accumulation as
with level as (
    select *
    from observation
    where is_latest and obs_value is not null and measure_code = 'LEVEL'
), beside as (
    select
        c.record_key, c.indicator_key, c.indicator_code, c.ref_area, c.time_period,
        c.obs_value as cumulative, b.obs_value as cumulative_before, v.obs_value as current_value,
        -- each of the three may be rounded in its second decimal
        greatest(0.02, abs(c.obs_value) * 0.00001) as tolerance,
        v.period_start = c.period_start as is_first
    from level c
    join level v
        on v.indicator_code = c.indicator_code and v.ref_area = c.ref_area and v.freq_code = c.freq_code
        and v.unit = c.unit and v.unit_mult = c.unit_mult and v.price_basis_code is not distinct from c.price_basis_code
        and v.period_kind_code = 'current' and v.period_end = c.period_end and v.period_start >= c.period_start
    left join level b
        on b.indicator_code = c.indicator_code and b.ref_area = c.ref_area and b.freq_code = c.freq_code
        and b.unit = c.unit and b.unit_mult = c.unit_mult and b.price_basis_code is not distinct from c.price_basis_code
        and b.period_kind_code = 'cumulative' and b.period_start = c.period_start
        and b.period_end = (v.period_start - interval 1 day)::date
    where c.period_kind_code = 'cumulative'
    -- a joint value of January and February reaches further back than February's own; the same days may be written in
    -- two ways
    qualify row_number() over (
        partition by c.record_key order by v.period_start, v.time_period, b.time_period) = 1
)
select
    record_key, indicator_key, indicator_code, ref_area, time_period, cumulative, cumulative_before, current_value,
    round(cumulative - current_value - case when is_first then 0 else cumulative_before end, 4) as difference,
    tolerance,
    abs(difference) <= tolerance as is_within
from beside;
