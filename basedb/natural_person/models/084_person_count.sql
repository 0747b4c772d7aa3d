-- one row per division, age group and sex: the living registered there, and the living who live there; age on `as_of`
create temp view counted as
select
    registered_division_code,
    coalesce(residence_division_code, registered_division_code) as division_code,
    least(date_part('year', age(getvariable('as_of'), birth_date))::integer // 5 * 5, 100) as age_from,
    sex_code
from person
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
