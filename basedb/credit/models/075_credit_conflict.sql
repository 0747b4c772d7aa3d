-- one row per permit or tax credit grade, attribute and resource that says another value than the one whose row counts;
-- penalties and lists have none: what may be shown no more must not live on in a row about it
create table credit_conflict as
with stated as (
    select *
    from record_told
    where held_in = 'permit'
        and attribute in ('permit_kind', 'certificate_no', 'decided_date', 'valid_from', 'valid_until')
        or held_in = 'tax_credit_grade' and attribute = 'grade_code'
),
chosen as (
    select 'permit' as held_in, record_key, natural_key, _source as record_source from permit_row
    union all
    select 'tax_credit_grade', record_key, natural_key, _source from tax_grade_row
)
select
    platform_key('credit_conflict', concat_ws('|', f.held_in, f.natural_key, o.attribute, s.resource)) as record_key,
    if(f.held_in = 'permit', f.record_key, null) as permit_key,
    if(f.held_in = 'tax_credit_grade', f.record_key, null) as tax_credit_grade_key,
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
