-- one row per registration certificate
create table person_marriage as
select
    platform_key('person_marriage', certificate_no) as record_key,
    certificate_no,
    kind_code,
    platform_key('person', male_id_number) as male_key,
    male_name,
    platform_key('person', female_id_number) as female_key,
    female_name,
    registered_date,
    registrar,
    _source as source
from input.marriage
where certificate_no is not null
qualify row_number() over (
    partition by certificate_no order by _as_of desc, _source, _delivery desc, _row desc) = 1;
