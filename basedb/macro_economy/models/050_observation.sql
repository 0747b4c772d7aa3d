-- one row per indicator, area, frequency, period, period kind, measure, price basis and release date: every vintage
create table observation as
select
    o.record_key,
    platform_key('indicator', o.indicator_code) as indicator_key,
    o.indicator_code,
    o.ref_area,
    o.freq_code,
    o.time_period,
    p.period_start,
    p.period_end,
    o.period_kind_code,
    o.measure_code,
    o.price_basis_code,
    o.obs_value,
    o.unit,
    o.unit_mult,
    o.obs_status_code,
    o.release_date,
    -- what was known on a day: released by then, superseded later or never
    lead(o.release_date) over (
        partition by
            o.indicator_code, o.ref_area, o.freq_code, o.time_period, o.period_kind_code, o.measure_code,
            o.price_basis_code
        order by o.release_date
    ) as superseded_date,
    o.release_date = max(o.release_date) over (
        partition by
            o.indicator_code, o.ref_area, o.freq_code, o.time_period, o.period_kind_code, o.measure_code,
            o.price_basis_code
    ) as is_latest,
    o._source as record_source
from observation_row o
left join period p on p.time_period = o.time_period and p.period_kind_code = o.period_kind_code;
