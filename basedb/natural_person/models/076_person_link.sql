-- what the weights decide: linked, for review, new, waiting for more evidence
-- chance: that the statement speaks of this candidate and neither of another nor of one in fifty whom nobody knows
set variable unknown_share = 0.02;

-- scratch: one row per statement and candidate, the likeliest first; what a reviewer decided comes before any weight
create temp table ranked as
with judged as (
    select w.*, p.person_key, d.statement_no is not null as is_decided
    from weighed w
    join numbered_person p using (no)
    left join decided d using (statement_no)
    where d.statement_no is null or d.person_key = p.person_key)
select *,
    row_number() over (partition by statement_no order by weight desc, no) as rank,
    round(pow(2, weight) / (getvariable('unknown_share') + sum(pow(2, weight)) over (partition by statement_no)), 4)
        as chance
from judged;

create temp table statement_band as
select
    statement_no,
    case
        when is_decided then 'linked'
        when weight >= 4 and chance >= 0.995 and name_level >= 2 then 'linked'
        when weight >= -4 then 'review'
        when name is not null and birth_date is not null then 'new'
        else 'waiting'
    end as band
from statement
left join (from ranked where rank = 1) using (statement_no);

-- one row per statement, and per candidate where a person must decide
create table person_link as
select
    platform_key('person_link', concat_ws('|', s.record_key, r.person_key)) as record_key,
    s.record_key as statement_key,
    s.row_key,
    s.source,
    s.item,
    band,
    coalesce(rank, 1)::utinyint as rank,
    p.person_key,
    if(band = 'new', platform_key('person_found', concat_ws('|', f.name, s.birth_date, s.sex_code)), null) as found_key,
    weight,
    chance,
    s.statement_no in (select statement_no from decided) as is_decided,
    name_level::tinyint as name_level,
    birth_level::tinyint as birth_level,
    sex_level::tinyint as sex_level,
    phone_level::tinyint as phone_level,
    address_level::tinyint as address_level,
    household_level::tinyint as household_level,
    identifier_level::tinyint as identifier_level,
    coalesce(p.birth_date, s.birth_date) as birth_date
from statement s
join statement_band using (statement_no)
left join ranked r using (statement_no)
left join statement_form f using (statement_no)
-- a condition on the band beside the key would make this join compare every row with every person
left join numbered_person p on p.person_key = if(band in ('linked', 'review'), r.person_key, null)
where coalesce(rank, 1) = 1 or (rank <= 5 and band = 'review');
