-- one row per person, scheme and kind of insurance, the newest statement wins
create temp view insured as
select id_number, 'social' as scheme, insurance_kind_code as kind_code, employer_credit_code, status_code,
    start_month, null::varchar as pooling_division_code, _source, _delivery, _row, _as_of
from social_insured
union all
select id_number, 'medical', kind_code, null, status_code, null, pooling_division_code,
    _source, _delivery, _row, _as_of
from medical_insured;

create temp table insured_twice as
select person_number(id_number) as no, scheme, kind_code
from insured where id_number is not null
group by all having count(*) > 1;

create temp view insured_newest as
with numbered as (select person_number(id_number) as no, * from insured where id_number is not null)
select * from numbered n anti join insured_twice using (no, scheme, kind_code)
union all
select * from numbered n semi join insured_twice using (no, scheme, kind_code)
qualify row_number() over (
    partition by no, scheme, kind_code order by _as_of desc, _source, _delivery desc, _row desc) = 1;

create table person_insurance as
select
    platform_key('person_insurance', concat_ws('|', id_number, scheme, kind_code)) as record_key,
    platform_key('person', id_number) as person_key,
    scheme,
    kind_code,
    platform_key('legal_entity', employer_credit_code) as employer_key,
    status_code,
    start_month,
    pooling_division_code,
    _source as source
from insured_newest;
