-- scratch: one row per person who died; known only when all statements are linked
create temp table deceased as
select record_key as person_key, death_date, death_date_source from person where is_deceased;

-- who says that somebody died, of whose day nobody says anything
create temp view death_of_no_day as
select n.person_key, min(t._source) as source
from (from certified_death union all by name from struck_off_for_death) t
join numbered_person n using (no)
group by n.person_key;

-- who is known to have died is no resident any more, whatever the register still says
update person set status_code = '2', status_code_source = coalesce(d.source, person.status_code_source)
from (
    select d.person_key, coalesce(d.death_date_source, t.source) as source
    from deceased d left join death_of_no_day t using (person_key)) d
where person.record_key = d.person_key and person.status_code <> '2';
