-- scratch: one row per licence of one register, all registers in one shape
create temp view licence_told as
with delivered as (
    select
        'electronic_licence' as licence_kind, licence_type_code, licence_type_name as licence_name,
        licence_no, licence_id, issuer_name, issuer_code, issued_date, valid_from, valid_until, state_code,
        null::date as born_date, _key, _as_of, _source, _delivery, _row
    from input.licence
    union all
    select
        'driving_licence', null, '机动车驾驶证', licence_no, null, null, null,
        first_issued_date, null, valid_until, state_code, null, _key, _as_of, _source, _delivery, _row
    from input.driving_licence
    union all
    select
        'birth_certificate', null, '出生医学证明', certificate_no, null, issuer_name, null,
        issued_date, null, null, null, born_date, _key, _as_of, _source, _delivery, _row
    from input.birth_certificate
    union all
    select
        'medical_institution', null, '医疗机构执业许可证', registration_no, null, null, null,
        issued_date, null, valid_until, state_code, null, _key, _as_of, _source, _delivery, _row
    from input.medical_institution
    union all
    select
        'qualification', null, '专业技术资格证书', certificate_no, null, null, null,
        issued_date, null, null, null, null, _key, _as_of, _source, _delivery, _row
    from input.qualification
    union all
    select
        'disabled_card', null, '残疾人证', card_no, null, null, null,
        issued_date, null, valid_until, null, null, _key, _as_of, _source, _delivery, _row
    from input.disabled_card
    union all
    select
        'veteran_card', null, '优待证', card_no, null, null, null,
        issued_date, null, null, null, null, _key, _as_of, _source, _delivery, _row
    from input.veteran_card
    union all
    select
        'real_estate', null, '不动产权证书', certificate_no, null, null, null,
        registered_date, null, null, null, null, _key, _as_of, _source, _delivery, _row
    from input.real_estate
    union all
    select
        'construction_permit', null, '建筑工程施工许可证', permit_no, null, null, null,
        issued_date, null, null, null, null, _key, _as_of, _source, _delivery, _row
    from input.construction_permit
    union all
    select
        'road_transport', null, '道路运输经营许可证', licence_no, null, null, null,
        issued_date, null, valid_until, null, null, _key, _as_of, _source, _delivery, _row
    from input.road_transport
    union all
    select
        'safety_licence', null, '安全生产许可证', licence_no, null, null, null,
        issued_date, null, valid_until, state_code, null, _key, _as_of, _source, _delivery, _row
    from input.safety_licence
    union all
    select
        'lawyer', null, '律师执业证', practice_no, null, null, null,
        issued_date, null, null, state_code, null, _key, _as_of, _source, _delivery, _row
    from input.lawyer
)
select *, canonical('licence', licence_kind || '|' || _key) as natural_key from delivered;

create temp table licence_row as
select *, platform_key('licence', natural_key) as record_key
from licence_told
-- two resources may fill one role, and two numbers may have been found to be of one licence
qualify row_number() over (
    partition by natural_key order by _as_of desc, _source, _delivery desc, _row
) = 1;
