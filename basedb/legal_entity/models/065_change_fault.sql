-- findings: the last logged change of a firm ends in another name, representative or state than its register holds
-- 市场主体登记管理条例 第二十四条: a change of a registered item is registered within 30 days
insert into findings by name
select 'ENTITY_CHANGE_CONFLICT' as rule, i._source as source, 'after_text' as item, i._delivery as delivery,
    i._row as row, g.source as authority
from change_interval i
join (
    select code, '01' as item_code, name as held, name_source as source from registered_name
    union all select code, '02', name, _source from chosen_representative
    union all select credit_code, '03', status_code, status_code_source from golden_entity) g
    using (code, item_code)
where i.is_last and g.source is not null and fold_firm(i.told) <> fold_firm(g.held);
