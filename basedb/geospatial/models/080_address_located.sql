-- scratch: one row per address, division and point told of it that lies in an outline: the division's, else the first by
-- code
create temp table address_located as
with county as (
    select division_code, shape
    from outline
    where length(division_code) = 6 and right(division_code, 2) <> '00'
), point as (
    select address_code, division_code, longitude, latitude, st_point(longitude, latitude) as place
    from input.standard_address
    where longitude is not null and latitude is not null
)
select
    p.address_code, p.division_code, p.longitude, p.latitude,
    coalesce(max(o.division_code) filter (where o.division_code = p.division_code), min(o.division_code))
        as located_division_code
from point p
join county o on st_intersects(o.shape, p.place)
group by p.address_code, p.division_code, p.longitude, p.latitude;
