-- the dead are a class of rows in every table that speaks of persons; a death counts by the registers of the dead and
-- by the register of residents
create temp table deceased as
select distinct platform_key('person', id_number) as person_key
from (
    select id_number from input.check_death
    union all select id_number from input.check_deregistration where kind_code = '1'
    union all select id_number from input.check_resident where status_code = '2')
where id_number is not null;

alter table permit add column is_deceased boolean default false;
update permit set is_deceased = true from deceased d where permit.person_key = d.person_key;

alter table penalty add column is_deceased boolean default false;
update penalty set is_deceased = true from deceased d where penalty.person_key = d.person_key;

alter table credit_list_entry add column is_deceased boolean default false;
update credit_list_entry set is_deceased = true from deceased d where credit_list_entry.person_key = d.person_key;

alter table credit_repair add column is_deceased boolean default false;
update credit_repair set is_deceased = true from deceased d where credit_repair.person_key = d.person_key;
