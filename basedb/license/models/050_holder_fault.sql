-- findings: one per licence and holder whom no list of the city knows, or who was no more when it was issued
-- GB 11643 (digits 1-6) and GB 32100 (3-8) name the place that gave out an identifier: a holder registered elsewhere
-- may be unknown here, one registered here may not.
create temp view known_here as
select id_number from input.check_resident
union all select id_number from input.check_person
union all select id_number from input.check_deregistration
union all select id_number from input.check_death
union all select male_id_number from input.check_spouse
union all select female_id_number from input.check_spouse
-- of whom it was decided who it is
union all select natural_key from same_as where kind = 'person';

create temp view known_entity as
select credit_code from input.check_registration
union all select credit_code from input.check_taxpayer
union all select natural_key from same_as where kind = 'legal_entity';

-- the register of each kind of code (its first two characters), known by what it delivered
create temp table register_of_kind as
select left(credit_code, 2) as kind, _source as source
from input.check_registration
where credit_code is not null
group by kind, source
qualify row_number() over (partition by kind order by count(*) desc, source) = 1;

-- where two sources state the day, the later one counts: what all of them bear out is a fault
create temp table gone_person as
select canonical('person', id_number) as person, max(death_date) as gone_date, min(_source) as source
from (
    select id_number, death_date, _source from input.check_death
    union all
    select id_number, death_date, _source from input.check_deregistration where kind_code = '1')
where id_number is not null and death_date is not null
group by person;

create temp table gone_entity as
select canonical('legal_entity', credit_code) as entity, max(cancelled_date) as gone_date, min(_source) as source
from input.check_registration
where credit_code is not null and status_code = '3' and cancelled_date is not null
group by entity;

-- further holders are a list of their own, whose rows are not the licence's
create temp table holder_fault as
select 'HOLDER_UNKNOWN' as rule, h.licence_key, h.holder_role, false as is_entity,
    (select min(_source) from input.check_resident) as other
from licence_holder h
anti join known_here k on k.id_number = h.holder_id_number
where h.holder_role <> 'co_holder' and is_own_area(left(h.holder_id_number, 6)) and exists (from input.check_resident)
union all
select 'HOLDER_UNKNOWN', h.licence_key, h.holder_role, true, k.source
from licence_holder h
join register_of_kind k on k.kind = left(h.holder_credit_code, 2)
anti join known_entity e on e.credit_code = h.holder_credit_code
where h.holder_role <> 'co_holder' and is_own_area(substr(h.holder_credit_code, 3, 6))
union all
-- 民法典 第十三条: who has died gets no rights; a child born later still has its father and mother
select 'HOLDER_DECEASED', h.licence_key, h.holder_role, false, g.source
from licence_holder h
join gone_person g on g.person = canonical('person', h.holder_id_number)
join licence_row l on l.record_key = h.licence_key
where h.holder_role <> 'co_holder' and l.issued_date > g.gone_date and l.licence_kind <> 'birth_certificate'
union all
-- 民法典 第五十九条: nor does who was struck off
select 'HOLDER_DISSOLVED', h.licence_key, h.holder_role, true, g.source
from licence_holder h
join gone_entity g on g.entity = canonical('legal_entity', h.holder_credit_code)
join licence_row l on l.record_key = h.licence_key
where h.holder_role <> 'co_holder' and l.issued_date > g.gone_date;

-- who registers the licence must act
insert into findings by name
select f.rule, l._source as source,
    case
        when l.licence_kind in ('electronic_licence', 'real_estate', 'birth_certificate', 'construction_permit')
        then f.holder_role || '_' else ''
    end || if(f.is_entity, 'credit_code', 'id_number') as item,
    l._delivery as delivery, l._row as row, l._source as authority, f.other
from holder_fault f
join licence_row l on l.record_key = f.licence_key;
