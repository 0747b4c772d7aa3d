-- scratch: one row per record that several resources tell of, resource and item that it states
create temp view permit_told as
select
    'permit' as held_in, natural_key, subject_name,
    canonical('legal_entity', credit_code) as credit_code, canonical('person', id_number) as id_number,
    permit_kind, certificate_no, decided_date, valid_from, valid_until, _as_of, _source, _delivery, _row
from permit_keyed;

create temp view penalty_told as
select
    'penalty' as held_in, natural_key, subject_name,
    canonical('legal_entity', credit_code) as credit_code, canonical('person', id_number) as id_number,
    violation_kind, penalty_kind_code, fine_cny_10k, severity_code, field_code, decided_date, publish_until,
    _as_of, _source, _delivery, _row
from penalty_keyed;

-- a decision that two lists hold is told apart by its subject too: another list may have used its number
create temp view listing_told as
select
    'credit_list_entry' as held_in,
    concat_ws('|', 'listed', entry_no, canonical('legal_entity', credit_code)) as natural_key,
    canonical('legal_entity', credit_code) as credit_code, name, list_kind_code, listed_date,
    null::date as publish_until, _as_of, _source, _delivery, _row
from input.abnormal_list
where credit_code is not null
union all
select
    'credit_list_entry', concat_ws('|', 'listed', entry_no, canonical('legal_entity', credit_code)),
    canonical('legal_entity', credit_code), name, list_kind_code, listed_date,
    publish_until, _as_of, _source, _delivery, _row
from input.serious_list
where credit_code is not null;

create temp view debtor_told as
select
    'credit_list_entry' as held_in, 'dishonest|' || case_no as natural_key, subject_name,
    canonical('legal_entity', credit_code) as credit_code, canonical('person', id_number) as id_number,
    published_date, publish_until, performance, _as_of, _source, _delivery, _row
from input.dishonest_debtor;

create temp view grade_told as
select 'tax_credit_grade' as held_in, _key as natural_key, name, grade_code, _as_of, _source, _delivery, _row
from input.tax_grade;

create temp view repair_told as
select
    'credit_repair' as held_in, repair_no as natural_key, document_no,
    canonical('legal_entity', credit_code) as credit_code, canonical('person', id_number) as id_number,
    applied_date, decided_date, outcome_code, _as_of, _source, _delivery, _row
from input.repair;

-- the newest row of each resource, where there are two; what nobody states is no statement
create temp macro told_by_several(told) as table (
    unpivot (
        select held_in, natural_key, _source, _delivery, _row,
            columns(* exclude (held_in, natural_key, _source, _delivery, _row, _as_of))::varchar
        from query_table(told)
        semi join (
            select natural_key
            from query_table(told)
            where (select min(_source) <> max(_source) from query_table(told))
            group by natural_key
            having min(_source) <> max(_source)) using (natural_key)
        qualify row_number() over (partition by natural_key, _source order by _as_of desc, _delivery desc, _row) = 1)
    on columns(* exclude (held_in, natural_key, _source, _delivery, _row)) into name attribute value value);

create temp table record_told as
from told_by_several('permit_told')
union all by name from told_by_several('penalty_told')
union all by name from told_by_several('listing_told')
union all by name from told_by_several('debtor_told')
union all by name from told_by_several('grade_told')
union all by name from told_by_several('repair_told');
