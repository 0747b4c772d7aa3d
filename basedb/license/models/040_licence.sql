-- one row per licence of one register
create table licence as
with youngest as (
    select licence_key, max(birth_date) as birth_date
    from licence_holder
    where birth_date is not null
    group by licence_key
)
select
    l.record_key, l.licence_kind, l.licence_type_code, l.licence_name, l.licence_no, l.licence_id,
    l.issuer_name, l.issuer_code, l.issued_date, l.valid_from, l.valid_until, l.state_code,
    -- a birth certificate is about the child
    coalesce(l.born_date, y.birth_date) as birth_date,
    l._source as record_source
from licence_row l
left join youngest y on y.licence_key = l.record_key;
