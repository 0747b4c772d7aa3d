-- findings: living firms whose representative is a dissolved entity or a dead person
create temp table dead as
select canonical('person', id_number) as person, min(_source) as other from (
    select id_number, _source from input.death_certificate
    union all
    select id_number, _source from input.deregistration where kind_code = '1')
where id_number is not null
group by all;

create temp table representative_fault as
select 'REPRESENTATIVE_DISSOLVED' as rule, 'representative_credit_code' as item, r.entity_key,
    r.partner_code as value, p.status_code_source as authority, r._source, r._delivery, r._row, p.status_code_source as other
from chosen_representative r
join legal_entity p on p.credit_code = r.partner_code
where r.status_code = '1' and p.status_code = '3'
union all
select 'REPRESENTATIVE_DECEASED' as rule, r.id_item as item, r.entity_key,
    r.id_number as value, null as authority, r._source, r._delivery, r._row, d.other
from chosen_representative r
join dead d on d.person = canonical('person', r.id_number)
where r.status_code = '1';

-- the registrar of the firm must act: its record names someone who can no longer stand for it
insert into findings by name
select rule, _source as source, item, _delivery as delivery, _row as row, _source as authority, other
from representative_fault;
