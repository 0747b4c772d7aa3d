-- one row per grid cell with a standard address in it
create table address_grid as
select
    platform_key('address_grid', grid_code) as record_key,
    grid_code,
    min(corner_of(longitude)) / 100 as west,
    min(corner_of(latitude)) / 100 as south,
    round(west + 0.01, 2) as east,
    round(south + 0.01, 2) as north,
    count(*) as addresses,
    count(distinct (division_code, town_name, street, house_no)) as houses,
    mode(division_code order by division_code) as division_code
from address
where grid_code is not null
group by grid_code;
