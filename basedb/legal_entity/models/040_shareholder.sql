-- one row per legal entity and shareholder serial, the newest statement wins
create temp view shareholding_told as
select canonical('legal_entity', coalesce(credit_code, credit_code_raw)) as code,
    coalesce(credit_code, credit_code_raw) as list_code, *
from input.shareholding
where code is not null and serial is not null;

-- a firm registered twice has two lists, whose serials number other people: the newest counts, whole
create temp table list_of_merged as
select code, arg_max(list_code, (_as_of, list_code = code, list_code)) as list_code
from shareholding_told
where is_merged('legal_entity', code)
group by code;

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
from shareholding_told
left join list_of_merged m using (code)
where coalesce(m.list_code = shareholding_told.list_code, true)
qualify row_number() over (partition by code, serial order by _as_of desc, _source, _delivery desc, _row desc) = 1;
