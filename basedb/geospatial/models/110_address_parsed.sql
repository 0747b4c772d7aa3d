-- scratch: one row per address as written that equals no standard one, and county it may lie in, with its parts
create temp table address_as_written as
select w.natural_key, a.address_code
from address_written w
join (
    select full_address, min(standard_code) as address_code from address_told group by full_address
) a on a.full_address = w.address;

create temp table county_word as
select name as word, left(division_code, 6) as county from division where level_code = '3' and not is_statistical_only
union
select old_name, new_code from division_change
union
-- a county that no table of divisions names is named by its addresses
select regexp_extract(plain_address(full_address), '^[^区县旗]{1,6}[区县旗]'), min(left(division_code, 6))
from address
where left(division_code, 6) not in (select division_code from division)
group by 1;

create temp table address_parsed as
with plain as (
    -- folding is dear: only what is not equal as written is folded
    select natural_key, county, plain_address(address) as plain
    from address_written
    anti join address_as_written using (natural_key)
), worded as (
    select p.*, regexp_extract(p.plain, '^[^区县旗]{1,6}[区县旗]') as word
    from plain p
), placed as (
    select
        w.natural_key, coalesce(c.county, w.county) as county,
        address_parts(case when c.county is null then w.plain else substr(w.plain, length(w.word) + 1) end) as p
    from worded w
    left join county_word c on c.word = w.word
)
select
    natural_key, county, p.road as road,
    digits_of(p.number) as number, digits_of(p.building) as building, digits_of(p.unit) as unit,
    digits_of(p.room) as room
from placed;
