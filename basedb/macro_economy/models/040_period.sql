-- scratch: one row per time period and kind: the days it covers; a joint period is covered whole, never divided
create temp table period as
with written as (
    select distinct time_period, period_kind_code
    from observation_row
), parsed as (
    select
        time_period, period_kind_code,
        try_cast(left(time_period, 4) as integer) as year,
        case
            when time_period like '%/P2M' then try_cast(substr(time_period, 6, 2) as integer)
            when time_period like '%-Q%' then try_cast(right(time_period, 1) as integer) * 3 - 2
            when length(time_period) = 7 then try_cast(right(time_period, 2) as integer)
            when length(time_period) = 4 then 1
        end as first_month,
        case
            when time_period like '%/P2M' then 2
            when time_period like '%-Q%' then 3
            when length(time_period) = 7 then 1
            else 12
        end as months
    from written
)
select
    time_period, period_kind_code,
    -- what accumulates does so from the first of January
    case when period_kind_code = 'cumulative' then make_date(year, 1, 1) else make_date(year, first_month, 1) end
        as period_start,
    last_day(make_date(year, first_month + months - 1, 1)) as period_end
from parsed
where first_month between 1 and 13 - months;
