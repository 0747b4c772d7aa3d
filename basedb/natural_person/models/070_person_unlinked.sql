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
    from input.resident
    union all by name
    select 'id_number' as item, residence_address as address, residence_division_code as division_code,
        id_number, id_number_raw, name, _key, _source
    from input.residence
    union all by name
    select 'id_number' as item, residence_address as address, residence_division_code as division_code,
        id_number, id_number_raw, name, _key, _source
    from input.welfare
    union all by name
    select 'id_number' as item, residence_address as address, residence_division_code as division_code,
        id_number, id_number_raw, name, _key, _source
    from input.housing_fund
    union all by name
    select 'id_number' as item, sex_code, birth_date, id_number, id_number_raw, name, _key, _source
    from input.medical_insured
    union all by name
    select 'id_number' as item, id_number, id_number_raw, name, _key, _source from input.social_insured
    union all by name
    select 'id_number' as item, id_number, id_number_raw, name, _key, _source from input.student
    union all by name
    select 'id_number' as item, id_number, id_number_raw, name, _key, _source from input.deregistration
    union all by name
    select 'id_number' as item, id_number, id_number_raw, name, _key, _source from input.death_certificate
    union all by name
    select id_item as item, id_number, id_number_raw, name, _key, _source from marriage_party) u
join sources s on s.code = u._source
where id_number is null and id_number_raw is not null;
