-- a birth certificate is about the child
alter table licence add column is_deceased boolean default false;
update licence set is_deceased = true
from licence_holder h
where h.licence_key = licence.record_key and h.is_deceased and h.holder_role = 'holder';
