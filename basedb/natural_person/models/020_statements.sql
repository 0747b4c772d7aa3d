-- scratch: one row per delivered row and person it speaks of
create temp view marriage_party as
select male_id_number as id_number, male_id_number_raw as id_number_raw, male_name as name,
    'male_id_number' as id_item, 'male_name' as name_item, female_id_number as partner_id_number, _key, _source, _delivery, _row, _as_of
from input.marriage
union all
select female_id_number, female_id_number_raw, female_name,
    'female_id_number', 'female_name', male_id_number, _key, _source, _delivery, _row, _as_of
from input.marriage;

-- welfare and permits count while they run; `as_of` is the last day any input speaks of
create temp view residence_now as
select * from input.residence where end_date is null or end_date >= getvariable('as_of');

-- of several permits that run the one that began last tells where somebody lives, as in 085
create temp view residence_last as
select * from (select person_number(id_number) as permit_of, * from residence_now)
qualify row_number() over (
    partition by permit_of
    order by coalesce(start_date > getvariable('as_of'), false), start_date desc nulls last,
        _as_of desc, _source, _delivery desc, _row desc) = 1;

-- a permit that has ended says where nobody lives, but still whose it was: he is not forgotten for having moved away
create temp view residence_ended as
select * from input.residence where end_date < getvariable('as_of');

create temp view welfare_now as
select * from input.welfare where end_date is null or end_date >= getvariable('as_of');

-- one row per person: the earliest certified death
create temp table certified_death as
select * from (select person_number(id_number) as no, * from input.death_certificate)
where no is not null
qualify row_number() over (partition by no order by death_date nulls last, _source, _delivery, _row) = 1;

-- one row per person struck off for death
create temp table struck_off_for_death as
select * from (select person_number(id_number) as no, * from input.deregistration where kind_code = '1')
where no is not null
qualify row_number() over (partition by no order by _as_of desc, _source, _delivery desc, _row desc) = 1;

-- one row per person of whose name, sex and birth the register of residents, where it comes first, says all: what
-- others say of these is not heard, so that their rows need not be read into the join
create temp table told_by_resident as
select no
from (select person_number(id_number) as no, * from input.resident)
where no is not null and name is not null and sex_code is not null and birth_date is not null
    and not is_merged('person', id_number)
    and list_contains(getvariable('input_keys'), 'input.resident(id_number)')
    and list_has_all(getvariable('golden_first'),
        ['person.name(resident)', 'person.sex_code(resident)', 'person.birth_date(resident)']);

create temp table nobody (no bigint);
