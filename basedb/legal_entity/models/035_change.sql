-- scratch: one row per stretch of time in which a name, a representative or a state held, as the change log tells it
create temp table change_told as
select
    canonical('legal_entity', coalesce(credit_code, credit_code_raw)) as code,
    * exclude (credit_code, credit_code_raw)
from input.change
where code is not null and changed_date is not null
-- of several changes on one day the last counts
qualify row_number() over (
    partition by code, item_code, changed_date order by change_no desc, _source, _delivery desc, _row desc) = 1;

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
