-- scratch: one row per delivered row that contradicts a golden value of its person
create temp view name_statement as
select id_number, name, 'name' as item, _source, _delivery, _row from input.resident
union all select id_number, name, 'name', _source, _delivery, _row from input.residence
union all select id_number, name, 'name', _source, _delivery, _row from input.medical_insured
union all select id_number, name, 'name', _source, _delivery, _row from input.social_insured
union all select id_number, name, 'name', _source, _delivery, _row from input.housing_fund
union all select id_number, name, 'name', _source, _delivery, _row from input.welfare
union all select id_number, name, 'name', _source, _delivery, _row from input.student
union all select id_number, name, 'name', _source, _delivery, _row from input.deregistration
union all select id_number, name, 'name', _source, _delivery, _row from input.death_certificate
union all select id_number, name, 'name', _source, _delivery, _row from input.health_record
union all select id_number, name, 'name', _source, _delivery, _row from input.disability
union all select id_number, name, 'name', _source, _delivery, _row from input.veteran
union all select id_number, name, name_item, _source, _delivery, _row from marriage_party;

create temp view residence_statement as
select id_number, residence_division_code as division_code, _source, _delivery, _row from residence_now
union all select id_number, residence_division_code, _source, _delivery, _row from welfare_now
union all select id_number, residence_division_code, _source, _delivery, _row from input.housing_fund;

create temp view death_statement as
select id_number, death_date, _source, _delivery, _row from input.death_certificate
union all select id_number, death_date, _source, _delivery, _row from input.deregistration;

create temp view birth_statement as
select id_number, sex_code, birth_date, _source, _delivery, _row from input.resident
union all select id_number, sex_code, birth_date, _source, _delivery, _row from input.medical_insured
union all select id_number, sex_code, birth_date, _source, _delivery, _row from input.health_record;

-- an unknown sex (0, 9 of GB/T 2261.1) contradicts nobody
create temp table other_birth as
select g.person_key, g.sex_code_source, g.birth_date_source, s.*,
    g.sex_code in ('1', '2') and s.sex_code in ('1', '2') and g.sex_code <> s.sex_code as is_other_sex,
    coalesce(g.birth_date <> s.birth_date, false) as is_other_birth
from birth_statement s
join numbered_person g
    on g.no = person_number(s.id_number) and (g.sex_code <> s.sex_code or g.birth_date <> s.birth_date);

-- names are folded only where they differ as written: folding is dear
create temp table other_name as
select g.person_key, g.name as chosen, g.name_source, s.*
from name_statement s
join numbered_person g on g.no = person_number(s.id_number) and g.name <> s.name;

create temp table conflict as
select 'NAME_CONFLICT' as rule, 'name' as attribute, item, person_key, name_source as chosen_source,
    _source, _delivery, _row, name as other_value
from other_name
where fold_name(chosen) <> fold_name(name)
union all
select 'RESIDENCE_CONFLICT', 'residence_division_code', 'residence_division_code', g.person_key,
    g.residence_division_code_source, s._source, s._delivery, s._row, s.division_code
from residence_statement s
join numbered_person g on g.no = person_number(s.id_number) and g.residence_division_code <> s.division_code
union all
select 'DEATH_CONFLICT', 'death_date', 'death_date', g.person_key,
    g.death_date_source, s._source, s._delivery, s._row, s.death_date::varchar
from death_statement s
join numbered_person g on g.no = person_number(s.id_number) and g.death_date <> s.death_date;

insert into conflict
select 'SEX_CONFLICT', 'sex_code', 'sex_code', person_key, sex_code_source, _source, _delivery, _row, sex_code
from other_birth
where is_other_sex
union all
select 'BIRTH_CONFLICT', 'birth_date', 'birth_date', person_key, birth_date_source, _source, _delivery, _row,
    birth_date::varchar
from other_birth
where is_other_birth;

-- another name and another birth date under one identifier: two people, of whom one was given the other's number
insert into conflict
select 'IDENTIFIER_SHARED', 'id_number', 'id_number', n.person_key, b.birth_date_source,
    n._source, n._delivery, n._row, n.name
from other_name n
join other_birth b using (_source, _delivery, _row)
where b.is_other_birth and fold_name(n.chosen) <> fold_name(n.name);

-- the authoritative department must say which value is right; a number that two people share is one finding for each
-- source that gave it to the other person, whatever number of rows and values say so
insert into findings by name
select rule, _source as source, item, _delivery as delivery, _row as row, chosen_source as authority
from conflict c
where rule <> 'IDENTIFIER_SHARED' and not exists (
    select 1 from conflict s
    where s.rule = 'IDENTIFIER_SHARED' and s._source = c._source and s._delivery = c._delivery and s._row = c._row
        and c.rule in ('NAME_CONFLICT', 'BIRTH_CONFLICT', 'SEX_CONFLICT'))
union all
select rule, _source, item, arg_min(_delivery, (_delivery, _row)), arg_min(_row, (_delivery, _row)), chosen_source
from conflict
where rule = 'IDENTIFIER_SHARED'
group by rule, person_key, _source, item, chosen_source;
