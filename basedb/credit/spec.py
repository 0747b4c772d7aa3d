"""What the social credit base reads and what it publishes.

Periods of publication follow 信用修复管理办法 (in force 2026-04-01): what may be shown today is
decided when a row is asked for, from the table's `visible_until`, never when it is built.
"""

from __future__ import annotations

from dataclasses import replace

from basedb.spec import citizen_id, classes, credit_code, day, input_table, text
from catalog.vocab import Column, IdentifierKind, Mask, Sensitivity, ShareType, TableSpec

TITLE = "社会信用基础库"

CONDITIONAL = ShareType.CONDITIONAL
LISTS = ("abnormal", "serious", "dishonest")

RECORD_KEY = Column("record_key", "VARCHAR", "平台主键", "Record key", required=True)
RECORD_SOURCE = Column("record_source", "UTINYINT", "数据来源", "Source of the row")
ENTITY_KEY = Column("entity_key", "VARCHAR", "法人主键", "Legal entity")
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
    Column("person_key", "VARCHAR", "自然人主键", "Person"),
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

PERMIT = TableSpec(
    "permit",
    "行政许可",
    ("record_key",),
    (
        RECORD_KEY,
        Column("document_no", "VARCHAR", "行政许可决定文书号", "Document number", required=True, source="XK_WSH"),
        *SUBJECT,
        Column("permit_kind", "VARCHAR", "许可类别", "Kind of permit", source="XK_XKLB"),
        Column("certificate_name", "VARCHAR", "许可证书名称", "Certificate", source="XK_XKZS"),
        Column("certificate_no", "VARCHAR", "许可编号", "Certificate number", source="XK_XKBH"),
        Column("content", "VARCHAR", "许可内容", "Content", source="XK_NR"),
        Column("decided_date", "DATE", "许可决定日期", "Decided", source="XK_JDRQ"),
        Column("valid_from", "DATE", "有效期自", "Valid from", source="XK_YXQZ"),
        Column("valid_until", "DATE", "有效期至", "Valid until", source="XK_YXQZI"),
        AUTHORITY_NAME,
        AUTHORITY_CODE,
        SUBMITTED,
        RECORD_SOURCE,
        DECEASED,
    ),
    title_en="Administrative permit",
    grain="每份行政许可决定书一行",
    lookup=("document_no", "certificate_no", *SUBJECT_LOOKUP),
    subject="id_number",
    birth_column="birth_date",
    orders=(("decided_date", "submitted_date"), ("valid_from", "valid_until")),
)

PENALTY = TableSpec(
    "penalty",
    "行政处罚",
    ("record_key",),
    (
        RECORD_KEY,
        Column("document_no", "VARCHAR", "行政处罚决定书文号", "Document number", required=True, source="CF_WSH"),
        *SUBJECT,
        Column("violation_kind", "VARCHAR", "违法行为类型", "Kind of violation", source="CF_WFXW"),
        Column("facts", "VARCHAR", "违法事实", "Facts", sensitivity=Sensitivity.PERSONAL, source="CF_SY"),
        Column(
            "penalty_kind_code", "VARCHAR", "处罚类别代码", "Kind of penalty", code_list="处罚类别", source="CF_CFLB"
        ),
        Column("fine_cny_10k", "DECIMAL(18,2)", "罚款金额", "Fine", minimum=0, unit="万元", source="CF_NR_FK"),
        Column("decided_date", "DATE", "处罚决定日期", "Decided", source="CF_JDRQ"),
        Column("publish_until", "DATE", "公示截止日期", "Published until", source="CF_GSJZQ"),
        AUTHORITY_NAME,
        AUTHORITY_CODE,
        SUBMITTED,
        RECORD_SOURCE,
        DECEASED,
    ),
    title_en="Administrative penalty",
    grain="每份行政处罚决定书一行",
    lookup=("document_no", *SUBJECT_LOOKUP),
    subject="id_number",
    visible_until="publish_until",
    birth_column="birth_date",
    orders=(("decided_date", "submitted_date"), ("decided_date", "publish_until")),
)

CREDIT_LIST_ENTRY = TableSpec(
    "credit_list_entry",
    "信用名单",
    ("record_key",),
    (
        RECORD_KEY,
        Column("list_code", "VARCHAR", "名单", "List", required=True, codes=LISTS),
        Column("list_kind_code", "VARCHAR", "名单类别代码", "Kind of list", code_list="信用名单类别"),
        Column("entry_no", "VARCHAR", "列入决定文号或案号", "Entering decision or case", required=True),
        *SUBJECT,
        Column("reason", "VARCHAR", "列入原因或依据", "Reason or legal basis"),
        Column("performance", "VARCHAR", "履行情况", "Performance of the judgement"),
        Column("listed_date", "DATE", "列入日期", "Listed"),
        Column("removed_date", "DATE", "移出或信用修复日期", "Removed or repaired"),
        Column("publish_until", "DATE", "公示截止日期", "Published until"),
        Column("visible_until", "DATE", "可展示截止日期", "Last day it may be shown"),
        AUTHORITY_NAME,
        RECORD_SOURCE,
        DECEASED,
    ),
    title_en="Entry of a credit list",
    grain="每个部门名单中的每次列入一行",
    lookup=("entry_no", *SUBJECT_LOOKUP),
    subject="id_number",
    visible_until="visible_until",
    birth_column="birth_date",
    orders=(("listed_date", "removed_date"), ("listed_date", "publish_until")),
)

TAX_CREDIT_GRADE = TableSpec(
    "tax_credit_grade",
    "纳税信用级别",
    ("record_key",),
    tuple(
        replace(column, share_type=CONDITIONAL)
        for column in (
            RECORD_KEY,
            CREDIT_CODE,
            ENTITY_KEY,
            Column("year", "BIGINT", "评价年度", "Year assessed", required=True, minimum=2014),
            Column("name", "VARCHAR", "纳税人名称", "Taxpayer"),
            Column("grade_code", "VARCHAR", "纳税信用级别", "Grade", required=True, code_list="纳税信用级别"),
            RECORD_SOURCE,
        )
    ),
    title_en="Tax credit grade",
    grain="每个纳税人每年一行",
    lookup=("credit_code", "entity_key"),
)

TABLES = (PERMIT, PENALTY, CREDIT_LIST_ENTRY, TAX_CREDIT_GRADE)

SUBJECT_OF_DECISION = (
    text("subject_kind_code", "行政相对人类别代码"), text("subject_name", "行政相对人名称"), credit_code("credit_code"),
    citizen_id("id_number", "自然人证件号码"), text("authority_name", "作出决定机关"),
    credit_code("authority_code", "作出决定机关统一社会信用代码"), day("decided_date", "决定日期"),
    day("submitted_date", "数据报送日期"),
)  # fmt: skip
INPUTS = {
    role.name: role
    for role in (
        input_table(
            "permit", "行政许可结果", text("document_no", "行政许可决定文书号"), *SUBJECT_OF_DECISION,
            text("permit_kind", "许可类别"), text("certificate_name", "许可证书名称"), text("certificate_no", "许可编号"),
            text("content", "许可内容"), day("valid_from", "有效期自"), day("valid_until", "有效期至"),
        ),
        input_table(
            "penalty", "行政处罚", text("document_no", "行政处罚决定书文号"), *SUBJECT_OF_DECISION,
            text("violation_kind", "违法行为类型"), text("facts", "违法事实"), text("penalty_kind_code", "处罚类别代码"),
            Column("fine_cny_10k", "DECIMAL(18,2)", "罚款金额", unit="万元"), day("publish_until", "公示截止日期"),
        ),
        input_table(
            "abnormal_list", "经营异常及严重违法名单", text("entry_no", "列入决定文号"), credit_code("credit_code"),
            text("name", "名称"), text("list_kind_code", "名单类别代码"), text("reason", "列入原因"),
            day("listed_date", "列入日期"), day("removed_date", "移出日期"), text("authority_name", "作出决定机关"),
        ),
        input_table(
            "serious_list", "严重失信主体名单", text("entry_no", "列入决定文号"), credit_code("credit_code"),
            text("name", "主体名称"), text("list_kind_code", "名单类别代码"), text("legal_basis", "列入依据"),
            day("listed_date", "列入日期"), day("publish_until", "公示截止日期"), day("repaired_date", "信用修复日期"),
            text("authority_name", "认定单位"),
        ),
        input_table(
            "dishonest_debtor", "失信被执行人", text("case_no", "案号"), text("subject_kind_code", "被执行人类别代码"),
            text("subject_name", "姓名或名称"), citizen_id("id_number"), credit_code("credit_code"),
            day("published_date", "发布日期"), day("publish_until", "公布截止日期"), text("performance", "履行情况"),
        ),
        input_table(
            "tax_grade", "纳税信用等级", credit_code("credit_code"), Column("year", "BIGINT", "评价年度"),
            text("name", "纳税人名称"), text("grade_code", "纳税信用级别"),
        ),
        # who is no more
        input_table(
            "check_resident", "人口基本信息", citizen_id("id_number"), text("status_code", "人口状态代码")
        ),
        input_table(
            "check_deregistration", "户籍注销", citizen_id("id_number"), text("kind_code", "注销类别代码")
        ),
        input_table("check_death", "死亡医学证明", citizen_id("id_number")),
    )
}  # fmt: skip

# Every record is answered for by the one department that decided it.
AUTHORITY: dict[str, tuple[str, ...]] = {}

KEYS = {
    "permit": ("permit", "document_no"),
    "penalty": ("penalty", "document_no"),
    "credit_list_entry": ("list_row", "natural_key"),
    "tax_credit_grade": ("tax_grade_row", "natural_key"),
}
REFERENCES: dict[str, str] = {}
LINKS = {
    "permit.person_key": "natural_person.person",
    "permit.entity_key": "legal_entity.legal_entity",
    "penalty.person_key": "natural_person.person",
    "penalty.entity_key": "legal_entity.legal_entity",
    "credit_list_entry.person_key": "natural_person.person",
    "credit_list_entry.entity_key": "legal_entity.legal_entity",
    "tax_credit_grade.entity_key": "legal_entity.legal_entity",
}
