-- one row per indicator code
create table indicator as
with side_by_side as (
    select
        indicator_code,
        max(indicator_name) filter (where role = 'gdp') as gdp_name,
        max(indicator_name) filter (where role = 'monthly_indicator') as monthly_name,
        max(indicator_name) filter (where role = 'budget') as budget_name,
        max(indicator_name) filter (where role = 'energy') as energy_name,
        max(_source) filter (where role = 'gdp') as gdp_source,
        max(_source) filter (where role = 'monthly_indicator') as monthly_source,
        max(_source) filter (where role = 'budget') as budget_source,
        max(_source) filter (where role = 'energy') as energy_source,
        -- unit, frequency and price basis belong together: they come from one role
        pick_indicator_unit(
            max(role) filter (where role = 'gdp'),
            max(role) filter (where role = 'monthly_indicator'),
            max(role) filter (where role = 'budget'),
            max(role) filter (where role = 'energy')
        ) as unit_role
    from indicator_role
    group by indicator_code
)
select
    platform_key('indicator', i.indicator_code) as record_key,
    i.indicator_code,
    pick_indicator_name(i.gdp_name, i.monthly_name, i.budget_name, i.energy_name) as name,
    source_indicator_name(
        i.gdp_name, i.gdp_source, i.monthly_name, i.monthly_source,
        i.budget_name, i.budget_source, i.energy_name, i.energy_source
    ) as name_source,
    r.unit,
    r.unit_mult,
    r.freq_code,
    r.price_basis_code,
    r._source as unit_source
from side_by_side i
left join indicator_role r on r.indicator_code = i.indicator_code and r.role = i.unit_role;
