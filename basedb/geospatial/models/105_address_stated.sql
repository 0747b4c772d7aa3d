-- scratch: one row per delivered address of a person or firm here, in force or ended
create temp table address_stated as
with stated as (
    select registered_address as address, registered_division_code as division_code, status_code, null::date as end_date,
        'registered_address' as item, true as is_judged, _source, _delivery, _row
    from input.check_registered
    union all
    select residence_address, residence_division_code, status_code, end_date, 'residence_address', true,
        _source, _delivery, _row
    from input.check_residence
    union all
    select address, division_code, status_code, null, 'address', true, _source, _delivery, _row
    from input.check_business
    union all
    -- how people told where they live when they were treated is coded, and nobody's fault
    select residence_address, residence_division_code, null, null, 'residence_address', false, _source, _delivery, _row
    from input.check_told
)
select
    address, left(division_code, 6) as county, item, _source, _delivery, _row,
    -- what has ended, and what lies in a county without standard addresses, is not judged
    is_judged and coalesce(status_code = '1', true) and coalesce(end_date >= getvariable('as_of'), true)
        and (division_code is null or division_code in (select division_code from address)) as is_judged
from stated
where address is not null and (division_code is null or is_own_area(left(division_code, 6)));

create temp table address_written as
select *, platform_key('address_match', natural_key) as record_key
from (
    select distinct address, county, concat_ws('|', key_part(address), coalesce(county, '')) as natural_key
    from address_stated
);
