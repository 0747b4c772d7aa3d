-- one row per legal entity and shareholder serial, the newest statement wins
create table shareholder as
select
    platform_key('shareholder', code || '|' || serial) as record_key,
    platform_key('legal_entity', code) as entity_key,
    serial,
    shareholder_kind_code as kind_code,
    shareholder_name as name,
    platform_key('person', shareholder_id_number) as person_key,
    platform_key('legal_entity', coalesce(shareholder_credit_code, shareholder_credit_code_raw)) as partner_entity_key,
    subscribed_cny_10k,
    ratio_pct,
    _source as source,
    try_strptime(substr(shareholder_id_number, 7, 8), '%Y%m%d')::date as birth_date
from (select canonical('legal_entity', coalesce(credit_code, credit_code_raw)) as code, * from input.shareholding) s
where code is not null and serial is not null
qualify row_number() over (partition by code, serial order by _as_of desc, _source, _delivery desc, _row desc) = 1;
