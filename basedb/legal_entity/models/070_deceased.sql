-- the dead are a class of rows in every table that speaks of persons; a death counts by the registers of the dead and
-- by the register of residents
create temp table deceased as
select distinct platform_key('person', id_number) as person_key
from (
    select id_number from input.death_certificate
    union all select id_number from input.deregistration where kind_code = '1'
    union all select id_number from input.check_resident where status_code = '2')
where id_number is not null;

alter table representative add column is_deceased boolean default false;
update representative set is_deceased = true from deceased d where representative.person_key = d.person_key;

alter table shareholder add column is_deceased boolean default false;
update shareholder set is_deceased = true from deceased d where shareholder.person_key = d.person_key;

alter table representative_term add column is_deceased boolean default false;
update representative_term set is_deceased = true
from deceased d where representative_term.person_key = d.person_key;
