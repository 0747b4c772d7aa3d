-- one row per division, age group and sex: the living registered there, and the living who live there; age on `as_of`
-- who moved out of the city is registered nowhere here: the register says so, or struck them off after it last knew them
create temp table moved_out as
select no, null::utinyint as source
from newest_per_person('input.resident', 'nobody')
where coalesce(status_code, '1') = '3'
union
select d.no, if(r.no is null, null, d.source)
from (
    select person_number(id_number) as no, max(_as_of) as day, arg_max(_source, _as_of) as source
    from input.deregistration
    where id_number is not null and kind_code = '2'
    group by no) d
left join newest_per_person('input.resident', 'nobody') r on r.no = d.no and coalesce(r.status_code, '1') = '1'
where coalesce(d.day >= r._as_of, true);

update person set status_code = '3', status_code_source = m.source
from moved_out m
join numbered_person n using (no)
where person.record_key = n.person_key and person.status_code = '1' and m.source is not null;

create temp view counted as
select
    if(m.no is null, registered_division_code, null) as registered_division_code,
    coalesce(residence_division_code, if(m.no is null, registered_division_code, null)) as division_code,
    least(date_part('year', age(getvariable('as_of'), birth_date))::integer // 5 * 5, 100) as age_from,
    sex_code
from person
left join moved_out m on m.no = person_number(id_number)
where not is_deceased and birth_date <= getvariable('as_of');

create table person_count as
select
    platform_key('person_count', concat_ws('|', division_code, age_from, sex_code)) as record_key,
    division_code,
    age_from::utinyint as age_from,
    if(age_from < 100, age_from + 4, null)::utinyint as age_to,
    sex_code,
    sum(registered)::bigint as registered,
    sum(resident)::bigint as resident
from (
    select registered_division_code as division_code, age_from, sex_code, 1 as registered, 0 as resident from counted
    union all
    select division_code, age_from, sex_code, 0, 1 from counted)
where division_code is not null
group by division_code, age_from, sex_code;
