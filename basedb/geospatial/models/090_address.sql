-- one row per standard address: of two codes that were found to be of one, under the one that stays
create temp view address_told as
select *, canonical('address', address_code) as standard_code
from input.standard_address
qualify row_number() over (partition by address_code order by _as_of desc, _source, _row) = 1;

create table address as
with newest as (
    select *, address_parts(unit_room) as p
    from address_told
    where address_code = standard_code or is_merged('address', address_code)
    qualify row_number() over (partition by standard_code order by _as_of desc, _source, _row) = 1
)
select
    platform_key('address', a.standard_code) as record_key,
    a.standard_code as address_code,
    a.full_address,
    a.division_code,
    d.division_key,
    a.town_name,
    a.street,
    a.house_no,
    a.unit_room,
    digits_of(p.building) as building_no,
    digits_of(p.unit) as unit_no,
    digits_of(p.room) as room_no,
    a.longitude,
    a.latitude,
    grid_of(a.longitude, a.latitude) as grid_code,
    l.located_division_code,
    -- unknown without a point or without an outline round the division the address states
    case
        when a.longitude is not null and a.latitude is not null and o.area_m2 > 0
        then l.located_division_code is not distinct from a.division_code
    end as is_inside,
    a._source as record_source
from newest a
left join division_of_code d on d.division_code = a.division_code
left join address_located l
    on l.address_code = a.address_code and l.division_code is not distinct from a.division_code
    and l.longitude = a.longitude and l.latitude = a.latitude
left join division_outline o on o.division_code = a.division_code;
