-- one row per legal entity, registration state and stretch of time in which it was in it
-- without a logged change a firm stands since its founding, and is struck off since the day that the register names
-- where the log ends before the day on which the register struck the firm off, it holds until that day
create temp view struck_off_later as
select g.credit_code as code, i.told, i.valid_from, g.cancelled_date, i._source
from golden_entity g
join change_interval i on i.code = g.credit_code and i.item_code = '03' and i.is_last
where g.status_code = '3' and i.told <> '3' and i.valid_from < g.cancelled_date;

create temp table status_interval as
select code, told as status_code, valid_from, valid_to, _source
from change_interval i
where item_code = '03' and not (is_last and exists (
    from golden_entity g where g.credit_code = i.code and g.status_code is not null))
union all
select code, told, valid_from, cancelled_date, _source
from struck_off_later
union all
select g.credit_code, g.status_code,
    coalesce(s.cancelled_date, i.valid_from, case g.status_code when '1' then g.established_date when '3' then g.cancelled_date end),
    null, g.status_code_source
from golden_entity g
left join change_interval i on i.code = g.credit_code and i.item_code = '03' and i.is_last
left join struck_off_later s on s.code = g.credit_code
where g.status_code is not null
union all
select g.credit_code, '1', g.established_date, g.cancelled_date, g.cancelled_date_source
from golden_entity g
anti join change_interval i on i.code = g.credit_code and i.item_code = '03'
where g.status_code = '3' and g.established_date < g.cancelled_date;

create table entity_status as
select
    platform_key('entity_status', concat_ws('|', code, coalesce(valid_from::varchar, ''))) as record_key,
    platform_key('legal_entity', code) as entity_key,
    status_code, valid_from, valid_to, _source as source
from status_interval
where status_code is not null;
