"""The base of natural persons (人口基础信息库): golden records, and what contradicts them."""

from __future__ import annotations

from functools import partial

from basedb import deceased
from basedb.natural_person import linkage
from basedb.natural_person.facts import DISABILITY, EDUCATION, EMPLOYMENT, INSURANCE, VETERAN
from basedb.natural_person.inputs import INPUTS
from basedb.natural_person.people import COUNT, DOUBLE, MARITAL, MARRIAGE, NAME, PERSON, RESIDENCE, RESIDENCE_HISTORY
from basedb.natural_person.statements import CONFLICT, FOUND, LINK, UNLINKED
from basedb.source_keys import Match
from basedb.spec import items_of

__all__ = [
    "AUTHORITY",
    "CALLED",
    "DERIVED",
    "INPUTS",
    "KEYS",
    "LINKS",
    "PROMPT",
    "REFERENCES",
    "SOURCE_KEYS",
    "STEPS",
    "TABLES",
    "TITLE",
]

TITLE = "人口基础信息库"

TABLES = (
    PERSON, RESIDENCE, RESIDENCE_HISTORY, MARRIAGE, MARITAL, INSURANCE, EDUCATION, DISABILITY, VETERAN, EMPLOYMENT, NAME, DOUBLE, COUNT, UNLINKED, LINK,
    FOUND, CONFLICT,
)  # fmt: skip

AUTHORITY = {
    "person.name": (
        "resident",
        "residence",
        "medical_insured",
        "social_insured",
        "housing_fund",
        "welfare",
        "student",
        "marriage",
        "deregistration",
        "death_certificate",
        "health_record",
        "disability",
        "veteran",
    ),
    "person.sex_code": ("resident", "medical_insured", "health_record"),
    "person.birth_date": ("resident", "medical_insured", "health_record"),
    "person.ethnicity_code": ("resident",),
    "person.household_id": ("resident",),
    "person.registered_address": ("resident",),
    "person.registered_division_code": ("resident",),
    "person.residence_address": ("residence", "welfare", "housing_fund", "health_record"),
    "person.residence_division_code": ("residence", "welfare", "housing_fund", "health_record"),
    "person.status_code": ("resident",),
    "person.death_date": ("death_certificate", "deregistration"),
}

STEPS = {"075_weigh": linkage.weigh, "094_mark_deceased": partial(deceased.mark, tables=TABLES)}
# a death reaches those who must hear of it the same day
PROMPT = ("death_certificate", "deregistration", "resident")
KEYS = {"person": ("person", "id_number")}
REFERENCES = {
    "person_residence.person_key": "person.record_key",
    "person_residence_history.person_key": "person.record_key",
    "person_marriage.male_key": "person.record_key",
    "person_marriage.female_key": "person.record_key",
    "person_marital.person_key": "person.record_key",
    "person_marital.partner_key": "person.record_key",
    "person_insurance.person_key": "person.record_key",
    "person_education.person_key": "person.record_key",
    "person_disability.person_key": "person.record_key",
    "person_veteran.person_key": "person.record_key",
    "person_employment.person_key": "person.record_key",
    "person_name.person_key": "person.record_key",
    "person_double.person_key": "person.record_key",
    "person_double.other_key": "person.record_key",
    "person_link.statement_key": "person_unlinked.record_key",
    "person_link.person_key": "person.record_key",
    "person_link.found_key": "person_found.record_key",
    "person_conflict.person_key": "person.record_key",
}
LINKS = {
    "person_insurance.employer_key": "legal_entity.legal_entity",
    "person_employment.employer_key": "legal_entity.legal_entity",
}

_ID = Match("person_key>id_number", ("id_number",))
_WAITING = (
    Match("id_number_raw", ("id_number_raw", "male_id_number_raw", "female_id_number_raw")),
    Match("name", ("name", "male_name", "female_name")),
)
SOURCE_KEYS = {
    "person_residence": (
        (_ID, Match("address", ("residence_address",)), Match("division_code", ("residence_division_code",))),
        (_ID,),
    ),
    "person_residence_history": (
        (_ID, Match("address", ("residence_address",)), Match("division_code", ("residence_division_code",))),
        (_ID,),
    ),
    # who is left behind: by the certificate of the other's death
    "person_marital": (
        (Match("certificate_no", ("certificate_no",)),),
        (Match("partner_key>id_number", ("id_number",)),),
    ),
    "person_insurance": (
        (_ID, Match("kind_code", ("insurance_kind_code", "kind_code")),
         Match("valid_from", ("start_month",), "try_strptime({} || '-01', '%Y-%m-%d')::date")),
        (_ID, Match("kind_code", ("insurance_kind_code", "kind_code"))),
        (_ID,),
    ),
    "person_disability": (
        (_ID, Match("valid_from", ("issued_date",)), Match("disability_kind_code", ("disability_kind_code",))),
        (_ID,),
    ),
    "person_employment": ((_ID,),),
    "person_name": (
        (Match("person_key>id_number", ("id_number", "male_id_number", "female_id_number")),
         Match("name", ("name", "male_name", "female_name"))),
        (Match("person_key>id_number", ("id_number", "male_id_number", "female_id_number")),),
    ),
    "person_unlinked": (_WAITING, _WAITING[1:]),
    "person_link": (
        (Match("statement_key>id_number_raw", _WAITING[0].items), Match("statement_key>name", _WAITING[1].items)),
        (Match("statement_key>name", _WAITING[1].items),),
    ),
    "person_found": (
        (Match("name", _WAITING[1].items), Match("birth_date", ("birth_date",))),
        (Match("name", _WAITING[1].items),),
    ),
    "person_conflict": ((Match("person_key>id_number", ("id_number", "male_id_number", "female_id_number")),),),
}  # fmt: skip
# what the base says of its own records
DERIVED = ("person_double", "person_count")

# columns that are drawn from items of other names
_LIVING = ("residence", "welfare", "housing_fund", "health_record")
_SPOUSES = ("marriage.male_name", "marriage.female_name")
_ADDRESSES = (*items_of("residence_address", *_LIVING), "resident.registered_address")
_DIVISIONS = (*items_of("residence_division_code", *_LIVING), "resident.registered_division_code")
CALLED = {
    **dict.fromkeys(("person.name", "person_name.name", "person_unlinked.name", "person_found.name"), _SPOUSES),
    "person_residence.address": items_of("residence_address", *_LIVING),
    "person_residence.division_code": items_of("residence_division_code", *_LIVING),
    "person_residence_history.address": ("residence.residence_address",),
    "person_residence_history.division_code": ("residence.residence_division_code",),
    "person_residence_history.valid_from": ("residence.start_date",),
    "person_residence_history.valid_to": ("residence.end_date",),
    **dict.fromkeys(("person_unlinked.address", "person_found.address"), _ADDRESSES),
    **dict.fromkeys(("person_unlinked.division_code", "person_found.division_code"), _DIVISIONS),
    "person_marital.marital_status_code": ("marriage.kind_code",),
    "person_marital.valid_from": ("marriage.registered_date",),
    "person_marital.valid_to": ("marriage.registered_date",),
    "person_insurance.kind_code": items_of("insurance_kind_code", "social_insured", "insurance_period"),
    "person_insurance.valid_from": items_of("start_month", "social_insured", "insurance_period"),
    "person_insurance.valid_to": ("insurance_period.end_month",),
    "person_employment.valid_from": items_of("start_month", "social_insured", "insurance_period"),
    "person_employment.valid_to": ("insurance_period.end_month",),
    "person_disability.valid_from": ("disability.issued_date",),
    "person_disability.valid_to": ("disability.valid_until",),
    "person_veteran.valid_from": ("veteran.issued_date",),
}
