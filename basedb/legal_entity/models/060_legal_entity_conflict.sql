-- one row per legal entity, attribute and contradicting source; only `representative` is a finding:
-- a firm's trade name and place of business may lawfully differ from its registration
create table legal_entity_conflict as
select
    platform_key('legal_entity_conflict', concat_ws('|', entity_key, attribute, s.resource)) as record_key,
    entity_key,
    attribute,
    chosen_source,
    other_source,
    other_value
from (
    select entity_key, 'representative' as attribute, authority as chosen_source, _source as other_source,
        value as other_value
    from representative_fault
    union all
    select l.record_key, 'name', l.name_source, t._source, t.name
    from legal_entity l join taxpayer_one t on t.code = l.credit_code
    where t.name <> l.name
    union all
    select l.record_key, 'address', l.address_source, t._source, t.address
    from legal_entity l join taxpayer_one t on t.code = l.credit_code
    where t.address <> l.address) c
join sources s on s.code = c.other_source;
