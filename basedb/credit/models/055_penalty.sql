-- one row per penalty of one authority
create table penalty as
select
    p.record_key,
    p.document_no,
    p.subject_kind_code,
    p.subject_name,
    p.credit_code,
    p.id_number,
    platform_key('person', p.id_number) as person_key,
    platform_key('legal_entity', p.credit_code) as entity_key,
    try_strptime(substr(p.id_number, 7, 8), '%Y%m%d')::date as birth_date,
    p.violation_kind, p.facts, p.penalty_kind_code, p.fine_cny_10k, p.severity_code, p.field_code,
    p.decided_date,
    p.rule_code as publication_rule,
    p.earliest_repair_date,
    p.publish_until,
    r.decided_date as repaired_date,
    -- what is not published as a rule is shown only where the department insists, and never beyond the longest period
    case
        when not p.is_published and p.publish_until is null then p.decided_date - 1
        else least(p.publish_until, p.latest_publish_date, r.decided_date - 1)
    end as visible_until,
    p.authority_name, p.authority_code, p.submitted_date,
    (select kind_code from catalogue_kind where held_in = 'penalty') as catalogue_kind_code,
    p._source as record_source
from penalty_row p
left join effective_repair r on r.record_kind = 'penalty' and r.record_key = p.record_key;
