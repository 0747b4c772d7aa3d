"""The base of legal entities (法人基础信息库): firms, institutions, organisations, who stands for them and holds them."""

from __future__ import annotations

from functools import partial

from basedb import deceased
from basedb.legal_entity.inputs import INPUTS
from basedb.legal_entity.tables import CONFLICT, ENTITY, NAME, REPRESENTATIVE, SHAREHOLDER, STATUS, TERM
from basedb.source_keys import Match
from basedb.spec import items_of

__all__ = [
    "AUTHORITY",
    "CALLED",
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

TITLE = "法人基础信息库"

TABLES = (ENTITY, NAME, STATUS, REPRESENTATIVE, TERM, SHAREHOLDER, CONFLICT)
STEPS = {"071_mark_deceased": partial(deceased.mark, tables=TABLES)}

REGISTRARS = ("enterprise", "individual_business", "institution", "social_organisation", "cooperative")
AUTHORITY = {
    "legal_entity.name": (*REGISTRARS, "taxpayer"),
    "legal_entity.entity_type_code": REGISTRARS,
    "legal_entity.status_code": REGISTRARS,
    "legal_entity.established_date": REGISTRARS,
    "legal_entity.registration_no": ("enterprise", "individual_business"),
    "legal_entity.cancelled_date": ("enterprise",),
    "legal_entity.registered_capital_cny_10k": ("enterprise",),
    "legal_entity.industry_code": ("enterprise", "individual_business"),
    "legal_entity.industry_class_code": ("enterprise", "individual_business"),
    "legal_entity.address": REGISTRARS,
    "legal_entity.business_address": ("taxpayer",),
    "legal_entity.division_code": REGISTRARS,
    "legal_entity.representative_name": REGISTRARS,
    "legal_entity.taxpayer_state_code": ("taxpayer",),
}

# who died is of another class from that day on
PROMPT = ("death_certificate", "deregistration", "check_resident")
KEYS = {"legal_entity": ("legal_entity", "credit_code")}
REFERENCES = {
    "representative.entity_key": "legal_entity.record_key",
    "legal_entity_conflict.entity_key": "legal_entity.record_key",
}
LINKS = {
    "legal_entity.address_key": "geospatial.address",
    "legal_entity.business_address_key": "geospatial.address",
    "entity_name.entity_key": "legal_entity.legal_entity",
    "entity_status.entity_key": "legal_entity.legal_entity",
    "representative_term.entity_key": "legal_entity.legal_entity",
    "representative_term.partner_entity_key": "legal_entity.legal_entity",
    "representative_term.person_key": "natural_person.person",
    # firms and persons that this city's registers may not know
    "representative.partner_entity_key": "legal_entity.legal_entity",
    "shareholder.entity_key": "legal_entity.legal_entity",
    "shareholder.partner_entity_key": "legal_entity.legal_entity",
    "representative.person_key": "natural_person.person",
    "shareholder.person_key": "natural_person.person",
}

_FIRM = Match("entity_key>credit_code", ("credit_code", "credit_code_raw", "employer_credit_code"))
_SINCE = Match("valid_from", ("changed_date", "established_date"))
SOURCE_KEYS = {
    "representative": ((_FIRM,),),
    "entity_name": ((_FIRM, Match("name", ("before_text", "after_text", "name"))), (_FIRM,)),
    "entity_status": ((_FIRM, _SINCE), (_FIRM,)),
    "representative_term": ((_FIRM, _SINCE), (_FIRM,)),
    "shareholder": (
        (_FIRM, Match("serial", ("serial",))),
        (Match("name", ("shareholder_name",)), Match("serial", ("serial",))),
    ),
    "legal_entity_conflict": ((_FIRM,),),
}
# columns that are drawn from items of other names
_LOGGED = ("change.before_text", "change.after_text")
_BEGUN = ("change.changed_date", *items_of("established_date", *REGISTRARS))
_HEADS = (
    *items_of("representative_name", *(each for each in REGISTRARS if each != "individual_business")),
    "individual_business.operator_name",
)
CALLED = {
    "legal_entity.business_address": ("taxpayer.address",),
    "legal_entity.representative_name": ("individual_business.operator_name",),
    "legal_entity.organisation_code": items_of("credit_code", *REGISTRARS),
    "legal_entity.industry_division_code": items_of("industry_class_code", "enterprise", "individual_business"),
    "entity_name.name": _LOGGED,
    "entity_name.valid_from": _BEGUN,
    "entity_name.valid_to": ("change.changed_date",),
    "entity_status.status_code": _LOGGED,
    "entity_status.valid_from": (*_BEGUN, "enterprise.cancelled_date"),
    "entity_status.valid_to": ("change.changed_date", "enterprise.cancelled_date"),
    "representative.kind_code": ("enterprise.representative_kind_code",),
    "representative.name": _HEADS,
    "representative_term.name": (*_HEADS, *_LOGGED),
    "representative_term.valid_from": _BEGUN,
    "representative_term.valid_to": ("change.changed_date",),
    "shareholder.kind_code": ("shareholding.shareholder_kind_code",),
    "shareholder.name": ("shareholding.shareholder_name",),
}
