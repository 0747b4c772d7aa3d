-- one row per person and stretch of time in one marital status, by certificates and by deaths of husbands and wives;
-- a second copy of a certificate tells that two are married, not since when, but after what was registered before it
create temp table certified as
select *,
    case
        when kind_code <> '3' or registered_date > min(registered_date) filter (where kind_code <> '3') over (
            partition by person_key) then registered_date
    end as day, if(kind_code = '2', '40', '20') as status_code
from (
    select male_key as person_key, female_key as partner_key, certificate_no, kind_code, registered_date, source
    from person_marriage
    union all
    select female_key, male_key, certificate_no, kind_code, registered_date, source from person_marriage)
where person_key is not null and kind_code in ('1', '2', '3') and registered_date is not null
-- of copies the newest, where no certificate of the couple itself is known
qualify kind_code <> '3' or (
    row_number() over (partition by person_key, kind_code order by registered_date desc, certificate_no) = 1
    and count(*) filter (where kind_code = '1') over (partition by person_key, partner_key) = 0);

create temp table marital_stretch as
select *, lead(day) over (partition by person_key order by day nulls first, status_code, certificate_no) as until
from certified;

create temp table marital as
select s.person_key, status_code, partner_key, certificate_no, day as valid_from, least(until, d.death_date) as valid_to,
    source
from marital_stretch s
-- each condition compares one side with the other: an outer join is hashed then
left join deceased d
    on d.person_key = if(status_code = '20', s.partner_key, null)
    and coalesce(d.death_date, date 'infinity') >= coalesce(s.day, date '-infinity')
union all
select s.person_key, '30', partner_key, null, d.death_date, until, d.death_date_source
from marital_stretch s
join deceased d on d.person_key = s.partner_key
where status_code = '20' and coalesce(d.death_date >= day, true) and coalesce(d.death_date < until, true)
    and d.death_date is not null;

create table person_marital as
select
    platform_key('person_marital', concat_ws('|', m.person_key, status_code, valid_from)) as record_key,
    m.person_key,
    status_code as marital_status_code,
    partner_key,
    certificate_no,
    valid_from,
    least(valid_to, d.death_date + 1) as valid_to,
    source,
    p.birth_date,
    d.person_key is not null as is_deceased
from marital m
join numbered_person p using (person_key)
left join deceased d using (person_key)
where coalesce(valid_from < least(valid_to, d.death_date + 1), true)
    -- who died the same day as husband or wife survived nobody
    and not (status_code = '30' and coalesce(d.death_date <= valid_from, false));
