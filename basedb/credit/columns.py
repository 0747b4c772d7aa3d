"""Columns that several tables of the social credit base share."""

from __future__ import annotations

from basedb.spec import classes, record_key, record_source
from catalog.vocab import Column, IdentifierKind, Mask, Sensitivity

RECORD_KEY = record_key()
RECORD_SOURCE = record_source()
ENTITY_KEY = Column("entity_key", "VARCHAR", "法人记录键", "Legal entity")
CREDIT_CODE = Column(
    "credit_code",
    "VARCHAR",
    "统一社会信用代码",
    "Credit code",
    identifier=IdentifierKind.CREDIT_CODE,
    source="GB 32100",
)
SUBJECT = (
    Column("subject_kind_code", "VARCHAR", "行政相对人类别代码", "Kind of subject", code_list="相对人类别"),
    Column(
        "subject_name", "VARCHAR", "行政相对人名称", "Subject", max_length=200,
        sensitivity=Sensitivity.PERSONAL, mask=Mask.PARTIAL,
    ),
    CREDIT_CODE,
    Column(
        "id_number", "VARCHAR", "自然人证件号码", "Citizen number", identifier=IdentifierKind.CITIZEN_ID,
        source="GB 11643", sensitivity=Sensitivity.PERSONAL, mask=Mask.PARTIAL,
    ),
    Column("person_key", "VARCHAR", "自然人记录键", "Person"),
    ENTITY_KEY,
    Column(
        "birth_date", "DATE", "自然人出生日期", "Birth date out of the citizen number",
        sensitivity=Sensitivity.PERSONAL, mask=Mask.YEAR,
    ),
)  # fmt: skip
DECEASED = classes("自然人", "the person")[1]
SUBJECT_LOOKUP = ("credit_code", "id_number", "person_key", "entity_key")
AUTHORITY_NAME = Column("authority_name", "VARCHAR", "作出决定机关", "Deciding authority")
AUTHORITY_CODE = Column(
    "authority_code", "VARCHAR", "作出决定机关统一社会信用代码", "Credit code of the authority",
    identifier=IdentifierKind.CREDIT_CODE, source="GB 32100",
)  # fmt: skip
SUBMITTED = Column("submitted_date", "DATE", "数据报送日期", "Submitted")
CATALOGUE_KIND = Column(
    "catalogue_kind_code", "VARCHAR", "公共信用信息类别代码", "Kind in the catalogue of public credit information",
    code_list="公共信用信息类别",
)  # fmt: skip
EARLIEST_REPAIR = Column("earliest_repair_date", "DATE", "最早可修复日期", "First day a repair may be granted")
VISIBLE_UNTIL = Column("visible_until", "DATE", "可展示截止日期", "Last day it may be shown")
