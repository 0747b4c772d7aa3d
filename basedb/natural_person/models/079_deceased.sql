-- scratch: one row per person who died; known only when all statements are linked
create temp table deceased as
select record_key as person_key, death_date, death_date_source from person where is_deceased;

-- who is known to have died is no resident any more, whatever the register still says
update person set status_code = '2', status_code_source = coalesce(d.death_date_source, person.status_code_source)
from deceased d where person.record_key = d.person_key and person.status_code <> '2';
