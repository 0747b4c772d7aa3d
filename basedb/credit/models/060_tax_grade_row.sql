-- scratch: one row per taxpayer and year
create temp table tax_grade_row as
select
    *, _key as natural_key, platform_key('tax_credit_grade', _key) as record_key
from input.tax_grade
-- two resources may fill one role
qualify row_number() over (partition by _key order by _as_of desc, _source, _delivery desc, _row) = 1;
