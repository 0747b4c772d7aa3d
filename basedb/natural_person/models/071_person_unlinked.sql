-- one row per delivered row and identifier item that states no valid identifier
create table person_unlinked as
select record_key, source, item, nullif(id_number_raw, '') as id_number_raw, name, sex_code, birth_date,
    address, division_code, phone
from statement;
