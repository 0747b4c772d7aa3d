-- one row per person, attribute, contradicting source and value
create table person_conflict as
select
    platform_key('person_conflict',
        concat_ws('|', person_key, attribute, s.resource, other_value)) as record_key,
    person_key,
    attribute,
    chosen_source,
    _source as other_source,
    other_value,
    birth_date
from (select distinct person_key, attribute, chosen_source, _source, other_value from conflict) c
join sources s on s.code = c._source
join numbered_person using (person_key);
