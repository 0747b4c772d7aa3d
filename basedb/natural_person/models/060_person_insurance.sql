-- one row per person, scheme, kind and period of insurance; the newest statement tells what runs now, 086 what was before
create temp macro month_begins(month) as try_strptime(month || '-01', '%Y-%m-%d')::date;

create temp view insured as
select id_number, 'social' as scheme, insurance_kind_code as kind_code, employer_credit_code, status_code,
    start_month, null::varchar as pooling_division_code, _key, _source, _delivery, _row, _as_of,
    list_contains(getvariable('input_keys'), 'input.social_insured(id_number,insurance_kind_code)')
        and not is_merged('person', id_number) as is_once
from input.social_insured
union all
select id_number, 'medical', kind_code, null, status_code, null, pooling_division_code,
    _key, _source, _delivery, _row, _as_of,
    list_contains(getvariable('input_keys'), 'input.medical_insured(id_number)') and not is_merged('person', id_number)
from input.medical_insured;

-- DuckDB plans away the half that a role's key rules out
create temp view insured_newest as
select person_number(id_number) as no, * from insured where is_once
union all
select person_number(id_number) as no, * from insured where not is_once
qualify row_number() over (
    partition by no, scheme, kind_code order by _as_of desc, _source, _delivery desc, _row desc) = 1;

create temp table employer as
select employer_credit_code, platform_key('legal_entity', employer_credit_code) as employer_key
from (
    select employer_credit_code from insured
    union
    select employer_credit_code from input.insurance_period
    union
    select employer_credit_code from input.housing_fund)
where employer_credit_code is not null;

create table person_insurance as
select
    platform_key('person_insurance', concat_ws('|', no, scheme, kind_code)) as record_key,
    person_key,
    scheme,
    kind_code,
    employer_key,
    status_code,
    month_begins(start_month) as valid_from,
    null::date as valid_to,
    pooling_division_code,
    _source as source,
    birth_date
from insured_newest
join numbered_person using (no)
left join employer using (employer_credit_code);
