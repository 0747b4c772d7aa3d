-- one row per person and employer that insures the person: since the first month of any kind of insurance
create table person_employment as
select
    platform_key('person_employment', person_key || '|' || employer_key) as record_key,
    person_key,
    employer_key,
    min(try_strptime(start_month || '-01', '%Y-%m-%d')::date) as valid_from,
    coalesce(bool_or(status_code = '1'), false) as is_current,
    min(source) as source,
    any_value(birth_date) as birth_date
from person_insurance
where scheme = 'social' and employer_key is not null
group by person_key, employer_key;
