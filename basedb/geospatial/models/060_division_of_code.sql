-- scratch: one row per division code: the division that a record which states the code is in
create temp table division_of_code as
select division_code, record_key as division_key
from division
qualify row_number() over (
    partition by division_code order by is_statistical_only, record_key
) = 1;
