-- scratch: one row per indicator and role: what the newest release of its level says
create temp table indicator_role as
select indicator_code, role, indicator_name, unit, unit_mult, freq_code, price_basis_code, _source
from observation_row
qualify row_number() over (
    partition by indicator_code, role
    order by (measure_code = 'LEVEL') desc, release_date desc, natural_key
) = 1;
