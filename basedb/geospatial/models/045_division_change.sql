-- one row per old division and each division that took over from it
create temp table division_change_key as
select
    old_code, old_name, new_code, new_name, since::date as changed_date,
    concat_ws('|', key_part(old_code), key_part(old_name), key_part(new_code)) as natural_key,
    platform_key('division_change', natural_key) as record_key
from division_renamed
-- a city keeps the changes of its own divisions
where new_code in (select division_code from division_all);

create table division_change as
select r.record_key, r.old_code, r.old_name, r.new_code, r.new_name, r.changed_date, d.record_key as division_key
from division_change_key r
left join division_all d on d.natural_key = r.new_code;
