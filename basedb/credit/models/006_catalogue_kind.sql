-- scratch: the one of the thirteen kinds of the national catalogue that each table or list belongs to
create temp table catalogue_kind as
select unnest(string_split(tables, ' ')) as held_in, kind_code
from catalogue
where tables is not null;
