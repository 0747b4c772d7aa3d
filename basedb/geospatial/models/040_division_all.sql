-- scratch: one row per division of either table, the two halves side by side
create temp table division_all as
with civil as (
    select * from division_code where role = 'division'
), statistical as (
    select * from division_code where role = 'statistical_division'
), covered as (
    -- below the levels that civil affairs deliver, their silence says nothing
    select distinct level_code from civil
), statistical_only as (
    select code
    from statistical
    where code not in (select statistical_code from division_match)
        and level_code in (select level_code from covered)
), side_by_side as (
    select
        c.code as natural_key, c.code as division_code, c.parent, s.code as statistical_code,
        c.level_code, c.valid_from, c.valid_to, false as is_statistical_only,
        c.name as civil_name, c._source as civil_source, s.name as statistical_name, s._source as statistical_source
    from civil c
    left join division_match m on m.code = c.code
    left join statistical s on s.code = m.statistical_code
    union all
    select
        'statistics|' || s.code, s.code, s.parent, s.code,
        s.level_code, null, null,
        s.code in (select code from statistical_only)
            or left(s.code, 9) in (select code from statistical_only)
            or left(s.code, 6) in (select code from statistical_only),
        null, null, s.name, s._source
    from statistical s
    where s.code not in (select statistical_code from division_match)
)
select *, platform_key('division', natural_key) as record_key
from side_by_side;
