-- one row per way an address is written and the county that is stated with it
create table address_match as
select
    w.record_key,
    w.address as stated_address,
    w.county as stated_division_code,
    c.county as division_code,
    a.town_name,
    a.street,
    c.number as house_no,
    c.building as building_no,
    c.unit as unit_no,
    c.room as room_no,
    c.match_code,
    -- a road is long: what is known no nearer has neither a key nor a place
    case when c.match_code <> 'road' then a.record_key end as address_key,
    case when c.match_code <> 'road' then a.address_code end as address_code,
    case when c.match_code <> 'road' then a.longitude end as longitude,
    case when c.match_code <> 'road' then a.latitude end as latitude,
    case when c.match_code <> 'road' then a.grid_code end as grid_code
from address_written w
join address_coded c on c.natural_key = w.natural_key
left join address a on a.address_code = c.address_code;
