-- scratch: one row per licence and day on which its state changed; a state that no step dates holds from the day told
create temp table licence_event as
with issued as (
    select
        l.record_key as licence_key, coalesce(s.operated_date, l.issued_date, l.valid_from) as day, 0 as place,
        coalesce(s.operation_code, '01') as operation_code, coalesce(s.state_code, '01') as state_code,
        s.previous_key, s.reason
    from licence_row l
    left join licence_step s
        on s.licence_key = l.record_key and s.place = 1 and s.operation_code in ('01', '02', '08', '09')
),
stepped as (
    select licence_key, operated_date, place::integer, operation_code, state_code, null::varchar, reason
    from licence_step
    where not (place = 1 and operation_code in ('01', '02', '08', '09'))
),
superseded as (
    -- a licence that another continues, changes or takes over ends on that day
    select previous_key, operated_date, 100000, operation_code, '05', null::varchar, null::varchar
    from licence_step
    where previous_key is not null and operation_code in ('02', '08', '09')
),
dated as (
    from issued union all from stepped union all from superseded
),
last_known as (
    select licence_key, arg_max(state_code, (day, place)) filter (where day is not null) as state_code
    from dated
    group by licence_key
),
-- what the register says last differs from what its steps come to: since when is not known
told as (
    select
        l.record_key, l._as_of as day, 200000 as place, null::varchar as operation_code, l.state_code,
        null::varchar as previous_key, null::varchar as reason
    from licence_row l
    left join last_known k on k.licence_key = l.record_key
    where l.state_code is not null and l.state_code is distinct from k.state_code
)
select * from dated where day is not null
union all
select * from told where day is not null;
