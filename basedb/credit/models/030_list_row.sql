-- scratch: one row per entry of one department's list
create temp table list_row as
with delivered as (
    select
        'abnormal_list' as role,
        -- 信用名单类别 1 is the list of abnormal operation, the others are serious
        case when list_kind_code = '1' then 'abnormal' else 'serious' end as list_code,
        list_kind_code, entry_no, '2' as subject_kind_code, name as subject_name,
        credit_code, credit_code_raw, null::varchar as id_number,
        reason, null::varchar as legal_basis, null::varchar as performance, listed_date, removed_date, null::date as publish_until, authority_name,
        _as_of, _source, _delivery, _row
    from input.abnormal_list
    union all
    select
        'serious_list', 'serious', list_kind_code, entry_no, '2', name, credit_code, credit_code_raw, null,
        null, legal_basis, null, listed_date, repaired_date, publish_until, authority_name,
        _as_of, _source, _delivery, _row
    from input.serious_list
    union all
    select
        'dishonest_debtor', 'dishonest', null, case_no, subject_kind_code, subject_name, credit_code, credit_code_raw,
        id_number, null, null, performance, published_date, null, publish_until, null,
        _as_of, _source, _delivery, _row
    from input.dishonest_debtor
)
select
    d.* exclude (legal_basis),
    coalesce(d.legal_basis, b.legal_basis) as legal_basis,
    d.role || '|' || d.entry_no as natural_key,
    platform_key('credit_list_entry', d.role || '|' || d.entry_no) as record_key,
    coalesce(canonical('legal_entity', d.credit_code), canonical('person', d.id_number)) as subject,
    coalesce(canonical('legal_entity', d.credit_code), d.credit_code_raw) as firm,
    (d.listed_date + to_months(r.min_months))::date + 1 as earliest_repair_date,
    (d.listed_date + to_months(r.max_months))::date as latest_publish_date
from delivered d
left join list_basis b
    on b.list_code = d.list_code and b.list_kind_code is not distinct from d.list_kind_code
left join publication_period r
    on r.record_kind = d.list_code
    and d.listed_date between r.valid_from and coalesce(r.valid_until, date '9999-12-31')
-- two resources may fill one role
qualify row_number() over (
    partition by d.role, d.entry_no order by d._as_of desc, d._source, d._delivery desc, d._row
) = 1;
