-- macros of this base; no table
set variable variant_characters = (select string_agg(variant, '' order by variant) from name_variant);
set variable standard_characters = (select string_agg(standard, '' order by variant) from name_variant);
set variable full_width = (select string_agg(chr((65248 + code)::integer), '' order by code) from range(33, 127) r(code));
set variable half_width = (select string_agg(chr(code::integer), '' order by code) from range(33, 127) r(code));

set variable foldable = '[^一-鿿]|[' || getvariable('variant_characters') || ']';

-- a name without what writers vary: variant characters, full width, case, spaces, middle dots; most have none of these
create temp macro fold_name(given) as if(regexp_matches(given, getvariable('foldable')), lower(translate(
    translate(given, getvariable('full_width'), getvariable('half_width')),
    getvariable('variant_characters') || '·•‧・･.．　 ',
    getvariable('standard_characters'))), given);

-- a valid identifier, that under which the person stands, as a number: its check character follows from the 17 digits
create temp macro person_number(id_number) as try_cast(left(canonical('person', id_number), 17) as bigint);

-- the newest statement of a role per person, of those whom table `besides` does not name; DuckDB plans away the half
-- that the role's key rules out. An identifier that is no number is nobody: it is left out once, after the join
create temp macro newest_per_person(role, besides) as table (
    with numbered as not materialized (
        select person_number(id_number) as no, is_merged('person', id_number) as is_merged, *
        from query_table(role)
        where id_number is not null),
    wanted as not materialized (select * from numbered where no not in (select no from query_table(besides)))
    select * exclude (is_merged) from wanted
    where not is_merged and list_contains(getvariable('input_keys'), role || '(id_number)')
    union all
    select * exclude (is_merged) from wanted
    where is_merged or not list_contains(getvariable('input_keys'), role || '(id_number)')
    qualify row_number() over (partition by no order by _as_of desc, _source, _delivery desc, _row desc) = 1);
