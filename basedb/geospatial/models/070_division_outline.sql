-- one row per division with an outline
create table division_outline as
with delivered as (
    select
        regexp_replace(rpad(trim(division_code), 12, '0'), '(000){1,2}$', '') as division_code,
        name, geometry, _as_of, _source, _row
    from input.boundary
), newest as (
    select division_code, name, geometry, try(st_geomfromgeojson(geometry)) as shape, _source
    from delivered
    qualify row_number() over (partition by division_code order by _as_of desc, _source, _row) = 1
)
select
    platform_key('division_outline', o.division_code) as record_key,
    d.division_key,
    o.division_code,
    o.name,
    o.geometry,
    -- the function wants latitude first, GeoJSON has longitude first
    round(st_area_spheroid(st_flipcoordinates(o.shape))) as area_m2,
    round(st_x(st_centroid(o.shape)), 7) as centroid_longitude,
    round(st_y(st_centroid(o.shape)), 7) as centroid_latitude,
    o._source as record_source
from newest o
left join division_of_code d on d.division_code = o.division_code;
