-- one row per permit or tax credit grade, attribute and resource that says another value than the one whose row counts;
-- penalties and lists have none: what may be shown no more must not live on in a row about it
create table credit_conflict as
with permit_newest as (
    select natural_key, _source, permit_kind, certificate_no, decided_date, valid_from, valid_until
    from permit_told
    where (select count(distinct _source) from input.permit) > 1
    qualify row_number() over (partition by natural_key, _source order by _as_of desc, _delivery desc, _row) = 1
),
grade_told as (
    select _key as natural_key, _source, grade_code
    from input.tax_grade
    where (select count(distinct _source) from input.tax_grade) > 1
    qualify row_number() over (partition by _key, _source order by _as_of desc, _delivery desc, _row) = 1
),
stated as (
    select 'permit' as held_in, * from (
        unpivot (select natural_key, _source, columns(* exclude (natural_key, _source))::varchar from permit_newest)
        on columns(* exclude (natural_key, _source)) into name attribute value value)
    union all
    select 'tax_credit_grade', natural_key, _source, 'grade_code', grade_code from grade_told
),
chosen as (
    select 'permit' as held_in, record_key, natural_key, _source as record_source from permit_row
    union all
    select 'tax_credit_grade', record_key, natural_key, _source from tax_grade_row
)
select
    platform_key('credit_conflict', concat_ws('|', f.held_in, f.natural_key, o.attribute, s.resource)) as record_key,
    f.record_key as fact_key,
    f.held_in,
    o.attribute,
    f.record_source as chosen_source,
    o._source as other_source,
    o.value as other_value
from chosen f
join stated c on c.held_in = f.held_in and c.natural_key = f.natural_key and c._source = f.record_source
join stated o on o.held_in = f.held_in and o.natural_key = f.natural_key and o.attribute = c.attribute
    and o._source <> f.record_source
join sources s on s.code = o._source
where o.value <> c.value;
