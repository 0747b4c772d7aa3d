-- scratch: one row per stretch of time in which a name, a representative or a state held, as the change log tells it
create temp table change_told as
select
    -- of several changes on one day the last counts, and what stood before the first stood until then
    * exclude (credit_code, credit_code_raw) replace (
        first_value(before_text) over day_of as before_text,
        first_value(before_id_number) over day_of as before_id_number,
        first_value(before_credit_code) over day_of as before_credit_code)
from (select canonical('legal_entity', coalesce(credit_code, credit_code_raw)) as code, * from input.change)
where code is not null and changed_date is not null
-- a number of more digits came later
window day_of as (
    partition by code, item_code, changed_date
    order by length(change_no), change_no, _source desc, _delivery, _row
    rows between unbounded preceding and unbounded following)
qualify row_number() over (
    partition by code, item_code, changed_date
    order by length(change_no) desc, change_no desc, _source, _delivery desc, _row desc) = 1;

create temp table change_interval as
with step as (
    select *,
        lag(changed_date) over turn as earlier_date,
        lead(changed_date) over turn as next_date,
        lead(before_text) over turn as next_before_text
    from change_told
    window turn as (partition by code, item_code order by changed_date)
)
-- what stood before the first change
select s.code, s.item_code, s.before_text as told, s.before_id_number as id_number, s.before_credit_code as partner_code,
    l.established_date as valid_from, s.changed_date as valid_to, false as is_last, s._source, s._delivery, s._row
from step s
left join golden_entity l on l.credit_code = s.code
where s.earlier_date is null and s.before_text is not null
    and coalesce(l.established_date < s.changed_date, true)
union all
select code, item_code, coalesce(after_text, next_before_text), after_id_number, after_credit_code,
    changed_date, next_date, next_date is null, _source, _delivery, _row
from step;
