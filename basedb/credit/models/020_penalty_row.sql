-- scratch: one row per delivered penalty, with the natural key of the decision
create temp view penalty_numbered as
select p.*, coalesce(k.natural_key, p.document_no) as natural_key
from input.penalty p
left join decision_key k
    on k.kind = 'penalty' and k.document_no = p.document_no and k.authority_code = p.authority_code;

-- scratch: one row per penalty of one authority with the periods of its rule; the newest delivery wins
create temp table penalty_row as
with newest as (
    select *
    from penalty_numbered
    -- two resources may fill one role
    qualify row_number() over (partition by natural_key order by _as_of desc, _source, _delivery desc, _row) = 1
)
select
    n.*,
    platform_key('penalty', n.natural_key) as record_key,
    coalesce(canonical('legal_entity', n.credit_code), canonical('person', n.id_number)) as subject,
    r.rule_code,
    coalesce(r.is_published, true) as is_published,
    -- periods run from the document's date, whose day is not counted: the first day after the least period
    case
        when r.min_months = 0 then n.decided_date
        else (n.decided_date + to_months(r.min_months))::date + 1
    end as earliest_repair_date,
    (n.decided_date + to_months(r.max_months))::date as latest_publish_date
from newest n
-- no rule is applied to a document from before its day; a severity that nobody stated counts as general
left join publication_period r
    on r.record_kind = 'penalty'
    and n.decided_date between r.valid_from and coalesce(r.valid_until, date '9999-12-31')
    and (r.severity_code is null or r.severity_code = coalesce(n.severity_code, '2'))
    -- 重点监管领域: food, drugs, special equipment, work safety, fire
    and (r.field_group is null or r.field_group = case when n.field_code in ('1', '2', '3', '4', '5') then 'key' else 'other' end);
