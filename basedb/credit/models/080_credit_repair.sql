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
    -- a decision names its record, and is shown as long as that: a repair ends the sharing of all decisions on the
    -- record, and what names a record that nobody holds any more is shown to nobody
    case
        when count(repaired_key) = 0 then any_value(decided_date) - 1
        when count(visible_until) = count(repaired_key) then max(visible_until)
    end as visible_until,
    any_value(authority_name) as authority_name,
    any_value(_source) as record_source
from (
    select r.*, s.visible_until, e.repair_no is not null as is_effective
    from repair_row r
    left join (
        select 'penalty' as record_kind, record_key, visible_until from penalty
        union all
        select 'list', record_key, visible_until from credit_list_entry
    ) s on s.record_kind = r.record_kind and s.record_key = r.repaired_key
    left join effective_repair e
        on e.record_kind = r.record_kind and e.record_key = r.repaired_key and e.repair_no = r.repair_no
)
group by record_key, repair_no, record_kind_code, document_no;
