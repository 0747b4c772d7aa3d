-- one row per division of either table: what each table calls it, and how the two were settled
create table division_settlement as
select
    d.record_key,
    case when d.civil_name is not null then d.division_code end as civil_code,
    d.civil_name,
    d.statistical_code,
    d.statistical_name,
    d.level_code,
    case
        when d.civil_name is null and d.is_statistical_only then 'statistics_only'
        when d.civil_name is null then 'statistics_below'
        when d.valid_to < getvariable('as_of') and d.statistical_code is null then 'ended'
        when d.statistical_code is null then 'civil_only'
        when d.statistical_code <> d.division_code then 'other_code'
        when d.civil_name = d.statistical_name then 'same'
        when c.short_name = s.short_name then 'written_otherwise'
        else 'other_name'
    end as settled_code
from division_all d
left join division_name c on c.role = 'division' and c.code = d.division_code and d.civil_name is not null
left join division_name s on s.role = 'statistical_division' and s.code = d.statistical_code;
