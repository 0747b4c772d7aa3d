-- findings: one per row that counts and calls its subject otherwise than the register of firms or of persons calls it;
-- of a firm, than it ever was called
create temp view subject_told as
select 'permit' as held_in, natural_key, coalesce(credit_code, id_number) as code, subject_name as name,
    'subject_name' as item, _source, _delivery, _row
from permit_told
union all
select held_in, natural_key, coalesce(credit_code, id_number), subject_name, 'subject_name', _source, _delivery, _row
from penalty_told
union all
select held_in, natural_key, credit_code, name, 'name', _source, _delivery, _row from listing_told
union all
select held_in, natural_key, coalesce(credit_code, id_number), subject_name, 'subject_name', _source, _delivery, _row
from debtor_told
union all
select 'tax_credit_grade', _key, canonical('legal_entity', credit_code), name, 'name', _source, _delivery, _row
from input.tax_grade;

insert into findings by name
with otherwise as (
    select s.*
    from subject_told s
    join record_counts c on c.held_in = s.held_in and c.natural_key = s.natural_key and c.record_source = s._source
    anti join called_name n on n.code = s.code and n.folded = fold_called(s.name)
    where s.code is not null and s.name is not null and coalesce(c.visible_until >= getvariable('as_of'), true))
select 'SUBJECT_NAME_CONFLICT' as rule, o._source as source, o.item, o._delivery as delivery, o._row as row,
    min(r._source) as authority
from otherwise o
join registered_name r on r.code = o.code and r.folded is not null
group by all;
