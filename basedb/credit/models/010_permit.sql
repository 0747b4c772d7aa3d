-- scratch: one row per delivered permit, with the natural key of the decision
create temp view permit_keyed as
select p.*, coalesce(k.natural_key, p.document_no) as natural_key
from input.permit p
left join decision_key k
    on k.kind = 'permit' and k.document_no = p.document_no and k.authority_code = p.authority_code;

-- two resources may fill one role
create temp table permit_row as
select *, platform_key('permit', natural_key) as record_key
from permit_keyed
qualify row_number() over (partition by natural_key order by _as_of desc, _source, _delivery desc, _row) = 1;

-- one row per permit of one authority; the newest delivery wins
create table permit as
select
    record_key,
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
from permit_row;
