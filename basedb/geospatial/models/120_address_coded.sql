-- scratch: one row per address as written: the standard address of the finest level that bears it out
create temp table address_coded as
with room as (
    select county, road, number, building, unit, room, min(address_code) as address_code
    from address_standard
    where room is not null
    group by all
), building as (
    select county, road, number, building, min(address_code) as address_code
    from address_standard
    where building is not null
    group by all
), house as (
    select county, road, number, min(address_code) as address_code
    from address_standard
    where number is not null
    group by all
), road as (
    select county, road, min(address_code) as address_code from address_standard group by all
), found as (
    select
        p.*,
        case
            when r.address_code is not null then 1 when b.address_code is not null then 2
            when h.address_code is not null then 3 when s.address_code is not null then 4
            when p.county is not null then 5 else 6
        end as rank,
        coalesce(r.address_code, b.address_code, h.address_code, s.address_code) as address_code
    from address_parsed p
    left join room r
        on r.county = p.county and r.road = p.road and r.number is not distinct from p.number
        and r.building is not distinct from p.building and r.unit is not distinct from p.unit and r.room = p.room
    left join building b
        on b.county = p.county and b.road = p.road and b.number is not distinct from p.number
        and b.building = p.building
    left join house h on h.county = p.county and h.road = p.road and h.number = p.number
    left join road s on s.county = p.county and s.road = p.road
)
select
    natural_key, address_code, county, number, building, unit, room,
    ['room', 'building', 'house', 'road', 'division', 'none'][rank] as match_code
from found
-- of two counties that took over from one, the one that has the road
qualify row_number() over (partition by natural_key order by rank, county) = 1
union all
select
    w.natural_key, a.address_code, left(a.division_code, 6),
    house_number(a.house_no, a.full_address), a.building_no, a.unit_no, a.room_no,
    case when a.room_no is not null then 'room' when a.building_no is not null then 'building' else 'house' end
from address_as_written w
join address a on a.address_code = w.address_code;
