-- findings: one per delivered address of a person or firm here that no standard address bears out
set variable full_width = (select string_agg(chr((65248 + code)::integer), '' order by code) from range(33, 127) r(code));
set variable half_width = (select string_agg(chr(code::integer), '' order by code) from range(33, 127) r(code));

-- an address without what writers leave out or vary: province and city, full width, spaces
create temp macro plain_address(given) as regexp_replace(
    regexp_replace(
        replace(replace(translate(given, getvariable('full_width'), getvariable('half_width')), ' ', ''), '　', ''),
        '^[^省]{2,8}省', ''),
    '^[^市县区镇乡街路号]{2,8}市', '');

-- the same down to the house (门楼号); '' where it names none. `2号楼` is a building in a compound, no house
create temp macro house_of(plain) as regexp_extract(plain, '^(.*?[0-9]+号)(?:[^楼].*)?$', 1);

create temp table stated_address as
with stated as (
    select registered_address as address, registered_division_code as division_code, status_code, null::date as end_date,
        'registered_address' as item, _source, _delivery, _row
    from input.check_registered
    union all
    select residence_address, residence_division_code, status_code, end_date, 'residence_address', _source, _delivery, _row
    from input.check_residence
    union all
    select address, division_code, status_code, null, 'address', _source, _delivery, _row
    from input.check_business
)
select address, item, _source, _delivery, _row
from stated
-- what has ended, and what lies in another city or in a county without standard addresses, is not judged
where address is not null and coalesce(status_code = '1', true)
    and coalesce(end_date >= getvariable('as_of'), true)
    and (division_code is null or is_own_area(left(division_code, 6)))
    and (division_code is null or division_code in (select division_code from address))
    and exists (from address);

-- addresses are folded only where none is equal as written: folding is dear
create temp table unfound_address as
select s.*, plain_address(s.address) as plain
from stated_address s
anti join address a on a.full_address = s.address;

create temp table standard_plain as
select plain_address(full_address) as plain from address where exists (from unfound_address);

insert into findings by name
select 'ADDRESS_UNKNOWN' as rule, u._source as source, u.item, u._delivery as delivery, u._row as row,
    u._source as authority, (select min(record_source) from address) as other
from unfound_address u
anti join standard_plain p on p.plain = u.plain
-- a room that the standard addresses do not go down to is found by its house
anti join (select distinct house_of(plain) as house from standard_plain) h
    on h.house = house_of(u.plain) and h.house <> '';
