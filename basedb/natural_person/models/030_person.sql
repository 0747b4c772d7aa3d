-- one row per citizen identifier that any source states; sex and birth date follow from the
-- identifier where no source states them (their source is then NULL)
create table person as
with joined as (
    select
        no,
        canonical('person', coalesce(r.id_number, m.id_number, s.id_number, h.id_number, p.id_number, w.id_number,
            t.id_number, g.id_number, d.id_number, c.id_number, k.id_number,
            b.id_number, v.id_number, e.id_number)) as id_number,
        pick_person_name(
            r.name, coalesce(p.name, e.name), m.name, s.name, h.name, w.name, t.name, g.name, d.name, c.name, k.name,
            b.name, v.name) as name,
        source_person_name(
            r.name, r._source, coalesce(p.name, e.name), if(p.name is null, e._source, p._source), m.name, m._source,
            s.name, s._source,
            h.name, h._source, w.name, w._source, t.name, t._source, g.name, g._source,
            d.name, d._source, c.name, c._source, k.name, k._source,
            b.name, b._source, v.name, v._source) as name_source,
        pick_person_sex_code(r.sex_code, m.sex_code, k.sex_code) as sex_code,
        source_person_sex_code(
            r.sex_code, r._source, m.sex_code, m._source, k.sex_code, k._source) as sex_code_source,
        pick_person_birth_date(r.birth_date, m.birth_date, k.birth_date) as birth_date,
        source_person_birth_date(
            r.birth_date, r._source, m.birth_date, m._source, k.birth_date, k._source) as birth_date_source,
        pick_person_ethnicity_code(r.ethnicity_code) as ethnicity_code,
        source_person_ethnicity_code(r.ethnicity_code, r._source) as ethnicity_code_source,
        pick_person_household_id(r.household_id) as household_id,
        source_person_household_id(r.household_id, r._source) as household_id_source,
        pick_person_registered_address(r.registered_address) as registered_address,
        source_person_registered_address(r.registered_address, r._source) as registered_address_source,
        pick_person_registered_division_code(r.registered_division_code) as registered_division_code,
        source_person_registered_division_code(
            r.registered_division_code, r._source) as registered_division_code_source,
        pick_person_residence_address(
            p.residence_address, w.residence_address, h.residence_address, k.residence_address) as residence_address,
        source_person_residence_address(
            p.residence_address, p._source, w.residence_address, w._source,
            h.residence_address, h._source, k.residence_address, k._source) as residence_address_source,
        pick_person_residence_division_code(
            p.residence_division_code, w.residence_division_code,
            h.residence_division_code, k.residence_division_code) as residence_division_code,
        source_person_residence_division_code(
            p.residence_division_code, p._source, w.residence_division_code, w._source,
            h.residence_division_code, h._source,
            k.residence_division_code, k._source) as residence_division_code_source,
        pick_person_status_code(r.status_code) as status_code,
        source_person_status_code(r.status_code, r._source) as status_code_source,
        coalesce(r.status_code = '2', false) or x.no is not null or y.no is not null as is_deceased,
        pick_person_death_date(x.death_date, y.death_date) as death_date,
        source_person_death_date(x.death_date, x._source, y.death_date, y._source) as death_date_source
    from newest_per_person('input.resident', 'nobody') r
    full join newest_per_person('input.medical_insured', 'told_by_resident') m using (no)
    full join newest_per_person('input.social_insured', 'told_by_resident') s using (no)
    full join newest_per_person('input.housing_fund', 'nobody') h using (no)
    full join newest_per_person('residence_last', 'nobody') p using (no)
    full join newest_per_person('welfare_now', 'nobody') w using (no)
    full join newest_per_person('input.student', 'told_by_resident') t using (no)
    full join newest_per_person('marriage_party', 'told_by_resident') g using (no)
    full join newest_per_person('input.deregistration', 'told_by_resident') d using (no)
    full join newest_per_person('input.death_certificate', 'told_by_resident') c using (no)
    full join newest_per_person('input.health_record', 'nobody') k using (no)
    full join newest_per_person('input.disability', 'told_by_resident') b using (no)
    full join newest_per_person('input.veteran', 'told_by_resident') v using (no)
    full join newest_per_person('residence_ended', 'told_by_resident') e using (no)
    left join certified_death x using (no)
    left join struck_off_for_death y using (no)
    where no is not null)
select
    platform_key('person', id_number) as record_key,
    * exclude (no) replace (
        coalesce(sex_code, if(no % 2 = 1, '1', '2')) as sex_code,
        coalesce(birth_date, try_strptime(substr(id_number, 7, 8), '%Y%m%d')::date) as birth_date)
from joined;

-- the number of each person beside its key, for the models that follow
create temp table numbered_person as
select person_number(id_number) as no, record_key as person_key, name, name_source,
    sex_code, sex_code_source, birth_date, birth_date_source,
    residence_division_code, residence_division_code_source, death_date, death_date_source
from person;
