-- one row per legal entity with a representative, from the source its name was taken from
create temp table representative_statement as
select code, representative_kind_code as kind_code, representative_name as name,
    representative_id_number as id_number, representative_id_number_raw as id_number_raw,
    canonical('legal_entity', coalesce(representative_credit_code, representative_credit_code_raw)) as partner_code,
    canonical('legal_entity', representative_credit_code) as valid_partner_code,
    'representative_id_number' as id_item, _source, _delivery, _row
from enterprise_one
union all by name
select code, '1' as kind_code, representative_name as name, representative_id_number as id_number,
    representative_id_number_raw as id_number_raw, 'operator_id_number' as id_item, _source, _delivery, _row
from individual_business_one
union all by name
select code, '1' as kind_code, representative_name as name, representative_id_number as id_number,
    representative_id_number_raw as id_number_raw, 'representative_id_number' as id_item, _source, _delivery, _row
from institution_one
union all by name
select code, '1' as kind_code, representative_name as name, representative_id_number as id_number,
    representative_id_number_raw as id_number_raw, 'representative_id_number' as id_item, _source, _delivery, _row
from social_organisation_one
union all by name
select code, '1' as kind_code, representative_name as name, representative_id_number as id_number,
    representative_id_number_raw as id_number_raw, 'representative_id_number' as id_item, _source, _delivery, _row
from cooperative_one;

create temp table chosen_representative as
select s.*, l.record_key as entity_key, l.status_code
from representative_statement s
join legal_entity l on l.credit_code = s.code and l.representative_name_source = s._source;

create table representative as
select
    platform_key('representative', code) as record_key,
    entity_key,
    coalesce(kind_code, '1') as kind_code,
    name,
    platform_key('person', id_number) as person_key,
    platform_key('legal_entity', partner_code) as partner_entity_key,
    id_number_raw,
    _source as source,
    try_strptime(substr(id_number, 7, 8), '%Y%m%d')::date as birth_date
from chosen_representative;
