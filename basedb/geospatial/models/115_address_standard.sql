-- scratch: one row per standard address on a road that an address written otherwise may name, with its parts
create temp table road_standard as
with road as (
    select
        left(division_code, 6) as county, town_name, street,
        any_value(full_address order by address_code) as example
    from address
    where exists (from address_parsed)
    group by all
), named as (
    select
        county, town_name, street,
        coalesce(
            nullif(concat(town_name, street), ''),
            address_parts(regexp_replace(plain_address(example), '^[^区县旗]{1,6}[区县旗]', '')).road) as road
    from road
), written as (
    select *, road as written from named
    union all
    -- the township may be left out where one street or village of the county has the name
    select *, street as written
    from named
    where street is not null
    qualify count(*) over (partition by county, street) = 1
)
select county, town_name, street, road, written
from written
semi join address_parsed p on p.county = written.county and p.road = written.written;

create temp table address_standard as
select
    r.county, r.written as road, a.address_code, a.building_no as building, a.unit_no as unit, a.room_no as room,
    house_number(a.house_no, a.full_address) as number
from address a
join road_standard r
    on r.county = left(a.division_code, 6) and r.town_name is not distinct from a.town_name
    and r.street is not distinct from a.street;
