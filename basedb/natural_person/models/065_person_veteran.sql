-- one row per preference card of a veteran or a veteran's family
create temp view veteran_card as
from input.veteran
where card_no is not null
qualify row_number() over (partition by card_no order by _as_of desc, _source, _delivery desc, _row desc) = 1;

create table person_veteran as
select
    platform_key('person_veteran', t.card_no) as record_key,
    g.person_key,
    t.card_no,
    t.kind_code,
    t.issued_date as valid_from,
    null::date as valid_to,
    t._source as source,
    g.birth_date
from veteran_card t
join numbered_person g on g.no = person_number(t.id_number);
