-- one row per delivered row and identifier item whose identifier is not valid; linkage works on these
create table person_unlinked as
select
    platform_key('person_unlinked', concat_ws('|', s.resource, _key, item)) as record_key,
    _source as source,
    item,
    id_number_raw,
    name,
    sex_code,
    birth_date,
    address,
    division_code
from (
    select 'id_number' as item, registered_address as address, registered_division_code as division_code,
        id_number, id_number_raw, name, sex_code, birth_date, _key, _source
    from resident
    union all by name
    select 'id_number' as item, residence_address as address, residence_division_code as division_code,
        id_number, id_number_raw, name, _key, _source
    from residence
    union all by name
    select 'id_number' as item, residence_address as address, residence_division_code as division_code,
        id_number, id_number_raw, name, _key, _source
    from welfare
    union all by name
    select 'id_number' as item, residence_address as address, residence_division_code as division_code,
        id_number, id_number_raw, name, _key, _source
    from housing_fund
    union all by name
    select 'id_number' as item, sex_code, birth_date, id_number, id_number_raw, name, _key, _source
    from medical_insured
    union all by name
    select 'id_number' as item, id_number, id_number_raw, name, _key, _source from social_insured
    union all by name
    select 'id_number' as item, id_number, id_number_raw, name, _key, _source from student
    union all by name
    select 'id_number' as item, id_number, id_number_raw, name, _key, _source from deregistration
    union all by name
    select 'id_number' as item, id_number, id_number_raw, name, _key, _source from death_certificate
    union all by name
    select id_item as item, id_number, id_number_raw, name, _key, _source from marriage_party) u
join sources s on s.code = u._source
where id_number is null and id_number_raw is not null;
