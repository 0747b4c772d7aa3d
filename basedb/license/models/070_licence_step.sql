-- scratch: one row per delivered step in the life of a licence, in order, with the state before and what the rules say
create temp table licence_step as
with delivered as (
    select *
    from input.licence_step
    qualify row_number() over (partition by step_no order by _as_of desc, _source, _delivery desc, _row) = 1
),
ordered as (
    select
        l.record_key as licence_key, p.record_key as previous_key, d.previous_licence_id, d.operation_code,
        d.state_code, d.operated_date, d.reason, d._source, d._delivery, d._row,
        row_number() over following as place,
        lag(d.state_code) over following as state_before
    from delivered d
    join licence_row l on l.licence_id = d.licence_id and l.licence_kind = 'electronic_licence'
    left join licence_row p on p.licence_id = d.previous_licence_id and p.licence_kind = 'electronic_licence'
    where d.operated_date is not null
    -- of several on one day the higher number is the later one: 9 comes before 10
    window following as (partition by l.record_key order by d.operated_date, length(d.step_no), d.step_no)
)
select
    -- the register's own row issues a licence whose steps do not begin with it; none issues itself
    * exclude (state_before),
    place = 1 and operation_code in ('01', '02', '08', '09') and previous_key is distinct from licence_key as is_issue,
    case
        when place > 1 then state_before
        when not is_issue then '01'
    end as state_before
from ordered;

insert into findings by name
select 'TRANSITION_UNLAWFUL' as rule, s._source as source, 'operation_code' as item, s._delivery as delivery,
    s._row as row, s._source as authority
from licence_step s
where not exists (
    from licence_transition t
    where t.from_state is not distinct from s.state_before and t.operation = s.operation_code
        and t.to_state = s.state_code and (t.needs_previous = 'false' or s.previous_licence_id is not null));
