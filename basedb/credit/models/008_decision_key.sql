-- scratch: one row per authority's decision whose number is not its natural key: another authority gave the same number
create temp view decision as
select 'permit' as kind, document_no, authority_code, decided_date from input.permit
union all
select 'penalty', document_no, authority_code, decided_date from input.penalty;

-- keys that were given out before under number and authority, and are kept when the other decision is gone
create temp table told_apart as
select kind, natural_key
from known_key
where kind in ('permit', 'penalty') and regexp_matches(natural_key, '\|[0-9A-Z]{18}$');

create temp table decision_key as
with shared as (
    -- who does not say whose decision it is says nothing against its being the only one
    select kind, document_no
    from decision
    group by all
    having min(authority_code) <> max(authority_code)),
numbered as (
    select kind, document_no, authority_code, decided_date, key_part(document_no) || '|' || authority_code as natural_key
    from decision
    where authority_code is not null),
concerned as (
    from numbered semi join shared using (kind, document_no)
    union all
    from numbered semi join told_apart using (kind, natural_key) anti join shared using (kind, document_no)),
decided as (
    select c.kind, document_no, authority_code, c.natural_key, min(decided_date) as first_date,
        any_value(t.natural_key) is not null as is_told_apart
    from concerned c
    left join told_apart t on t.kind = c.kind and t.natural_key = c.natural_key
    group by all)
select kind, document_no, authority_code, natural_key
from decided
-- whose decision bore the number first keeps the key that it had when it was the only one
qualify is_told_apart or row_number() over (
    partition by kind, document_no order by is_told_apart, first_date nulls last, authority_code) > 1;
