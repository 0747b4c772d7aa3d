"""What the e-licence base reads and what it publishes."""

from __future__ import annotations

from functools import partial

from basedb import deceased, registered_names
from basedb.license.inputs import INPUTS
from basedb.license.states import HOLDER_ROLES, KINDS, LICENCE_STATE, LICENCE_TYPE
from basedb.source_keys import Match
from basedb.spec import classes, items_in, record_key, record_source
from catalog.vocab import Column, IdentifierKind, Mask, Sensitivity, ShareType, TableSpec

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

TITLE = "电子证照基础库"

CONDITIONAL = ShareType.CONDITIONAL
SENSITIVE = Sensitivity.SENSITIVE

LICENCE = TableSpec(
    "licence",
    "证照",
    ("record_key",),
    (
        record_key(CONDITIONAL),
        Column(
            "licence_kind", "VARCHAR", "证照来源类别", "Kind of register", required=True, codes=KINDS,
            share_type=CONDITIONAL,
        ),
        Column(
            "licence_type_code", "VARCHAR", "证照类型代码", "Licence type code", max_length=21, source="GB/T 36904",
            share_type=CONDITIONAL,
        ),
        Column(
            "licence_name", "VARCHAR", "证照名称", "Licence name", required=True, source="GB/T 36903",
            share_type=CONDITIONAL,
        ),
        # numbers of every register stand here and no position of them is safe: the last two of a disability
        # card are kind and level, a driving licence bears the citizen number. A grant may still look up by it.
        Column(
            "licence_no", "VARCHAR", "证照编号", "Licence number", required=True, source="GB/T 36903",
            share_type=CONDITIONAL, sensitivity=SENSITIVE, mask=Mask.HASH,
        ),
        Column(
            "licence_id", "VARCHAR", "电子证照标识", "Licence identifier", identifier=IdentifierKind.LICENCE_ID,
            source="GB/T 36904", share_type=CONDITIONAL,
        ),
        Column("issuer_name", "VARCHAR", "颁发机构", "Issuer", source="GB/T 36903", share_type=CONDITIONAL),
        Column(
            "issuer_code", "VARCHAR", "颁发机构代码", "Credit code of the issuer",
            identifier=IdentifierKind.CREDIT_CODE, source="GB 32100", share_type=CONDITIONAL,
        ),
        Column("issued_date", "DATE", "颁发日期", "Issued", source="GB/T 36903", share_type=CONDITIONAL),
        Column("valid_from", "DATE", "有效期起", "Valid from", source="GB/T 36903", share_type=CONDITIONAL),
        Column("valid_until", "DATE", "有效期止", "Valid until", source="GB/T 36903", share_type=CONDITIONAL),
        Column(
            "state_code", "VARCHAR", "证照状态代码", "State as last delivered", code_list="证照状态",
            share_type=CONDITIONAL,
        ),
        Column(
            "birth_date", "DATE", "持证人中最晚出生日期", "Birth date of the youngest person concerned",
            share_type=CONDITIONAL, sensitivity=SENSITIVE, mask=Mask.YEAR,
        ),
        record_source(CONDITIONAL),
        classes("持证人", "the holder")[1],
    ),
    title_en="Licence",
    grain="每个登记簿的每份证照一行",
    lookup=("licence_no", "licence_id"),
    birth_column="birth_date",
    orders=(("valid_from", "valid_until"), ("issued_date", "valid_until")),
)  # fmt: skip

LICENCE_HOLDER = TableSpec(
    "licence_holder",
    "持证主体",
    ("record_key",),
    (
        record_key(CONDITIONAL),
        Column("licence_key", "VARCHAR", "证照记录键", "Licence", required=True, share_type=CONDITIONAL),
        Column(
            "holder_role", "VARCHAR", "持证主体角色", "Part the holder has", required=True, codes=HOLDER_ROLES,
            share_type=CONDITIONAL,
        ),
        Column(
            "holder_kind_code", "VARCHAR", "持证主体类别代码", "Kind of holder", code_list="相对人类别",
            share_type=CONDITIONAL,
        ),
        Column("person_key", "VARCHAR", "自然人记录键", "Person", share_type=CONDITIONAL),
        Column("entity_key", "VARCHAR", "法人记录键", "Legal entity", share_type=CONDITIONAL),
        Column(
            "holder_name", "VARCHAR", "持证主体", "Holder", source="GB/T 36903", share_type=CONDITIONAL,
            sensitivity=SENSITIVE, mask=Mask.PARTIAL,
        ),
        Column(
            "holder_id_number", "VARCHAR", "持证主体公民身份号码", "Citizen number of the holder",
            identifier=IdentifierKind.CITIZEN_ID, source="GB 11643", share_type=CONDITIONAL,
            sensitivity=SENSITIVE, mask=Mask.PARTIAL,
        ),
        Column(
            "holder_credit_code", "VARCHAR", "持证主体统一社会信用代码", "Credit code of the holder",
            identifier=IdentifierKind.CREDIT_CODE, source="GB 32100", share_type=CONDITIONAL,
        ),
        Column(
            "birth_date", "DATE", "持证人出生日期", "Birth date out of the citizen number",
            share_type=CONDITIONAL, sensitivity=SENSITIVE, mask=Mask.YEAR,
        ),
        record_source(CONDITIONAL),
        classes("持证人", "the holder")[1],
    ),
    title_en="Licence holder",
    grain="每份证照的每个持有者一行；一证可有多个持有者，一人或一企可有多证",
    lookup=("licence_key", "person_key", "entity_key", "holder_id_number", "holder_credit_code"),
    subject="holder_id_number",
    birth_column="birth_date",
)  # fmt: skip

LICENCE_CONFLICT = TableSpec(
    "licence_conflict",
    "证照信息冲突",
    ("record_key",),
    (
        record_key(CONDITIONAL),
        Column("licence_key", "VARCHAR", "证照记录键", "Licence", required=True, share_type=CONDITIONAL),
        Column("attribute", "VARCHAR", "信息项", "Attribute", required=True, share_type=CONDITIONAL),
        Column("chosen_source", "UTINYINT", "采信来源", "Chosen source", share_type=CONDITIONAL),
        Column("other_source", "UTINYINT", "不一致来源", "Contradicting source", required=True, share_type=CONDITIONAL),
        Column("other_value", "VARCHAR", "不一致的值", "Contradicting value", share_type=CONDITIONAL),
    ),
    title_en="Conflicting statements on a licence",
    grain="每份证照的每个信息项和不一致的来源一行",
    lookup=("licence_key",),
)  # fmt: skip

TABLES = (LICENCE, LICENCE_HOLDER, LICENCE_STATE, LICENCE_TYPE, LICENCE_CONFLICT)
STEPS = {"054_registered_names": registered_names.gather, "061_mark_deceased": partial(deceased.mark, tables=TABLES)}
# a licence taken away is not valid the same day
PROMPT = ("licence_step", "check_death", "check_deregistration", "check_resident")

# Every licence is answered for by the one department that registers it.
AUTHORITY: dict[str, tuple[str, ...]] = {}

KEYS = {"licence": ("licence_row", "natural_key")}
REFERENCES = {
    "licence_holder.licence_key": "licence.record_key",
    "licence_conflict.licence_key": "licence.record_key",
    "licence_state.licence_key": "licence.record_key",
    "licence_state.previous_key": "licence.record_key",
}
LINKS = {
    "licence_holder.person_key": "natural_person.person",
    "licence_holder.entity_key": "legal_entity.legal_entity",
}

_NUMBERS = ("licence_no", "certificate_no", "registration_no", "card_no", "permit_no", "practice_no")
_ID_NUMBERS = ("holder_id_number", "id_number", "mother_id_number", "father_id_number")
_CREDIT_CODES = ("holder_credit_code", "credit_code", "builder_credit_code", "contractor_credit_code")
SOURCE_KEYS = {
    "licence": ((Match("licence_no", _NUMBERS),), (Match("licence_id", ("licence_id",)),)),
    "licence_holder": (
        (Match("licence_key>licence_no", _NUMBERS), Match("holder_id_number", _ID_NUMBERS)),
        (Match("licence_key>licence_no", _NUMBERS), Match("holder_credit_code", _CREDIT_CODES)),
        (Match("licence_key>licence_no", _NUMBERS),),
    ),
    "licence_state": ((Match("licence_id", ("licence_id",)),), (Match("licence_no", _NUMBERS),)),
    "licence_conflict": (
        (Match("licence_key>licence_no", _NUMBERS),),
        (Match("licence_key>licence_id", ("licence_id",)),),
    ),
    "licence_type": ((Match("licence_type_code", ("licence_type_code",)),),),
}
# columns that are drawn from items of other names; the first of the lists above is the column's own
_FIRST_DAYS = ("driving_licence.first_issued_date", "real_estate.registered_date")
_OTHER_NUMBERS = items_in(INPUTS, *_NUMBERS[1:])
CALLED = {
    "licence.licence_name": ("licence.licence_type_name",),
    "licence.licence_no": _OTHER_NUMBERS,
    "licence.issued_date": _FIRST_DAYS,
    "licence_holder.holder_name": (*items_in(INPUTS, "name"), "construction_permit.builder_name"),
    "licence_holder.holder_id_number": items_in(INPUTS, *_ID_NUMBERS[1:]),
    "licence_holder.holder_credit_code": items_in(INPUTS, *_CREDIT_CODES[1:]),
    "licence_state.licence_no": _OTHER_NUMBERS,
    "licence_state.state_from": ("licence_step.operated_date", *_FIRST_DAYS, *items_in(INPUTS, "issued_date")),
    "licence_state.state_until": (
        "licence_step.operated_date",
        *(each for each in items_in(INPUTS, "valid_until") if each != "licence_type.valid_until"),
    ),
    "licence_type.licence_name": ("licence_type.licence_type_name",),
}
