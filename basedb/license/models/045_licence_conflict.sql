-- one row per licence, attribute and resource that says another value than the one whose row counts; only registers
-- that two resources fill can have any
create temp table licence_statement as
with doubled as (
    select licence_kind from licence_told group by licence_kind having count(distinct _source) > 1
),
told as (
    select natural_key, licence_kind, _source, _delivery, _row,
        issuer_name, issuer_code, issued_date, valid_from, valid_until, state_code
    from licence_told
    semi join doubled using (licence_kind)
    qualify row_number() over (partition by natural_key, _source order by _as_of desc, _delivery desc, _row) = 1
)
from (
    unpivot (
        select natural_key, licence_kind, _source, _delivery, _row,
            columns(* exclude (natural_key, licence_kind, _source, _delivery, _row))::varchar
        from told)
    on columns(* exclude (natural_key, licence_kind, _source, _delivery, _row)) into name attribute value value);

create temp table licence_contradiction as
select l.natural_key, l.record_key, l._source as chosen_source, o.*
from licence_row l
join licence_statement c on c.natural_key = l.natural_key and c._source = l._source
join licence_statement o on o.natural_key = l.natural_key and o.attribute = c.attribute and o._source <> l._source
where o.value <> c.value;

create table licence_conflict as
select
    platform_key('licence_conflict', concat_ws('|', f.natural_key, f.attribute, s.resource)) as record_key,
    f.record_key as licence_key,
    f.attribute,
    f.chosen_source,
    f._source as other_source,
    f.value as other_value
from licence_contradiction f
join sources s on s.code = f._source;

-- findings: the same, row by row; the item as the register of that kind calls it
insert into findings by name
select 'LICENCE_CONFLICT' as rule, _source as source,
    case
        when attribute <> 'issued_date' then attribute
        when licence_kind = 'driving_licence' then 'first_issued_date'
        when licence_kind = 'real_estate' then 'registered_date'
        else attribute
    end as item,
    _delivery as delivery, _row as row, chosen_source as authority
from licence_contradiction;
