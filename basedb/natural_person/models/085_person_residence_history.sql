-- one row per person and stretch of days in one place, by the registrations of residence: of several on one day the one
-- that began last counts. Nobody lives anywhere after the day of death; other lists tell where, but not since when
create temp table stay as
select
    r.record_key as stay_key, r.person_key, r.address, r.division_code, r.start_date as valid_from,
    least(r.end_date, d.death_date) + 1 as valid_to, r.source, r.birth_date, d.person_key is not null as is_deceased
from person_residence r
left join deceased d using (person_key)
where r.source in (select distinct _source from input.residence) and r.start_date is not null
    and coalesce(r.start_date <= least(r.end_date, d.death_date), true);

-- who tells of one stay needs no comparison
create temp table stay_of_several as
from stay qualify count(*) over (partition by person_key) > 1;

create temp table stay_piece as
with bound as (
    select person_key, day as valid_from, lead(day) over (partition by person_key order by day) as valid_to
    from (
        select person_key, valid_from as day from stay_of_several
        union
        select person_key, valid_to from stay_of_several where valid_to is not null)),
held as (
    select b.valid_from, b.valid_to, arg_max(s.stay_key, (s.valid_from, s.stay_key)) as stay_key
    from bound b
    join stay_of_several s
        on s.person_key = b.person_key and s.valid_from <= b.valid_from and coalesce(s.valid_to > b.valid_from, true)
    group by b.person_key, b.valid_from, b.valid_to)
select s.* replace (h.valid_from as valid_from, h.valid_to as valid_to)
from held h
join stay_of_several s using (stay_key);

-- pieces of one place that follow each other are one stay
create temp table stay_whole as
with marked as (
    select *, coalesce(valid_from <> lag(valid_to) over following, true)
        or (address, division_code) is distinct from (lag(address) over following, lag(division_code) over following)
        as is_other
    from stay_piece
    window following as (partition by person_key order by valid_from)),
counted as (
    select *, count(*) filter (where is_other) over (partition by person_key order by valid_from) as nth from marked)
select
    person_key, address, division_code, min(valid_from) as valid_from,
    if(bool_or(valid_to is null), null, max(valid_to)) as valid_to, arg_min(source, valid_from) as source,
    birth_date, is_deceased
from counted
group by person_key, nth, address, division_code, birth_date, is_deceased;

create table person_residence_history as
select platform_key('person_residence_history', person_key || '|' || valid_from) as record_key, *
from (
    select person_key, address, division_code, valid_from, valid_to, source, birth_date, is_deceased
    from stay
    anti join stay_of_several using (person_key)
    union all by name
    from stay_whole);
