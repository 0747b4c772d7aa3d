-- one row per person whom only statements without identifier know: one name, birth date and sex
create table person_found as
select
    found_key as record_key,
    f.name,
    s.birth_date,
    s.sex_code,
    arg_max(s.address, (s._as_of, s.record_key)) filter (where s.address is not null) as address,
    arg_max(s.division_code, (s._as_of, s.record_key)) filter (where s.address is not null) as division_code,
    arg_max(s.phone, (s._as_of, s.record_key)) filter (where s.phone is not null) as phone,
    count(*)::integer as statements,
    arg_max(s.source, (s._as_of, s.record_key)) as source
from person_link l
join statement s on s.record_key = l.statement_key
join statement_form f using (statement_no)
where l.found_key is not null
group by all;
