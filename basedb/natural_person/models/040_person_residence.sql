-- one row per statement that a person lives somewhere
create temp view residence_told as
select id_number, residence_address as address, residence_division_code as division_code,
    start_date, end_date, _key, _source
from input.residence
union all
select id_number, residence_address, residence_division_code, start_date, end_date, _key, _source
from input.welfare
union all
select id_number, residence_address, residence_division_code, null, null, _key, _source
from input.housing_fund
union all
select id_number, residence_address, residence_division_code, null, null, _key, _source
from input.health_record;

create table person_residence as
select
    platform_key('person_residence', s.resource || '|' || _key) as record_key,
    person_key,
    address,
    division_code,
    start_date,
    end_date,
    _source as source,
    birth_date
from residence_told
join numbered_person on no = person_number(id_number)
join sources s on s.code = _source
where coalesce(address, division_code) is not null;
