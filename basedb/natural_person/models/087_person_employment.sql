-- one row per person, employer and stretch of time: of any kind of social insurance there, else of the housing fund
create temp table worked as
select person_key, employer_key, valid_from, valid_to, status_code = '1' as is_current, source, birth_date
from person_insurance
where scheme = 'social' and employer_key is not null;

create temp table worked_before as
select distinct person_key from worked where valid_to is not null;

-- stretches that touch are one
create temp table stretch as
with told as (from worked semi join worked_before using (person_key)),
marked as (
    -- of which nobody knows the first day may touch any that follows
    select *, coalesce(
        coalesce(valid_from, date '-infinity') > max(coalesce(valid_to, date '9999-12-31')) over before, true) as is_other
    from told
    window before as (
        partition by person_key, employer_key order by valid_from nulls first, source, valid_to
        rows between unbounded preceding and 1 preceding)),
counted as (
    select *, count(*) filter (where is_other) over (
        partition by person_key, employer_key order by valid_from nulls first, source, valid_to
        rows between unbounded preceding and current row) as nth
    from marked)
select person_key, employer_key, nth, min(valid_from) as valid_from,
    if(bool_or(valid_to is null), null, max(valid_to)) as valid_to,
    coalesce(bool_or(is_current and valid_to is null), false) as is_current,
    arg_min(source, (valid_from, source)) as source, any_value(birth_date) as birth_date
from counted
group by person_key, employer_key, nth;

create temp table employed as
select person_key, employer_key, 1 as nth, min(valid_from) as valid_from, null::date as valid_to,
    coalesce(bool_or(is_current), false) as is_current,
    -- of what it says, the source of the first month
    arg_min(source, (valid_from, source)) as source, any_value(birth_date) as birth_date
from worked
anti join worked_before using (person_key)
group by person_key, employer_key
union all by name
from stretch;

-- the housing fund tells no days
insert into employed by name
select h.person_key, e.employer_key, 1 as nth, coalesce(bool_or(h.status_code = '1'), false) as is_current,
    min(h._source) as source, any_value(h.birth_date) as birth_date
from (
    select p.person_key, p.birth_date, h.*
    from input.housing_fund h
    join numbered_person p on p.no = person_number(h.id_number)
    where h.employer_credit_code is not null
    union all
    select l.person_key, p.birth_date, h.*
    from input.housing_fund h
    join linked_statement l on l.source = h._source and l._key = h._key
    join numbered_person p using (person_key)) h
join employer e using (employer_credit_code)
anti join worked w on w.person_key = h.person_key and w.employer_key = e.employer_key
group by h.person_key, e.employer_key;

create table person_employment as
select
    platform_key('person_employment', concat_ws('|', person_key, employer_key, if(nth > 1, valid_from, null)))
        as record_key,
    * exclude (nth)
from employed;
