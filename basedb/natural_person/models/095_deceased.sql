-- the dead where a row speaks of two persons, or of somebody whom nobody knows
create or replace table person_marriage as
select m.*,
    greatest(a.birth_date, b.birth_date) as birth_date,
    coalesce(a.is_deceased, false) or coalesce(b.is_deceased, false) as is_deceased
from person_marriage m
left join person a on a.record_key = m.male_key
left join person b on b.record_key = m.female_key;

update person_double set is_deceased = true from deceased d where d.person_key = person_double.other_key;

-- of whom nobody knows who it was, the register of the dead still says that somebody died
create temp table death_told as
select s.record_key
from statement s
-- each condition compares one side with the other: an outer join is hashed then
left join input.deregistration d on d._source = if(s.role = 'deregistration', s.source, null) and d._key = s._key
where s.role = 'death_certificate' or d.kind_code = '1';

alter table person_unlinked add column is_deceased boolean default false;
update person_unlinked set is_deceased = true from death_told d where d.record_key = person_unlinked.record_key;

update person_link set is_deceased = true
from death_told d where d.record_key = person_link.statement_key and person_link.person_key is null;

alter table person_found add column is_deceased boolean default false;
update person_found set is_deceased = true
from person_link l join death_told d on d.record_key = l.statement_key
where l.found_key = person_found.record_key;
