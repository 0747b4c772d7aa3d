-- one row per statement that a person lives somewhere
create table person_residence as
select
    platform_key('person_residence', s.resource || '|' || _key) as record_key,
    platform_key('person', id_number) as person_key,
    residence_address as address,
    residence_division_code as division_code,
    start_date,
    end_date,
    _source as source
from (
    select id_number, residence_address, residence_division_code, start_date, end_date, _key, _source
    from residence
    union all
    select id_number, residence_address, residence_division_code, start_date, end_date, _key, _source
    from welfare
    union all
    select id_number, residence_address, residence_division_code, null, null, _key, _source
    from housing_fund) r
join sources s on s.code = r._source
where id_number is not null and coalesce(residence_address, residence_division_code) is not null;
