-- scratch: one row per statement, as linkage reads it: names folded, old calendar told, identifier digits
create temp view lunar_month as
select
    lunar_year::integer as lunar_year,
    nth - if(leap_month is not null and nth > leap_month::integer, 1, 0) as month,
    first_day::date + (sum(29 + substr(long_months, nth, 1)::integer) over (partition by lunar_year order by nth)
        - 29 - substr(long_months, nth, 1)::integer)::integer as first_day,
    29 + substr(long_months, nth, 1)::integer as days
from (select *, unnest(range(1, length(long_months) + 1)) as nth from lunar_year);

-- the days on which somebody was born who told a birthday of the old calendar as if of the new
create temp table lunar_birth as
select statement_no, list(first_day + (day(birth_date) - 1)::integer order by first_day) as days
from statement
join lunar_month on lunar_year = year(birth_date) and month = month(birth_date) and day(birth_date) <= days
group by statement_no;

create temp view partner as
select statement_no, p.household_id
from statement s
join (select person_number(id_number) as no, household_id from person where household_id is not null) p
on p.no = person_number(s.partner_id_number)
where s.partner_id_number is not null;

create temp table statement_form as
select
    s.statement_no,
    fold_name(s.name) as name,
    left(fold_name(s.name), 1) as surname,
    s.name as written_name,
    s.birth_date,
    l.days as lunar_days,
    s.sex_code,
    regexp_extract(s.phone, '(1[0-9]{10})$', 1) as phone,
    coalesce(s.household_id, p.household_id) as household_id,
    s.address,
    s.division_code,
    nullif(s.id_number_raw, '') as raw
from statement s
left join lunar_birth l using (statement_no)
left join (select distinct on (statement_no) * from partner order by all) p using (statement_no)
where s.name is not null;
