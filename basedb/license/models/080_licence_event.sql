-- scratch: one row per licence: the day and the state it began with, and what the register says last
create temp table licence_issue as
select
    l.record_key as licence_key, coalesce(s.operated_date, l.issued_date, l.valid_from) as day, 0 as place,
    coalesce(s.operation_code, '01') as operation_code, coalesce(s.state_code, '01') as state_code,
    s.previous_key, s.reason, l.state_code as told_code, l._as_of as told_on, l.valid_until
from licence_row l
left join licence_step s
    on s.licence_key = l.record_key and s.is_issue;

-- scratch: one row per later day on which a licence's state changed; a state that no step dates holds from the day told
create temp table licence_change as
select licence_key, operated_date as day, place::integer as place, operation_code, state_code,
    null::varchar as previous_key, reason
from licence_step
where not is_issue
union all
-- a licence that another continues, changes or takes over ends on that day: when the other was given in advance, on the
-- first day of the other, unless the register has ended it by then
select
    s.previous_key,
    if(p.state_code = '05' and p._as_of < l.valid_from, s.operated_date, greatest(s.operated_date, l.valid_from)),
    100000, s.operation_code, '05', null, null
from licence_step s
join licence_row l on l.record_key = s.licence_key
join licence_row p on p.record_key = s.previous_key
where s.previous_key <> s.licence_key and s.operation_code in ('02', '08', '09');

-- what the register says differs from what the steps come to by that day: since when is not known
insert into licence_change
with dated as (
    select licence_key, day, place, state_code from licence_change
    union all
    select licence_key, day, place, state_code from licence_issue semi join licence_change using (licence_key)
),
last_known as (
    select
        d.licence_key,
        arg_max(d.state_code, (d.day, d.place)) filter (where d.day <= i.told_on) as state_code,
        -- steps of the day itself may have come after the register was told
        arg_max(d.state_code, (d.day, d.place)) filter (where d.day < i.told_on) as state_before
    from dated d
    join licence_issue i on i.licence_key = d.licence_key
    group by d.licence_key
),
compared as (
    select i.*, k.state_before, coalesce(k.state_code, if(i.day is not null, i.state_code, null)) as known_code
    from licence_issue i
    left join last_known k on k.licence_key = i.licence_key
)
select licence_key, told_on, 200000, null, told_code, null, null
from compared
where told_on is not null and told_code is not null
    and told_code is distinct from known_code and told_code is distinct from state_before
    -- that a term ran out is told late, and known to the day
    and not (told_code = '05' and coalesce(known_code in ('01', '02') and valid_until < told_on, false));

create temp view licence_event as
select * exclude (told_code, told_on, valid_until) from licence_issue where day is not null
union all
from licence_change;
