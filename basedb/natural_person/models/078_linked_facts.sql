-- what linked statements say: facts of their own, and golden values where no statement with an identifier has any
create temp table linked_statement as
select s.*, l.person_key
from person_link l
join statement s on s.record_key = l.statement_key
where l.band = 'linked';

insert into person_residence by name
select
    platform_key('person_residence', s.resource || '|' || t._key) as record_key,
    l.person_key,
    t.address,
    t.division_code,
    t.start_date,
    t.end_date,
    t._source as source,
    p.birth_date
from linked_statement l
join numbered_person p using (person_key)
join residence_told t on t._source = l.source and t._key = l._key
join sources s on s.code = t._source
where coalesce(t.address, t.division_code) is not null;

update person_marriage set male_key = l.person_key
from linked_statement l join input.marriage i on i._source = l.source and i._key = l._key
where l.item = 'male_id_number' and person_marriage.certificate_no = i.certificate_no
    and person_marriage.source = i._source and person_marriage.male_key is null;

update person_marriage set female_key = l.person_key
from linked_statement l join input.marriage i on i._source = l.source and i._key = l._key
where l.item = 'female_id_number' and person_marriage.certificate_no = i.certificate_no
    and person_marriage.source = i._source and person_marriage.female_key is null;

insert into person_insurance by name
select
    platform_key('person_insurance', concat_ws('|', p.no, i.scheme, i.kind_code)) as record_key,
    l.person_key,
    i.scheme,
    i.kind_code,
    platform_key('legal_entity', i.employer_credit_code) as employer_key,
    i.status_code,
    month_begins(i.start_month) as valid_from,
    null::date as valid_to,
    i.pooling_division_code,
    i._source as source,
    p.birth_date
from linked_statement l
join insured i on i._source = l.source and i._key = l._key
join numbered_person p using (person_key)
anti join person_insurance o
    on o.person_key = l.person_key and o.scheme = i.scheme and o.kind_code = i.kind_code
qualify row_number() over (
    partition by l.person_key, i.scheme, i.kind_code order by i._as_of desc, i._source, i._delivery desc, i._row desc) = 1;

insert into person_education by name
select platform_key('person_education', t.student_no) as record_key, person_key, t.student_no, p.birth_date,
    t.school_name, t.grade, t.status_code, t._source as source
from linked_statement l
join school_record t on t._source = l.source and t._key = l._key
join numbered_person p using (person_key);

insert into person_disability by name
select platform_key('person_disability', t.card_no) as record_key, person_key, p.birth_date, t.disability_kind_code,
    t.disability_level_code, t.issued_date as valid_from, t.valid_until + 1 as valid_to, t._source as source
from linked_statement l
join disability_card t on t._source = l.source and t._key = l._key
join numbered_person p using (person_key);

insert into person_veteran by name
select platform_key('person_veteran', t.card_no) as record_key, person_key, t.card_no, t.kind_code,
    t.issued_date as valid_from, null::date as valid_to, t._source as source, p.birth_date
from linked_statement l
join veteran_card t on t._source = l.source and t._key = l._key
join numbered_person p using (person_key);

-- a death counts though the identifier on it was mistyped; of all certificates the earliest wins, as in 020
create temp table linked_death as
select person_key,
    min(death_date) filter (where role = 'death_certificate') as certified_date,
    arg_min(source, (death_date, source)) filter (where role = 'death_certificate' and death_date is not null)
        as certified_source,
    min(death_date) filter (where role = 'deregistration') as struck_date,
    arg_min(source, (death_date, source)) filter (where role = 'deregistration' and death_date is not null)
        as struck_source
from (
    select l.role, l.person_key, l.source, d.death_date
    from linked_statement l join input.death_certificate d on d._source = l.source and d._key = l._key
    union all
    select l.role, l.person_key, l.source, d.death_date
    from linked_statement l join input.deregistration d on d._source = l.source and d._key = l._key
    where d.kind_code = '1')
group by person_key;

-- with the statements that name the person, by the authority of certificates and the register
create temp table death_of_linked as
select
    l.person_key,
    least(x.death_date, l.certified_date) as certified_date,
    if(coalesce(l.certified_date < x.death_date, x.death_date is null), l.certified_source, x._source)
        as certified_source,
    coalesce(y.death_date, l.struck_date) as struck_date,
    if(y.death_date is null, l.struck_source, y._source) as struck_source
from linked_death l
join numbered_person p using (person_key)
left join certified_death x on x.no = p.no
left join struck_off_for_death y on y.no = p.no;

update person set
    is_deceased = true,
    death_date = pick_person_death_date(l.certified_date, l.struck_date),
    death_date_source = source_person_death_date(
        l.certified_date, l.certified_source, l.struck_date, l.struck_source)
from death_of_linked l where person.record_key = l.person_key;

-- where nobody lives any more
create temp view home_ended as
select _source as source, _key from residence_ended
union all
select _source, _key from input.welfare where end_date < getvariable('as_of');

-- the newest linked statement of each kind that still holds fills what nobody else states
create temp table linked_home as
select person_key, role, address, division_code, household_id, source
from linked_statement
anti join home_ended using (source, _key)
where address is not null
qualify row_number() over (partition by person_key, role order by _as_of desc, record_key) = 1;

update person set
    residence_address = l.address, residence_address_source = l.source,
    residence_division_code = l.division_code, residence_division_code_source = l.source
from (
    -- the kind that comes first by authority
    select person_key, pick_person_residence_address(
        max(role) filter (where role = 'residence'), max(role) filter (where role = 'welfare'),
        max(role) filter (where role = 'housing_fund'), max(role) filter (where role = 'health_record')) as role
    from linked_home
    group by person_key) f
join linked_home l using (person_key, role)
where person.record_key = l.person_key
    and person.residence_address is null and person.residence_division_code is null;

update person set
    registered_address = l.address, registered_address_source = l.source,
    registered_division_code = l.division_code, registered_division_code_source = l.source,
    household_id = l.household_id, household_id_source = l.source
from linked_home l
where person.record_key = l.person_key and l.role = 'resident'
    and person.registered_address is null and person.household_id is null;

update person set
    status_code = r.status_code, status_code_source = r.source, is_deceased = person.is_deceased or r.status_code = '2'
from (
    select l.person_key, l.source, i.status_code
    from linked_statement l
    join input.resident i on i._source = l.source and i._key = l._key
    where l.role = 'resident' and i.status_code is not null
    qualify row_number() over (partition by l.person_key order by i._as_of desc, l.record_key) = 1) r
where person.record_key = r.person_key and person.status_code is null;
