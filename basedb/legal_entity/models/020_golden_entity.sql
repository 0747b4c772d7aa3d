-- scratch: one row per unified social credit code that any registrar or the tax office knows
create temp table golden_entity as
select
    platform_key('legal_entity', code) as record_key,
    code as credit_code,
    coalesce(e.credit_code, b.credit_code, i.credit_code, o.credit_code, c.credit_code, t.credit_code)
        is not null as is_code_valid,
    pick_legal_entity_registration_no(e.registration_no, b.registration_no) as registration_no,
    source_legal_entity_registration_no(
        e.registration_no, e._source, b.registration_no, b._source) as registration_no_source,
    pick_legal_entity_name(e.name, b.name, i.name, o.name, c.name, t.name) as name,
    source_legal_entity_name(
        e.name, e._source, b.name, b._source, i.name, i._source,
        o.name, o._source, c.name, c._source, t.name, t._source) as name_source,
    pick_legal_entity_entity_type_code(
        e.entity_type_code, b.entity_type_code, i.entity_type_code, o.entity_type_code, c.entity_type_code) as entity_type_code,
    source_legal_entity_entity_type_code(
        e.entity_type_code, e._source, b.entity_type_code, b._source, i.entity_type_code, i._source,
        o.entity_type_code, o._source, c.entity_type_code, c._source) as entity_type_code_source,
    pick_legal_entity_status_code(
        e.status_code, b.status_code, i.status_code, o.status_code, c.status_code) as status_code,
    source_legal_entity_status_code(
        e.status_code, e._source, b.status_code, b._source, i.status_code, i._source,
        o.status_code, o._source, c.status_code, c._source) as status_code_source,
    pick_legal_entity_established_date(
        e.established_date, b.established_date, i.established_date, o.established_date, c.established_date) as established_date,
    source_legal_entity_established_date(
        e.established_date, e._source, b.established_date, b._source, i.established_date, i._source,
        o.established_date, o._source, c.established_date, c._source) as established_date_source,
    pick_legal_entity_cancelled_date(e.cancelled_date) as cancelled_date,
    source_legal_entity_cancelled_date(e.cancelled_date, e._source) as cancelled_date_source,
    pick_legal_entity_registered_capital_cny_10k(e.registered_capital_cny_10k) as registered_capital_cny_10k,
    source_legal_entity_registered_capital_cny_10k(e.registered_capital_cny_10k, e._source) as registered_capital_cny_10k_source,
    pick_legal_entity_industry_code(e.industry_code, b.industry_code) as industry_code,
    source_legal_entity_industry_code(
        e.industry_code, e._source, b.industry_code, b._source) as industry_code_source,
    pick_legal_entity_industry_class_code(e.industry_class_code, b.industry_class_code) as industry_class_code,
    source_legal_entity_industry_class_code(
        e.industry_class_code, e._source, b.industry_class_code, b._source) as industry_class_code_source,
    pick_legal_entity_address(e.address, b.address, i.address, o.address, c.address) as address,
    source_legal_entity_address(
        e.address, e._source, b.address, b._source, i.address, i._source,
        o.address, o._source, c.address, c._source) as address_source,
    pick_legal_entity_business_address(t.address) as business_address,
    source_legal_entity_business_address(t.address, t._source) as business_address_source,
    pick_legal_entity_division_code(
        e.division_code, b.division_code, i.division_code, o.division_code, c.division_code) as division_code,
    source_legal_entity_division_code(
        e.division_code, e._source, b.division_code, b._source, i.division_code, i._source,
        o.division_code, o._source, c.division_code, c._source) as division_code_source,
    pick_legal_entity_representative_name(
        e.representative_name, b.representative_name, i.representative_name, o.representative_name, c.representative_name) as representative_name,
    source_legal_entity_representative_name(
        e.representative_name, e._source, b.representative_name, b._source, i.representative_name, i._source,
        o.representative_name, o._source, c.representative_name, c._source) as representative_name_source,
    pick_legal_entity_taxpayer_state_code(t.taxpayer_state_code) as taxpayer_state_code,
    source_legal_entity_taxpayer_state_code(t.taxpayer_state_code, t._source) as taxpayer_state_code_source
from enterprise_one e
full join individual_business_one b using (code)
full join institution_one i using (code)
full join social_organisation_one o using (code)
full join cooperative_one c using (code)
full join taxpayer_one t using (code);
