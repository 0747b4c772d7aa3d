-- scratch: one row per delivered row and identifier item that states no valid identifier; linkage works on these
create temp table statement as
select
    row_number() over (order by s.resource, _key, item) as statement_no,
    platform_key('person_unlinked', concat_ws('|', s.resource, _key, item)) as record_key,
    platform_key(s.resource, _key) as row_key,
    _source as source,
    u.* exclude (id_number, _source)
from (
    select 'resident' as role, 'id_number' as item, registered_address as address,
        registered_division_code as division_code, household_id,
        id_number, id_number_raw, name, sex_code, birth_date, _key, _source, _as_of
    from input.resident
    union all by name
    select 'residence' as role, 'id_number' as item, residence_address as address,
        residence_division_code as division_code, phone, id_number, id_number_raw, name, _key, _source, _as_of
    from input.residence
    union all by name
    select 'welfare' as role, 'id_number' as item, residence_address as address,
        residence_division_code as division_code, id_number, id_number_raw, name, _key, _source, _as_of
    from input.welfare
    union all by name
    select 'housing_fund' as role, 'id_number' as item, residence_address as address,
        residence_division_code as division_code, id_number, id_number_raw, name, _key, _source, _as_of
    from input.housing_fund
    union all by name
    select 'health_record' as role, 'id_number' as item, residence_address as address,
        residence_division_code as division_code, phone, sex_code, birth_date,
        id_number, coalesce(id_number_raw, '') as id_number_raw, name, _key, _source, _as_of
    from input.health_record
    union all by name
    select 'medical_insured' as role, 'id_number' as item, phone, sex_code, birth_date,
        id_number, id_number_raw, name, _key, _source, _as_of
    from input.medical_insured
    union all by name
    select 'social_insured' as role, 'id_number' as item, id_number, id_number_raw, name, _key, _source, _as_of
    from input.social_insured
    union all by name
    select 'student' as role, 'id_number' as item, id_number, id_number_raw, name, _key, _source, _as_of
    from input.student
    union all by name
    select 'disability' as role, 'id_number' as item, id_number, id_number_raw, name, _key, _source, _as_of
    from input.disability
    union all by name
    select 'veteran' as role, 'id_number' as item, id_number, id_number_raw, name, _key, _source, _as_of
    from input.veteran
    union all by name
    select 'insurance_period' as role, 'id_number' as item, id_number, id_number_raw, name, _key, _source, _as_of
    from input.insurance_period
    union all by name
    select 'deregistration' as role, 'id_number' as item, id_number, id_number_raw, name, _key, _source, _as_of
    from input.deregistration
    union all by name
    select 'death_certificate' as role, 'id_number' as item, id_number, id_number_raw, name, _key, _source, _as_of
    from input.death_certificate
    union all by name
    select 'marriage' as role, id_item as item, if(id_item = 'male_id_number', '1', '2') as sex_code,
        partner_id_number, id_number, id_number_raw, name, _key, _source, _as_of
    from marriage_party) u
join sources s on s.code = u._source
where id_number is null and id_number_raw is not null;
