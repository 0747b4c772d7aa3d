-- scratch: statements and candidates in the same form, for comparison
create temp view named as
select name from statement_form
union
select fold_name(p.name) as name from known_person p semi join candidate using (no) where p.name is not null;

-- one row per name: how it sounds, without tones; zh, ch, sh and z, c, s are one, and so are n and ng
create temp table name_sound as
with heard as (
    select unnest(string_split(characters, '')) as character,
        regexp_replace(regexp_replace(sound, '^([zcs])h', '\1'), 'ng$', 'n') as sound
    from sound),
spelt as (
    select name, unnest(string_split(name, '')) as character, unnest(range(length(name))) as place from named)
select name, string_agg(coalesce(sound, character), ' ' order by place) as sound
from spelt left join heard using (character)
group by name;

-- an address without province, city, county, town and words: `迎宾街3-2-1-301`, for comparison level by level
create temp macro address_plain(address) as regexp_replace(
    if(regexp_matches(address, '[０-９Ａ-ｚ]'),
        translate(address, getvariable('full_width'), getvariable('half_width')), address),
    '^\s*(..省)?(..市)?([^0-9]{2,3}?[区县])?([^0-9]{1,6}?(街道|镇|乡))?', '');
create temp macro address_door(address) as nullif(trim(
    regexp_replace(address_plain(address), '(号楼|幢|栋|楼|单元|号|室|户|\s|-)+', '-', 'g'), '-'), '');
create temp macro address_house(door) as nullif(regexp_extract(door, '^[^0-9]+[0-9]+'), '');
create temp macro address_street(door) as nullif(regexp_extract(door, '^[^0-9]+'), '');
create temp macro within(division_code, place) as division_code || ' ' || place;

create temp macro known_ones(one, other) as list_filter([one, other], x -> x is not null);

create temp table person_door as
select
    no,
    known_ones(within(d1, door1), within(d2, door2)) as doors,
    known_ones(within(d1, address_house(door1)), within(d2, address_house(door2))) as houses,
    known_ones(within(d1, address_street(door1)), within(d2, address_street(door2))) as streets,
    known_ones(d1, d2) as divisions
from (
    select
        person_number(id_number) as no,
        registered_division_code as d1,
        residence_division_code as d2,
        address_door(registered_address) as door1,
        address_door(nullif(residence_address, registered_address)) as door2
    from person
    semi join candidate on candidate.no = person_number(id_number))
where coalesce(d1, d2) is not null;

create temp view statement_door as
select *, address_door(address) as door from statement_form;

create temp table statement_side as
select
    'statement' as source_dataset,
    statement_no as unique_id,
    s.name,
    s.surname,
    n.sound,
    strftime(birth_date, '%Y%m%d') as birth,
    list_transform(lunar_days, d -> strftime(d, '%Y%m%d')) as lunar,
    nullif(s.sex_code, '0') as sex,
    if(s.phone <> '', [s.phone], null) as phones,
    if(door is not null and division_code is not null, [within(division_code, door)], null) as doors,
    if(address_house(door) is not null and division_code is not null, [within(division_code, address_house(door))], null) as houses,
    if(address_street(door) is not null and division_code is not null, [within(division_code, address_street(door))], null) as streets,
    if(division_code is not null, [division_code], null) as divisions,
    household_id as household,
    raw as identifier
from statement_door s
left join name_sound n using (name);

create temp table person_side as
select
    'person' as source_dataset,
    no as unique_id,
    fold_name(p.name) as name,
    left(fold_name(p.name), 1) as surname,
    n.sound,
    strftime(birth_date, '%Y%m%d') as birth,
    null::varchar[] as lunar,
    sex_code as sex,
    phones,
    doors,
    houses,
    streets,
    divisions,
    household_id as household,
    id_number as identifier
from known_person p
semi join candidate using (no)
left join name_sound n on n.name = fold_name(p.name)
left join person_door using (no)
left join (select no, list(phone order by phone) as phones from person_phone group by no) using (no);

-- how often a name occurs among all persons: the rarer, the more it says
create temp table name_frequency as
with counted as (
    select fold_name(name) as name, sum(n) as n
    from (select name, count(*) as n from person semi join (select distinct p.name from known_person p
        semi join candidate using (no)) using (name) group by name)
    group by all)
select name, n / (select count(*) from person) as tf_name from counted;

create temp table candidate_pair as
select '0' as match_key, 'person-__-' || no as join_key_l, 'statement-__-' || statement_no as join_key_r
from candidate;
