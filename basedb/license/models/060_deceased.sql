-- the dead are a class of rows in every table that speaks of persons; a death counts by the registers of the dead and
-- by the register of residents
create temp table deceased as
select distinct platform_key('person', id_number) as person_key
from (
    select id_number from input.check_death
    union all select id_number from input.check_deregistration where kind_code = '1'
    union all select id_number from input.check_resident where status_code = '2')
where id_number is not null;

alter table licence_holder add column is_deceased boolean default false;
update licence_holder set is_deceased = true from deceased d where licence_holder.person_key = d.person_key;

-- a birth certificate is about the child
alter table licence add column is_deceased boolean default false;
update licence set is_deceased = true
from licence_holder h
where h.licence_key = licence.record_key and h.is_deceased and h.holder_role = 'holder';
