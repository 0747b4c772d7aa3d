-- findings: one per row that counts and gives a firm a name that its register holds not and its change log never held
-- 市场主体登记管理条例 (国务院令第 746 号) 第十条: a market entity has one registered name
create temp table registered_name as
select canonical('legal_entity', credit_code) as code, name, _source
from input.check_registration
where credit_code is not null and name is not null
qualify row_number() over (partition by code order by _as_of desc, _source, _delivery desc, _row) = 1;

create temp view former_name as
select canonical('legal_entity', credit_code) as code, unnest([before_text, after_text]) as name
from input.check_change
where item_code = '01';

create temp view subject_told as
select 'permit' as held_in, natural_key, credit_code, subject_name as name, 'subject_name' as item,
    _source, _delivery, _row
from permit_keyed
union all
select 'penalty', natural_key, credit_code, subject_name, 'subject_name', _source, _delivery, _row from penalty_keyed
union all
select held_in, natural_key, credit_code, name, 'name', _source, _delivery, _row from listing_told
union all
select held_in, natural_key, credit_code, subject_name, 'subject_name', _source, _delivery, _row from debtor_told
union all
select 'tax_credit_grade', _key, credit_code, name, 'name', _source, _delivery, _row from input.tax_grade;

insert into findings by name
select 'SUBJECT_NAME_CONFLICT' as rule, s._source as source, s.item, s._delivery as delivery, s._row as row,
    r._source as authority
from subject_told s
join registered_name r on r.code = canonical('legal_entity', s.credit_code) and r.name <> s.name
join record_counts c on c.held_in = s.held_in and c.natural_key = s.natural_key and c.record_source = s._source
where coalesce(c.visible_until >= getvariable('as_of'), true)
    and fold_subject(r.name) <> fold_subject(s.name)
    and not exists (
        select 1 from former_name f where f.code = r.code and fold_subject(f.name) = fold_subject(s.name));
