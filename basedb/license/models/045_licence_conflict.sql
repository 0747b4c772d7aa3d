-- one row per licence, attribute and resource that says another value than the one whose row counts; only registers
-- that two resources fill can have any
create table licence_conflict as
with doubled as (
    select licence_kind from licence_told group by licence_kind having count(distinct _source) > 1
),
told as (
    select natural_key, _source, issuer_name, issuer_code, issued_date, valid_from, valid_until, state_code
    from licence_told
    semi join doubled using (licence_kind)
    qualify row_number() over (partition by natural_key, _source order by _as_of desc, _delivery desc, _row) = 1
),
stated as (
    unpivot (select natural_key, _source, columns(* exclude (natural_key, _source))::varchar from told)
    on columns(* exclude (natural_key, _source)) into name attribute value value
)
select
    platform_key('licence_conflict', concat_ws('|', l.natural_key, o.attribute, s.resource)) as record_key,
    l.record_key as licence_key,
    o.attribute,
    l._source as chosen_source,
    o._source as other_source,
    o.value as other_value
from licence_row l
join stated c on c.natural_key = l.natural_key and c._source = l._source
join stated o on o.natural_key = l.natural_key and o.attribute = c.attribute and o._source <> l._source
join sources s on s.code = o._source
where o.value <> c.value;
