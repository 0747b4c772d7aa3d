-- adds the periods of insurance that were before, with their employers; a period ends where the next begins;
-- those of one first day stand beside each other, for none of them came after the other
create temp table insured_before as
select person_key, birth_date, insurance_kind_code as kind_code, employer_key, _source as source,
    month_begins(start_month) as valid_from, month_begins(end_month) + interval 1 month as valid_to,
    concat_ws('|', insurance_kind_code, employer_credit_code, start_month) as period
from (
    select p.person_key, p.birth_date, h.*
    from input.insurance_period h
    join numbered_person p on p.no = person_number(h.id_number)
    union all
    select l.person_key, p.birth_date, h.*
    from input.insurance_period h
    join linked_statement l on l.source = h._source and l._key = h._key
    join numbered_person p using (person_key))
left join employer using (employer_credit_code)
where month_begins(start_month) is not null
qualify row_number() over (partition by person_key, period order by _as_of desc, _source, _delivery desc, _row desc) = 1;

insert into person_insurance by name
select
    platform_key('person_insurance', person_key || '|' || period) as record_key,
    person_key, 'social' as scheme, kind_code, employer_key, valid_from, valid_to::date as valid_to, source, birth_date
from insured_before b
-- the one that runs is told by the newest statement
anti join person_insurance o on o.person_key = b.person_key and o.scheme = 'social' and o.kind_code = b.kind_code
    and o.employer_key is not distinct from b.employer_key and o.valid_from = b.valid_from;

update person_insurance set valid_to = n.day
from (
    select record_key, min(valid_from) over (
        partition by person_key, kind_code order by valid_from
        range between interval 1 day following and unbounded following)::date as day
    from person_insurance
    where scheme = 'social' and valid_from is not null and person_key in (select person_key from insured_before)) n
where person_insurance.record_key = n.record_key and coalesce(person_insurance.valid_to > n.day, n.day is not null);
