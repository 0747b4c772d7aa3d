-- findings: one per licence that has not run out whose holder is called otherwise than the register of persons or of
-- firms calls it; of a firm, than it ever was called
-- cards of the disabled and of veterans are compared by the base of persons; who is no more is another fault
create temp table holder_called as
select h.licence_key, h.holder_role, fold_called(h.holder_name) as folded,
    coalesce(canonical('person', h.holder_id_number), canonical('legal_entity', h.holder_credit_code)) as code
from licence_holder h
join licence_row l on l.record_key = h.licence_key
anti join holder_fault f on f.licence_key = h.licence_key and f.holder_role = h.holder_role
where h.holder_name is not null and h.holder_role <> 'co_holder'
    and l.licence_kind not in ('disabled_card', 'veteran_card')
    and coalesce(l.valid_until >= getvariable('as_of'), true);

insert into findings by name
with otherwise as (
    select h.*
    from holder_called h
    anti join called_name c on c.code = h.code and c.folded = h.folded
    where h.code is not null)
select 'HOLDER_NAME_CONFLICT' as rule, l._source as source,
    case
        when l.licence_kind in ('electronic_licence', 'real_estate', 'construction_permit') then o.holder_role || '_' else ''
    end || 'name' as item,
    l._delivery as delivery, l._row as row, min(r._source) as authority
from otherwise o
join registered_name r on r.code = o.code and r.folded is not null
join licence_row l on l.record_key = o.licence_key
group by all;
