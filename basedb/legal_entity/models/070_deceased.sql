-- scratch: one row per person who died, by the registers of the dead and by the register of residents
create temp table deceased as
select distinct platform_key('person', id_number) as person_key
from (
    select id_number from input.death_certificate
    union all select id_number from input.deregistration where kind_code = '1'
    union all select id_number from input.check_resident where status_code = '2')
where id_number is not null;
