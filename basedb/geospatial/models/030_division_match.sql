-- scratch: one row per division that both tables have: same code and name, else same name in the same parent, else code
create temp table division_match as
with civil as (
    select * from division_name where role = 'division'
), statistical as (
    select * from division_name where role = 'statistical_division'
), pair as (
    select c.code, s.code as statistical_code, case when c.short_name = s.short_name then 1 else 3 end as rank
    from civil c
    join statistical s on s.code = c.code
    union all
    select c.code, s.code, 2
    from civil c
    join statistical s
        on s.parent = c.parent and s.level_code = c.level_code and s.short_name = c.short_name and s.code <> c.code
    where coalesce(c.valid_to >= getvariable('as_of'), true)
)
select code, statistical_code, rank
from pair
-- two places of one name in one parent stay unmatched: nobody can say which is which
qualify rank = min(rank) over (partition by code)
    and rank = min(rank) over (partition by statistical_code)
    and count(*) over (partition by code, rank) = 1
    and count(*) over (partition by statistical_code, rank) = 1;
