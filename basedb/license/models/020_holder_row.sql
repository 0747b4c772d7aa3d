-- scratch: one row per delivered holder of a licence
create temp table holder_row as
select
    'electronic_licence' as licence_kind, _key, _source, _row, 'holder' as holder_role, holder_kind_code,
    holder_name, holder_id_number, holder_credit_code, null::varchar as holder_no
from input.licence
union all by name
-- who holds an e-licence besides
select
    l.licence_kind, l._key, l._source, l._row, 'co_holder' as holder_role, c.holder_kind_code,
    c.holder_name, c.id_number as holder_id_number, c.credit_code as holder_credit_code, c.holder_no
from (
    select *
    from input.co_holder
    -- two resources may fill one role
    qualify row_number() over (partition by licence_id, holder_no order by _as_of desc, _source, _delivery desc, _row) = 1
) c
join licence_row l on l.licence_id = c.licence_id and l.licence_kind = 'electronic_licence'
union all
select 'driving_licence', _key, _source, _row, 'holder', '1', name, id_number, null, null
from input.driving_licence
union all
select 'birth_certificate', _key, _source, _row, 'mother', '1', null, mother_id_number, null, null
from input.birth_certificate
union all
-- a certificate without a father has one holder
select 'birth_certificate', _key, _source, _row, 'father', '1', null, father_id_number, null, null
from input.birth_certificate
where father_id_number is not null or father_id_number_raw is not null
union all
select 'medical_institution', _key, _source, _row, 'holder', '2', name, null, credit_code, null
from input.medical_institution
union all
select 'qualification', _key, _source, _row, 'holder', '1', name, id_number, null, null
from input.qualification
union all
select 'disabled_card', _key, _source, _row, 'holder', '1', name, id_number, null, null
from input.disabled_card
union all
select 'veteran_card', _key, _source, _row, 'holder', '1', name, id_number, null, null
from input.veteran_card
union all
select 'real_estate', _key, _source, _row, 'holder', holder_kind_code, holder_name, holder_id_number, holder_credit_code, null
from input.real_estate
union all
select 'construction_permit', _key, _source, _row, 'builder', '2', builder_name, null, builder_credit_code, null
from input.construction_permit
union all
select 'construction_permit', _key, _source, _row, 'contractor', '2', null, null, contractor_credit_code, null
from input.construction_permit
where contractor_credit_code is not null or contractor_credit_code_raw is not null
union all
-- GB 32100: a code that starts with 92 is an individual business
select
    'road_transport', _key, _source, _row, 'holder', case when credit_code like '92%' then '3' else '2' end,
    name, null, credit_code, null
from input.road_transport
union all
select
    'safety_licence', _key, _source, _row, 'holder', case when credit_code like '92%' then '3' else '2' end,
    name, null, credit_code, null
from input.safety_licence
union all
select 'lawyer', _key, _source, _row, 'holder', '1', name, id_number, null, null
from input.lawyer;
