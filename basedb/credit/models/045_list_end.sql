-- scratch: one row per entering decision and subject: the last day that any list of its kind lets it be shown
create temp table list_end as
select
    list_code, entry_no, firm,
    -- published until that day inclusive; gone on the day of removal or repair
    least(min(publish_until), min(removed_date) - 1) as visible_until
from list_row
where role <> 'dishonest_debtor' and firm is not null
group by all;
