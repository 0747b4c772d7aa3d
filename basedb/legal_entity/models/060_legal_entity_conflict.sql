-- findings and scratch: one row per delivered row that contradicts what the registrar states of a firm
-- 市场主体登记管理条例 (国务院令第 746 号) 第十条: a market entity has one registered name
create temp table entity_fault as
-- 税收征收管理法 第十六条: the tax registration follows a change within 30 days
select 'ENTITY_NAME_CONFLICT' as rule, 'name' as item, 'name' as attribute, l.record_key as entity_key,
    l.name_source as authority, t.name as value, t._source, t._delivery, t._row
from taxpayer_one t
join legal_entity l on l.credit_code = t.code and l.name_source <> t._source
where l.status_code <> '3' and fold_firm(l.name) <> fold_firm(t.name)
union all
-- persons by their identifier where both sides have a valid one, else by name
select 'ENTITY_REPRESENTATIVE_CONFLICT',
    if(r.id_number <> t.representative_id_number, 'representative_id_number', 'representative_name'),
    'representative', r.entity_key, r._source, coalesce(t.representative_id_number, t.representative_name),
    t._source, t._delivery, t._row
from taxpayer_one t
join chosen_representative r on r.code = t.code
where r.status_code = '1'
    and coalesce(canonical('person', r.id_number) <> canonical('person', t.representative_id_number),
        fold_firm(r.name) <> fold_firm(t.representative_name))
union all
-- 市场主体登记管理条例 第三十一条: who is struck off has settled its taxes, and its insurance, before
select 'ENTITY_STATUS_CONFLICT', 'taxpayer_state_code', 'status_code', l.record_key,
    l.status_code_source, t.taxpayer_state_code, t._source, t._delivery, t._row
from taxpayer_one t
join legal_entity l on l.credit_code = t.code
where l.status_code = '3' and t.taxpayer_state_code = '01'
union all
select 'ENTITY_STATUS_CONFLICT', 'employer_credit_code', 'status_code', l.record_key,
    l.status_code_source, e.status_code, e._source, e._delivery, e._row
from input.check_employer e
join legal_entity l on l.credit_code = canonical('legal_entity', e.employer_credit_code)
where l.status_code = '3' and e.status_code = '1';

-- the registrar must say what is right
insert into findings by name
select rule, _source as source, item, _delivery as delivery, _row as row, authority
from entity_fault;

-- one row per legal entity, attribute and contradicting source; a place of business may lawfully differ from the
-- registered address (税务登记表 has a field for each): the two are columns of their own
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
    select entity_key, attribute, authority, _source, min(value)
    from entity_fault
    group by entity_key, attribute, authority, _source) c
join sources s on s.code = c.other_source;
