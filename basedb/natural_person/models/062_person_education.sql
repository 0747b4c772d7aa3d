-- one row per school record, the newest statement wins
create temp view school_record as
from input.student
where student_no is not null
qualify row_number() over (partition by student_no order by _as_of desc, _source, _delivery desc, _row desc) = 1;

create table person_education as
select
    platform_key('person_education', t.student_no) as record_key,
    g.person_key,
    t.student_no,
    g.birth_date,
    t.school_name,
    t.grade,
    t.status_code,
    t._source as source
from school_record t
join numbered_person g on g.no = person_number(t.id_number);
