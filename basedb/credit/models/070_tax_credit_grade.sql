-- one row per taxpayer and year
create table tax_credit_grade as
select
    record_key,
    credit_code,
    platform_key('legal_entity', credit_code) as entity_key,
    year,
    name,
    grade_code,
    (select kind_code from catalogue_kind where held_in = 'tax_grade') as catalogue_kind_code,
    _source as record_source
from tax_grade_row;
