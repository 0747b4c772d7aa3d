-- one row per person and source that writes another name than the golden one
create table person_name as
select
    platform_key('person_name', concat_ws('|', person_key, s.resource, written)) as record_key,
    person_key,
    written as name,
    if(fold_name(written) = fold_name(chosen), 'variant', 'other') as kind,
    code as source,
    birth_date
from (
    select person_key, chosen, name as written, _source as code from other_name
    union
    select l.person_key, g.name, l.name, l.source
    from linked_statement l
    join numbered_person g using (person_key)
    where l.name <> g.name) o
join sources s using (code)
join numbered_person using (person_key);
