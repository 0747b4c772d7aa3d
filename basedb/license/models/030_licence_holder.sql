-- one row per licence and holder; who is known by no valid identifier is linked to nobody
create table licence_holder as
select
    -- opaque and as stable as the licence's own key
    left(sha256(l.record_key || '|' || h.holder_role || coalesce('|' || h.holder_no, '')), 20) as record_key,
    l.record_key as licence_key,
    h.holder_role,
    h.holder_kind_code,
    platform_key('person', h.holder_id_number) as person_key,
    platform_key('legal_entity', h.holder_credit_code) as entity_key,
    h.holder_name,
    h.holder_id_number,
    h.holder_credit_code,
    try_strptime(substr(h.holder_id_number, 7, 8), '%Y%m%d')::date as birth_date,
    h._source as record_source
from holder_row h
join licence_row l
    on l.licence_kind = h.licence_kind and l._key = h._key and l._source = h._source and l._row = h._row;
