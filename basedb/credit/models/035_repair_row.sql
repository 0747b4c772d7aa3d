-- scratch: one row per decision on a repair with the record it is about, if that is known
create temp table repair_row as
with decided as (
    select *, coalesce(canonical('legal_entity', credit_code), canonical('person', id_number)) as subject
    from input.repair
    -- two resources may fill one role
    qualify row_number() over (partition by repair_no order by _as_of desc, _source, _delivery desc, _row) = 1
),
record as (
    select
        'penalty' as record_kind, document_no, subject, record_key, earliest_repair_date, authority_name,
        _source as other
    from penalty_row
    where subject is not null
    union all
    select 'list', entry_no, subject, record_key, earliest_repair_date, null, _source
    from list_row
    where role <> 'dishonest_debtor' and subject is not null
)
select
    d.*,
    platform_key('credit_repair', d.repair_no) as record_key,
    r.record_kind,
    r.record_key as repaired_key,
    r.earliest_repair_date,
    r.other
from decided d
left join record r
    on r.record_kind = case d.record_kind_code when '1' then 'penalty' when '2' then 'list' end
    and r.document_no = d.document_no
    and r.subject = d.subject
-- one decision may end the entries of both departments that list the same; of penalties of several authorities under
-- one number it ends that of the authority it names, and all where it names none of them
qualify row_number() over (partition by d.repair_no, r.record_key order by d._row) = 1
    and (coalesce(r.authority_name = d.authority_name, false)
        or not bool_or(coalesce(r.authority_name = d.authority_name, false)) over (partition by d.repair_no));
