-- scratch: one row per credit code and role, the newest statement wins; a code that fails its
-- check stays under the text that was delivered (old pilot codes fail it and are in use)
create temp table enterprise_one as
select canonical('legal_entity', coalesce(credit_code, credit_code_raw)) as code, * from input.enterprise
where code is not null
qualify row_number() over (partition by code order by _as_of desc, _source, _delivery desc, _row desc) = 1;

create temp table individual_business_one as
select
    canonical('legal_entity', coalesce(credit_code, credit_code_raw)) as code,
    * rename (
        operator_name as representative_name,
        operator_id_number as representative_id_number,
        operator_id_number_raw as representative_id_number_raw),
    '2000' as entity_type_code
from input.individual_business
where code is not null
qualify row_number() over (partition by code order by _as_of desc, _source, _delivery desc, _row desc) = 1;

create temp table institution_one as
select canonical('legal_entity', coalesce(credit_code, credit_code_raw)) as code, * from input.institution
where code is not null
qualify row_number() over (partition by code order by _as_of desc, _source, _delivery desc, _row desc) = 1;

create temp table social_organisation_one as
select canonical('legal_entity', coalesce(credit_code, credit_code_raw)) as code, * from input.social_organisation
where code is not null
qualify row_number() over (partition by code order by _as_of desc, _source, _delivery desc, _row desc) = 1;

create temp table cooperative_one as
select canonical('legal_entity', coalesce(credit_code, credit_code_raw)) as code, *, '3000' as entity_type_code from input.cooperative
where code is not null
qualify row_number() over (partition by code order by _as_of desc, _source, _delivery desc, _row desc) = 1;

create temp table taxpayer_one as
select canonical('legal_entity', coalesce(credit_code, credit_code_raw)) as code, * from input.taxpayer
where code is not null
qualify row_number() over (partition by code order by _as_of desc, _source, _delivery desc, _row desc) = 1;
