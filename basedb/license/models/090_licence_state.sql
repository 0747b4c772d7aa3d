-- one row per licence and interval of its state; both days belong to it, and the last interval has no end
create table licence_state as
with placed as not materialized (
    select
        e.* exclude (day),
        -- issued in advance, a licence holds from its first day
        case when e.place = 0 then greatest(e.day, l.valid_from) else e.day end as state_from,
        l.valid_until, l.licence_id, l.licence_no, l.licence_kind, l.birth_date, l.is_deceased, l.record_source
    from licence_event e
    join licence l on l.record_key = e.licence_key
),
-- of several changes on one day the last counts
last_of_day as (
    select *
    from placed
    semi join licence_change using (licence_key)
    qualify row_number() over (
        partition by licence_key, state_from order by place desc, previous_key desc, operation_code desc) = 1
),
bounded as (
    select
        *,
        lead(state_from) over following - 1 as state_until,
        -- a state that the register told without a day: from when before it held is not known
        coalesce(lead(place) over following = 200000, false) as is_open
    from last_of_day
    window following as (partition by licence_key order by state_from)
    union all
    -- most licences never change
    select *, null, false
    from placed
    anti join licence_change using (licence_key)
),
cut as (
    select
        *,
        -- whatever state it was in, after its last day it was not valid
        (state_code in ('01', '02') or is_open) and valid_until < coalesce(state_until, date '9999-12-31') as is_cut,
        is_cut and valid_until < state_from as is_late
    from bounded
),
-- a term that ran out ends the licence without anybody's decision
interval_ as (
    select
        *,
        unnest(case when is_late then [true] when is_cut then [false, true] else [false] end) as is_implied
    from cut
),
told as (
    select
        licence_key, licence_kind, licence_no, licence_id,
        case when is_implied then '05' when not is_open then state_code end as state_code,
        if(is_implied, greatest(valid_until + 1, state_from), state_from) as state_from,
        if(is_cut and not is_implied, valid_until, state_until) as state_until,
        if(is_implied and not is_late, '04', operation_code) as operation_code,
        if(is_implied and not is_late, null, previous_key) as previous_key,
        if(is_implied and not is_late, null, reason) as reason,
        is_implied, birth_date, is_deceased, record_source
    from interval_
)
select left(sha256(licence_key || '|' || state_from), 20) as record_key, *
from told;
