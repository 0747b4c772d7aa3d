-- one row per standard address, attribute and further statement of another value: of another resource, or under a code
-- that was found to be of the same address
create temp table address_contradiction as
with told as (
    select canonical('address', address_code) as standard_code, address_code as told_code, _source, _delivery, _row,
        full_address, division_code, town_name, street, house_no, unit_room, longitude, latitude
    from input.standard_address
    where (select count(distinct _source) from input.standard_address) > 1
        or exists (from same_as where kind = 'address')
    qualify row_number() over (partition by address_code, _source order by _as_of desc, _delivery desc, _row) = 1
),
stated as (
    unpivot (
        select standard_code, told_code, _source, _delivery, _row,
            columns(* exclude (standard_code, told_code, _source, _delivery, _row))::varchar
        from told)
    on columns(* exclude (standard_code, told_code, _source, _delivery, _row)) into name attribute value value
),
chosen as (
    unpivot (
        select record_key, address_code, record_source, columns(
            ['full_address', 'division_code', 'town_name', 'street', 'house_no', 'unit_room', 'longitude', 'latitude']
        )::varchar
        from address
        where address_code in (select standard_code from told))
    on columns(* exclude (record_key, address_code, record_source)) into name attribute value value
)
select c.record_key, c.record_source, o.*
from chosen c
join stated o on o.standard_code = c.address_code and o.attribute = c.attribute and o.value <> c.value;

create table address_conflict as
select
    platform_key('address_conflict', concat_ws('|', key_part(o.told_code), o.attribute, s.resource)) as record_key,
    o.record_key as address_key,
    o.attribute,
    o.record_source as chosen_source,
    o._source as other_source,
    o.value as other_value
from address_contradiction o
join sources s on s.code = o._source;

-- findings: what two departments say of one code; two codes of one department are doubles, not a disagreement
insert into findings by name
select 'ADDRESS_CONFLICT' as rule, _source as source, attribute as item, _delivery as delivery, _row as row,
    record_source as authority
from address_contradiction
where _source <> record_source;
