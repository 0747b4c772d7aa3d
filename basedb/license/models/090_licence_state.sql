-- one row per licence and interval of its state; both days belong to it, and the last interval has no end
create table licence_state as
with placed as (
    select
        e.* exclude (day),
        -- issued in advance, a licence holds from its first day
        case when e.place = 0 then greatest(e.day, l.valid_from) else e.day end as state_from,
        l.valid_until, l.licence_id, l.licence_no, l.licence_kind, l._source
    from licence_event e
    join licence_row l on l.record_key = e.licence_key
),
-- of several changes on one day the last counts
last_of_day as (
    select *
    from placed
    qualify row_number() over (partition by licence_key, state_from order by place desc, previous_key desc) = 1
),
bounded as (
    select
        *,
        lead(state_from) over following - 1 as state_until,
        -- a state that the register told without a day: from when before it held is not known
        coalesce(lead(place) over following = 200000, false) as is_open
    from last_of_day
    window following as (partition by licence_key order by state_from)
),
cut as (
    select *, state_code in ('01', '02') and not is_open and valid_until < coalesce(state_until, date '9999-12-31') as is_cut
    from bounded
),
interval_ as (
    select
        * exclude (state_until, state_code),
        case when not is_open then state_code end as state_code,
        case when is_cut then greatest(valid_until, state_from) else state_until end as state_until,
        false as is_implied
    from cut
    union all by name
    -- a term that ran out ends the licence without anybody's decision
    select
        * exclude (state_until, state_code)
            replace (greatest(valid_until, state_from) + 1 as state_from, '04' as operation_code,
                null as previous_key, null as reason),
        '05' as state_code, state_until, true as is_implied
    from cut
    where is_cut and greatest(valid_until, state_from) + 1 <= coalesce(state_until, date '9999-12-31')
)
select
    left(sha256(i.licence_key || '|' || i.state_from), 20) as record_key,
    i.licence_key, i.licence_kind, i.licence_no, i.licence_id, i.state_code, i.state_from, i.state_until,
    i.operation_code, i.previous_key, i.reason, i.is_implied,
    l.birth_date, l.is_deceased,
    i._source as record_source
from interval_ i
join licence l on l.record_key = i.licence_key;
