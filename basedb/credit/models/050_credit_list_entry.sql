-- one row per entry of one department's list
create table credit_list_entry as
select
    l.record_key,
    l.list_code,
    l.list_kind_code,
    l.entry_no,
    case when l.credit_code like '92%' and l.role <> 'dishonest_debtor' then '3' else l.subject_kind_code end
        as subject_kind_code,
    l.subject_name,
    l.credit_code,
    l.id_number,
    platform_key('person', l.id_number) as person_key,
    platform_key('legal_entity', l.credit_code) as entity_key,
    try_strptime(substr(l.id_number, 7, 8), '%Y%m%d')::date as birth_date,
    l.reason, l.legal_basis, l.performance, l.listed_date,
    least(l.removed_date, r.decided_date) as removed_date,
    case
        when r.decided_date is not null or l.role = 'serious_list' and l.removed_date is not null then 'repaired'
        when l.removed_date is not null then 'removed'
    end as exit_kind,
    l.earliest_repair_date,
    l.publish_until,
    -- repaired with one department is repaired with the other that lists the same decision
    least(l.publish_until, l.latest_publish_date, l.removed_date - 1, r.decided_date - 1, e.visible_until)
        as visible_until,
    l.authority_name,
    k.kind_code as catalogue_kind_code,
    l._source as record_source
from list_row l
left join effective_repair r on r.record_kind = 'list' and r.record_key = l.record_key
left join catalogue_kind k on k.held_in = l.list_code
left join list_end e
    -- each condition compares one side with the other: an outer join is hashed then
    on e.entry_no = if(l.role <> 'dishonest_debtor', l.entry_no, null)
    and e.firm = l.firm and e.list_code = l.list_code;
