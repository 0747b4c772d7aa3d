-- scratch: one row per statement and person it may speak of: each rule finds few, a rule that finds many finds none
-- what reviewers decided: a record key of NULL says that nobody known is meant; a decision for a person who is gone
-- counts no more, one for a person merged into another counts for that one
create temp table decided as
select statement_no, person_key
from (
    select s.statement_no, d.record_key, coalesce(m.merged_into, d.record_key) as person_key
    from linked d
    join statement s on s.record_key = d.statement_key
    left join merged_key m on m.kind = d.kind and m.record_key = d.record_key
    where d.kind = 'person')
where record_key is null or person_key in (select person_key from numbered_person);

create temp view known_person as
select person_number(id_number) as no, id_number, name, birth_date, sex_code, household_id from person;

create temp view known_phone as
select person_number(id_number) as no, phone from input.residence where id_number is not null and phone is not null
union all
select person_number(id_number), phone from input.medical_insured where id_number is not null and phone is not null
union all
select person_number(id_number), phone from input.health_record where id_number is not null and phone is not null;

-- a phone of many is nobody's
create temp table person_phone as
select no, phone from (select distinct no, phone from known_phone semi join statement_form using (phone))
qualify count(*) over (partition by phone) <= 12;

-- given names of which something was heard right
create temp macro is_near(one, other) as
    length(one) = 2 or length(other) = 2 or left(one, 2) = left(other, 2) or right(one, 1) = right(other, 1);

-- birth dates of one year of which something was told right; the first of January stands for any day
create temp macro is_near_day(told, known) as
    month(told) = month(known) or day(told) = day(known) or dayofyear(told) = 1
    or (month(told) = day(known) and day(told) = month(known));

create temp view found_by_rule as
select 'birth' as rule, statement_no, no
from known_person p join statement_form s
on s.birth_date = p.birth_date and s.surname = left(p.name, 1) and is_near(s.name, p.name)
union all
select 'given_name', statement_no, no
from known_person p join statement_form s on s.birth_date = p.birth_date and substr(s.name, 2) = substr(p.name, 2)
union all
select 'lunar', statement_no, no
from known_person p
join (select statement_no, name, surname, sex_code, unnest(lunar_days) as birth_date from statement_form) s
on s.birth_date = p.birth_date and s.surname = left(p.name, 1) and is_near(s.name, p.name)
    and coalesce(s.sex_code = p.sex_code, true)
union all
select 'name', statement_no, no
from known_person p join statement_form s
on s.name = p.name and year(s.birth_date) = year(p.birth_date) and is_near_day(s.birth_date, p.birth_date)
union all
select 'other_year', statement_no, no
from known_person p join statement_form s
on s.name = p.name and month(s.birth_date) = month(p.birth_date) and day(s.birth_date) = day(p.birth_date)
    and (year(s.birth_date) // 10 = year(p.birth_date) // 10 or year(s.birth_date) % 10 = year(p.birth_date) % 10)
union all
select 'written_name', statement_no, no
from known_person p join statement_form s
on s.written_name = p.name and s.written_name <> s.name and year(s.birth_date) = year(p.birth_date)
    and is_near_day(s.birth_date, p.birth_date)
union all
select 'name_alone', statement_no, no
from known_person p join statement_form s on s.name = p.name and s.birth_date is null
union all
select 'phone', statement_no, no from person_phone join statement_form using (phone)
union all
select 'household', statement_no, no
from known_person p join statement_form s on s.household_id = p.household_id
union all
select 'area_and_day', statement_no, no
from known_person p join statement_form s on left(s.raw, 14) = left(p.id_number, 14) and length(s.raw) >= 14
union all
select 'day_and_serial', statement_no, no
from known_person p join statement_form s on substr(s.raw, 7, 11) = substr(p.id_number, 7, 11) and length(s.raw) >= 17
union all
select 'decided', statement_no, no
from decided join numbered_person using (person_key);

create temp table candidate as
select distinct statement_no, no
from (from found_by_rule qualify count(*) over (partition by rule, statement_no) <= 100);
