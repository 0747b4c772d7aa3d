-- findings: one per delivered row and item that another department states otherwise of the same record

-- the row that counts; of a decision on two lists the one of the list of the department that made it
create temp table record_counts as
select 'permit' as held_in, natural_key, _source as record_source, null::date as visible_until
from permit_row
union all
select 'penalty', natural_key, record_source, visible_until
from penalty
join penalty_row using (record_key)
union all
select 'tax_credit_grade', natural_key, _source, null
from tax_grade_row
union all
select 'credit_repair', repair_no, record_source, visible_until
from credit_repair
union all
select *
from (
    select
        'credit_list_entry',
        if(l.role = 'dishonest_debtor', 'dishonest|' || l.entry_no,
            concat_ws('|', 'listed', l.entry_no, canonical('legal_entity', l.credit_code))) as told_as,
        l._source, e.visible_until
    from list_row l
    join credit_list_entry e using (record_key)
    qualify row_number() over (
        partition by told_as order by l.role = 'abnormal_list' desc, l._as_of desc, l._source) = 1);

insert into findings by name
select 'CREDIT_CONFLICT' as rule, o._source as source, o.attribute as item, o._delivery as delivery, o._row as row,
    f.record_source as authority
from record_counts f
join record_told c on c.held_in = f.held_in and c.natural_key = f.natural_key and c._source = f.record_source
join record_told o on o.held_in = f.held_in and o.natural_key = f.natural_key and o.attribute = c.attribute
    and o._source <> f.record_source
-- a record that was repaired, removed or has run out is nobody's to look for any more
where coalesce(f.visible_until >= getvariable('as_of'), true)
    and if(o.attribute in ('name', 'subject_name'), fold_called(o.value) <> fold_called(c.value), o.value <> c.value);
