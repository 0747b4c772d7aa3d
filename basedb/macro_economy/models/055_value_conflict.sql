-- findings: one row per delivered row whose newest value of an observation is not the trusted department's
-- revisions between two releases stay within half a percent
create temp table value_statement as
select
    observed,
    -- one may tell in 万元 what another tells in 亿元
    obs_value * power(10, coalesce(unit_mult, 0)) as amount,
    _source, _delivery, _row
from observation_told
where obs_value is not null
qualify row_number() over (
    partition by observed, _source order by release_date desc, _as_of desc, _delivery desc, _row
) = 1;

insert into findings by name
with trusted as (
    select distinct observed, _source
    from observation_row
    qualify row_number() over (partition by observed order by release_date desc, _source) = 1
)
select 'OBSERVATION_CONFLICT' as rule, s._source as source, 'obs_value' as item, s._delivery as delivery, s._row as row,
    t._source as authority
from value_statement s
join trusted t on t.observed = s.observed and t._source <> s._source
join value_statement c on c.observed = t.observed and c._source = t._source
where abs(s.amount - c.amount) > 0.005 * abs(c.amount);
