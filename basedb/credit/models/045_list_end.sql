-- scratch: one row per entering decision and subject: the last day that any list lets it be shown
create temp table list_end as
select
    entry_no,
    coalesce(credit_code, credit_code_raw) as subject,
    -- published until that day inclusive; gone on the day of removal or repair
    least(min(publish_until), min(removed_date) - 1) as visible_until
from list_row
where role <> 'dishonest_debtor' and coalesce(credit_code, credit_code_raw) is not null
group by all;
