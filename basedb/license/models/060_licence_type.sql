-- one row per type of licence: those of the dictionary by their code, and one for each register of a single kind
create table licence_type as
with newest as (
    select *
    from input.licence_type
    -- two resources may fill one role
    qualify row_number() over (partition by licence_type_code order by _as_of desc, _source, _delivery desc, _row) = 1
),
known as (
    select
        platform_key('licence_type', licence_type_code) as record_key, 'electronic_licence' as licence_kind,
        licence_type_code, licence_type_name as licence_name,
        -- GB/T 36904: 18 characters of the body that sets the standard, 3 of its own serial
        left(licence_type_code, 18) as standard_body_code, standard_body_name, holder_class_code, has_term, issuer_name,
        valid_from, valid_until, true as keeps_state, _source as record_source
    from newest
    union all
    select
        left(sha256('licence_type|' || licence_kind), 20), licence_kind, null, licence_name, null, null, null, null,
        null, null, null, keeps_state::boolean, null
    from register_kind
)
select * from known;

insert into findings by name
select 'LICENCE_TYPE_UNKNOWN' as rule, l._source as source, 'licence_type_code' as item, l._delivery as delivery,
    l._row as row, l._source as authority
from licence_row l
anti join licence_type t on t.licence_type_code = l.licence_type_code
where l.licence_kind = 'electronic_licence' and l.licence_type_code is not null and exists (from input.licence_type);
