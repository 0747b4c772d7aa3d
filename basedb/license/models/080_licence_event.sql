-- scratch: one row per licence: the day and the state it began with, and what the register says last
create temp table licence_issue as
select
    l.record_key as licence_key, coalesce(s.operated_date, l.issued_date, l.valid_from) as day, 0 as place,
    coalesce(s.operation_code, '01') as operation_code, coalesce(s.state_code, '01') as state_code,
    s.previous_key, s.reason, l.state_code as told_code, l._as_of as told_on
from licence_row l
left join licence_step s
    on s.licence_key = l.record_key and s.place = 1 and s.operation_code in ('01', '02', '08', '09');

-- scratch: one row per later day on which a licence's state changed; a state that no step dates holds from the day told
create temp table licence_change as
select licence_key, operated_date as day, place::integer as place, operation_code, state_code,
    null::varchar as previous_key, reason
from licence_step
where not (place = 1 and operation_code in ('01', '02', '08', '09'))
union all
-- a licence that another continues, changes or takes over ends on that day
select previous_key, operated_date, 100000, operation_code, '05', null, null
from licence_step
where previous_key is not null and operation_code in ('02', '08', '09');

-- what the register says last differs from what its steps come to: since when is not known
insert into licence_change
with dated as (
    select licence_key, day, place, state_code from licence_change
    union all
    select licence_key, day, place, state_code from licence_issue semi join licence_change using (licence_key)
),
last_known as (
    select licence_key, arg_max(state_code, (day, place)) filter (where day is not null) as state_code
    from dated
    group by licence_key
)
select i.licence_key, i.told_on, 200000, null, i.told_code, null, null
from licence_issue i
left join last_known k using (licence_key)
where i.told_on is not null and i.told_code is not null
    and i.told_code is distinct from coalesce(k.state_code, if(i.day is not null, i.state_code, null));

create temp view licence_event as
select * exclude (told_code, told_on) from licence_issue where day is not null
union all
from licence_change;
