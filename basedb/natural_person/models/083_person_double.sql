-- one row per two persons who may be one under two identifiers: one name, birth date and sex, and something more;
-- at least one of them is unknown to the register of residents. Nothing is merged here: the authority decides
create temp table namesake as
select a.record_key as person_key, b.record_key as other_key, a.birth_date, a.id_number, b.id_number as other_number,
    coalesce(a.residence_address, a.registered_address) as address,
    coalesce(b.residence_address, b.registered_address) as other_address
from person a
join person b on b.name = a.name and b.birth_date = a.birth_date and b.sex_code = a.sex_code
where a.registered_division_code is null
    and (b.registered_division_code is not null or a.id_number < b.id_number);

create temp table namesake_phone as
select no, list(distinct phone) as phones
from known_phone
semi join (
    select person_number(id_number) as no from namesake
    union select person_number(other_number) from namesake) using (no)
group by no;

create table person_double as
select
    platform_key('person_double', least(person_key, other_key) || '|' || greatest(person_key, other_key)) as record_key,
    person_key,
    other_key,
    coalesce(list_has_any(p.phones, o.phones), false) as is_same_phone,
    coalesce(address_door(address) = address_door(other_address), false) as is_same_address,
    damerau_levenshtein(left(id_number, 17), left(other_number, 17)) <= 1 as is_near_identifier,
    n.birth_date
from namesake n
left join namesake_phone p on p.no = person_number(n.id_number)
left join namesake_phone o on o.no = person_number(n.other_number)
where is_same_phone or is_same_address or is_near_identifier;
