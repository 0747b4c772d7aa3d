-- scratch: one row per record that stands repaired: its last decision grants it, after the least period
create temp table effective_repair as
with last_decision as (
    select *
    from repair_row
    where repaired_key is not null and outcome_code in ('1', '3') and decided_date is not null
        and decided_date >= coalesce(earliest_repair_date, decided_date)
    qualify row_number() over (
        partition by record_kind, repaired_key order by decided_date desc, outcome_code desc, repair_no desc
    ) = 1
)
select record_kind, repaired_key as record_key, repair_no, decided_date
from last_decision
where outcome_code = '1';
