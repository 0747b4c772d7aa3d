-- one row per permit document; the newest delivery wins
create table permit as
with newest as (
    select *
    from input.permit
    -- two resources may fill one role
    qualify row_number() over (
        partition by document_no order by _as_of desc, _source, _delivery desc, _row
    ) = 1
)
select
    platform_key('permit', document_no) as record_key,
    document_no,
    subject_kind_code,
    subject_name,
    credit_code,
    id_number,
    platform_key('person', id_number) as person_key,
    platform_key('legal_entity', credit_code) as entity_key,
    try_strptime(substr(id_number, 7, 8), '%Y%m%d')::date as birth_date,
    permit_kind, certificate_name, certificate_no, content,
    decided_date, valid_from, valid_until,
    authority_name, authority_code, submitted_date,
    (select kind_code from catalogue_kind where held_in = 'permit') as catalogue_kind_code,
    _source as record_source
from newest;
