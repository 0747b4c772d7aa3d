-- scratch: one row per table (civil affairs, statistics) and division code without its trailing zeros
create temp table division_code as
with delivered as (
    select
        'division' as role, division_code, parent_code, name, level_code, valid_from, valid_to,
        _as_of, _source, _delivery, _row
    from input.division
    union all
    select
        'statistical_division', division_code, parent_code, name, level_code, null, null,
        _as_of, _source, _delivery, _row
    from input.statistical_division
), cut as (
    select
        role,
        regexp_replace(rpad(trim(division_code), 12, '0'), '(000){1,2}$', '') as code,
        regexp_replace(rpad(trim(parent_code), 12, '0'), '(000){1,2}$', '') as parent,
        regexp_replace(name, '[\s\x{3000}]', '', 'g') as name,
        level_code, valid_from, valid_to, _as_of, _source, _delivery, _row
    from delivered
)
select role, code, parent, name, level_code, valid_from, valid_to, _source, _delivery, _row
from cut
qualify row_number() over (partition by role, code order by _as_of desc, _source, _row) = 1;
