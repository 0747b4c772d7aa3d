-- scratch: one row per entry of one department's list
create temp table list_row as
with delivered as (
    select
        'abnormal_list' as role,
        -- 信用名单类别 1 is the list of abnormal operation, the others are serious
        case when list_kind_code = '1' then 'abnormal' else 'serious' end as list_code,
        list_kind_code, entry_no, '2' as subject_kind_code, name as subject_name,
        credit_code, credit_code_raw, null::varchar as id_number,
        reason, null::varchar as performance, listed_date, removed_date, null::date as publish_until, authority_name,
        _as_of, _source, _delivery, _row
    from input.abnormal_list
    union all
    select
        'serious_list', 'serious', list_kind_code, entry_no, '2', name, credit_code, credit_code_raw, null,
        legal_basis, null, listed_date, repaired_date, publish_until, authority_name,
        _as_of, _source, _delivery, _row
    from input.serious_list
    union all
    select
        'dishonest_debtor', 'dishonest', null, case_no, subject_kind_code, subject_name, credit_code, credit_code_raw,
        id_number, null, performance, published_date, null, publish_until, null,
        _as_of, _source, _delivery, _row
    from input.dishonest_debtor
)
select
    *,
    role || '|' || entry_no as natural_key,
    platform_key('credit_list_entry', role || '|' || entry_no) as record_key
from delivered
-- two resources may fill one role
qualify row_number() over (
    partition by role, entry_no order by _as_of desc, _source, _delivery desc, _row
) = 1;
