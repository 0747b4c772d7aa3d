-- scratch: no rows; the macros that read an address into its parts
set variable full_width = (select string_agg(chr((65248 + code)::integer), '' order by code) from range(33, 127) r(code));
set variable half_width = (select string_agg(chr(code::integer), '' order by code) from range(33, 127) r(code));

-- an address without what writers leave out or vary: province and city, full width, spaces, other words for one thing
create temp macro plain_address(given) as
regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(regexp_replace(
    replace(replace(replace(translate(
        given, getvariable('full_width') || '號樓棟單門', getvariable('half_width') || '号楼栋单门'),
        '　', ''), '街道办事处', '街道'), '#', '号'),
    '[\s()]', '', 'g'),
    '^[^省]{2,8}省', ''),
    '^[^市县区镇乡街路号]{2,8}市', ''),
    '号院?([0-9一二三四五六七八九十百零〇两]+)(?:号楼|栋|幢|-)([0-9一二三四五六七八九十百零〇两]+)(?:单元|门|-)'
    || '([0-9一二三四五六七八九十百零〇两]+)室?$', '号\1号楼\2单元\3室'),
    '号([0-9一二三四五六七八九十百零〇两]+)(?:单元|门)([0-9一二三四五六七八九十百零〇两]+)室?$', '号\1单元\2室'),
    '号院', '号');

-- road with its township, number, building, unit and room; '' for what is not named. `2号楼` is no house number, and
-- a number is written in one way: `二十六1号` is house 1 of a village called 二十六
create temp macro address_parts(rest) as regexp_extract(
    rest,
    '^(.*?)(?:([0-9]+|[一二三四五六七八九十百零〇两]+)号)?'
    || '(?:([0-9]+|[一二三四五六七八九十百零〇两]+)(?:号楼|栋|幢))?'
    || '(?:([0-9]+|[一二三四五六七八九十百零〇两]+)单元)?(?:[0-9一二三四五六七八九十]+[层楼])?'
    || '(?:([0-9]+|[一二三四五六七八九十百零〇两]+)[室户])?$',
    ['road', 'number', 'building', 'unit', 'room']);

create temp macro numeral(word) as coalesce(try_cast(translate(word, '一二三四五六七八九两', '1234567892') as integer), 1);

-- a number in digits, however it is written: 0012, 十二, 一百零五, 二〇三; NULL for none
create temp macro digits_of(word) as case
    when word is null or word = '' then null
    when regexp_full_match(word, '[0-9]+') then coalesce(nullif(ltrim(word, '0'), ''), '0')
    when regexp_matches(word, '[十百]') then (
        case when contains(word, '百') then numeral(regexp_extract(word, '(.)百', 1)) * 100 else 0 end
        + case when contains(word, '十') then numeral(regexp_extract(word, '([^百零]?)十', 1)) * 10 else 0 end
        + case when regexp_matches(word, '[^十百零]$') then numeral(right(word, 1)) else 0 end
    )::varchar
    else translate(word, '〇零一二三四五六七八九两', '0012345678922')
end;

-- the number of a standard address's house in digits, out of its full text where it has no item of its own
create temp macro house_number(house, full_text) as digits_of(case
    when house is null then address_parts(plain_address(full_text)).number
    else regexp_extract(house, '^[0-9一二三四五六七八九十百零〇两]+')
end);

-- a cell of a hundredth of a degree in CGCS2000, by its south-west corner; none for what is not in degrees
create temp macro corner_of(degrees) as floor(round(degrees * 100, 4));

create temp macro grid_of(longitude, latitude) as if(
    abs(longitude) <= 180 and abs(latitude) <= 90,
    printf(
        '%s%04d%s%05d', if(latitude < 0, 'S', 'N'), abs(corner_of(latitude))::integer,
        if(longitude < 0, 'W', 'E'), abs(corner_of(longitude))::integer),
    null);
