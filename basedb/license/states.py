"""The tables of a licence's life: its states with their intervals, and the dictionary of types."""

from __future__ import annotations

from basedb.spec import classes, record_key, record_source
from catalog.vocab import Column, Mask, Sensitivity, ShareType, TableSpec

CONDITIONAL = ShareType.CONDITIONAL

# Stable codes: the e-licence catalog, and each department's own register of one kind of licence.
KINDS = (
    "electronic_licence", "driving_licence", "birth_certificate", "medical_institution", "qualification",
    "disabled_card", "veteran_card", "real_estate", "construction_permit", "road_transport", "safety_licence",
    "lawyer",
)  # fmt: skip
HOLDER_ROLES = ("holder", "co_holder", "mother", "father", "builder", "contractor")

LICENCE_STATE = TableSpec(
    "licence_state",
    "证照状态",
    ("record_key",),
    (
        record_key(CONDITIONAL),
        Column("licence_key", "VARCHAR", "证照记录键", "Licence", required=True, share_type=CONDITIONAL),
        Column(
            "licence_kind", "VARCHAR", "证照来源类别", "Kind of register", required=True, codes=KINDS,
            share_type=CONDITIONAL,
        ),
        Column(
            "licence_no", "VARCHAR", "证照编号", "Licence number", source="GB/T 36903", share_type=CONDITIONAL,
            sensitivity=Sensitivity.SENSITIVE, mask=Mask.HASH,
        ),
        Column("licence_id", "VARCHAR", "电子证照标识", "Licence identifier", source="GB/T 36904", share_type=CONDITIONAL),
        # no state where the register told a change without its day
        Column(
            "state_code", "VARCHAR", "证照状态代码", "State", code_list="证照状态", share_type=CONDITIONAL
        ),
        Column("state_from", "DATE", "状态起始日期", "In this state from", required=True, share_type=CONDITIONAL),
        Column("state_until", "DATE", "状态截止日期", "In this state until", share_type=CONDITIONAL),
        Column(
            "operation_code", "VARCHAR", "办理类型代码", "Operation", code_list="证照办理类型", share_type=CONDITIONAL
        ),
        Column("previous_key", "VARCHAR", "原证照记录键", "Licence that it continues", share_type=CONDITIONAL),
        Column("reason", "VARCHAR", "事由", "Reason", share_type=CONDITIONAL),
        Column("is_implied", "BOOLEAN", "是否由有效期推定", "Follows from the term", share_type=CONDITIONAL),
        Column(
            "birth_date", "DATE", "持证人中最晚出生日期", "Birth date of the youngest person concerned",
            share_type=CONDITIONAL, sensitivity=Sensitivity.SENSITIVE, mask=Mask.YEAR,
        ),
        record_source(CONDITIONAL),
        classes("持证人", "the holder")[1],
    ),
    title_en="State of a licence",
    grain="每份证照的每段状态一行，起止两日均含，无截止日期的为现状",
    lookup=("licence_id", "licence_no", "licence_key", "previous_key"),
    birth_column="birth_date",
    orders=(("state_from", "state_until"),),
)  # fmt: skip

LICENCE_TYPE = TableSpec(
    "licence_type",
    "证照类型",
    ("record_key",),
    (
        record_key(),
        Column("licence_kind", "VARCHAR", "证照来源类别", "Kind of register", required=True, codes=KINDS),
        Column("licence_type_code", "VARCHAR", "证照类型代码", "Type code", max_length=21, source="GB/T 36904"),
        Column("licence_name", "VARCHAR", "证照名称", "Name", required=True, source="GB/T 36903"),
        Column("standard_body_code", "VARCHAR", "标准制定机构代码", "Code of the body that sets it", source="GB/T 36904"),
        Column("standard_body_name", "VARCHAR", "标准制定机构", "Body that sets it"),
        Column(
            "holder_class_code", "VARCHAR", "持证主体类别代码", "Kind of holder", code_list="持证主体类别"
        ),
        Column("has_term", "BOOLEAN", "是否有有效期", "Whether it has a term"),
        Column("issuer_name", "VARCHAR", "颁发机构", "Issuer"),
        Column("valid_from", "DATE", "启用日期", "In use from"),
        Column("valid_until", "DATE", "停用日期", "In use until"),
        Column("keeps_state", "BOOLEAN", "登记簿是否记载状态", "Whether its register keeps a state"),
        record_source(),
    ),
    title_en="Type of licence",
    grain="类型目录中的每个证照类型一行，另每个单一种类的登记簿一行",
    lookup=("licence_type_code",),
    orders=(("valid_from", "valid_until"),),
)  # fmt: skip
