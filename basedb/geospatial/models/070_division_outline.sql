-- one row per division with an outline; what cannot be drawn, or not in degrees, has no shape, and what crosses itself
-- is taken apart where it does
create temp table outline as
select *, if(
    st_xmin(drawn) >= -180 and st_xmax(drawn) <= 180 and st_ymin(drawn) >= -90 and st_ymax(drawn) <= 90
        and not st_isempty(drawn), drawn, null) as shape
from (
    select
        regexp_replace(rpad(trim(division_code), 12, '0'), '(000){1,2}$', '') as division_code,
        name, geometry, try(st_makevalid(st_geomfromgeojson(geometry))) as drawn, _as_of, _source, _row
    from input.boundary)
qualify row_number() over (partition by division_code order by _as_of desc, _source, _row) = 1;

create table division_outline as
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
from outline o
left join division_of_code d on d.division_code = o.division_code;
