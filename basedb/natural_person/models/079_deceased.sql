-- scratch: one row per person who died; known only when all statements are linked
create temp table deceased as
select record_key as person_key, death_date, death_date_source from person where is_deceased;
