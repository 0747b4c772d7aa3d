-- one row per decision on a repair
create table credit_repair as
select
    record_key,
    repair_no,
    record_kind_code,
    document_no,
    min(repaired_key) filter (where record_kind = 'penalty') as penalty_key,
    min(repaired_key) filter (where record_kind = 'list') as list_entry_key,
    any_value(credit_code) as credit_code,
    any_value(id_number) as id_number,
    platform_key('person', any_value(id_number)) as person_key,
    platform_key('legal_entity', any_value(credit_code)) as entity_key,
    try_strptime(substr(any_value(id_number), 7, 8), '%Y%m%d')::date as birth_date,
    any_value(applied_date) as applied_date,
    any_value(decided_date) as decided_date,
    any_value(outcome_code) as outcome_code,
    max(earliest_repair_date) as earliest_repair_date,
    bool_or(is_effective) as is_effective,
    -- a repair ends all sharing of the record, and so of the decision that names it
    case when bool_or(is_effective) then any_value(decided_date) - 1 else max(shown_until) end as visible_until,
    any_value(authority_name) as authority_name,
    any_value(_source) as record_source
from (
    select r.*, e.repair_no is not null as is_effective
    from repair_row r
    left join effective_repair e
        on e.record_kind = r.record_kind and e.record_key = r.repaired_key and e.repair_no = r.repair_no
)
group by record_key, repair_no, record_kind_code, document_no;
