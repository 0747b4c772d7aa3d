-- one row per card of a disabled person; in force from its issue to the day after its last
create temp view disability_card as
from input.disability
where card_no is not null
qualify row_number() over (partition by card_no order by _as_of desc, _source, _delivery desc, _row desc) = 1;

create table person_disability as
select
    platform_key('person_disability', t.card_no) as record_key,
    g.person_key,
    g.birth_date,
    t.disability_kind_code,
    t.disability_level_code,
    t.issued_date as valid_from,
    t.valid_until + 1 as valid_to,
    t._source as source
from disability_card t
join numbered_person g on g.no = person_number(t.id_number);
