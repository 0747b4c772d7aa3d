"""What the social credit base reads and what it publishes.

Periods of publication are dated rows of `data/publication_rule.csv`, counted from the document's date: what may be
shown today is decided when a row is asked for, from the table's `visible_until`, never when it is built.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from basedb import deceased, registered_names
from basedb.credit.columns import (
    AUTHORITY_CODE,
    AUTHORITY_NAME,
    CATALOGUE_KIND,
    CREDIT_CODE,
    DECEASED,
    EARLIEST_REPAIR,
    ENTITY_KEY,
    RECORD_KEY,
    RECORD_SOURCE,
    SUBJECT,
    SUBJECT_LOOKUP,
    SUBMITTED,
    VISIBLE_UNTIL,
)
from basedb.credit.inputs import INPUTS
from basedb.credit.repairs import CREDIT_REPAIR, PUBLICATION_PERIOD
from basedb.source_keys import Match
from basedb.spec import items_of, record_key
from catalog.vocab import Column, Sensitivity, ShareType, TableSpec

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

TITLE = "社会信用基础库"

CONDITIONAL = ShareType.CONDITIONAL
LISTS = ("abnormal", "serious", "dishonest")
EXITS = ("removed", "repaired")

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
        CATALOGUE_KIND,
        RECORD_SOURCE,
        DECEASED,
    ),
    title_en="Administrative permit",
    grain="每个机关的每份行政许可决定书一行",
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
        Column("severity_code", "VARCHAR", "失信程度代码", "Severity", code_list="失信程度"),
        Column("field_code", "VARCHAR", "重点监管领域代码", "Field of supervision", code_list="重点监管领域"),
        Column("decided_date", "DATE", "处罚决定日期", "Decided", source="CF_JDRQ"),
        Column("publication_rule", "VARCHAR", "公示期规则", "Rule on its publication"),
        EARLIEST_REPAIR,
        Column("publish_until", "DATE", "公示截止日期", "Published until, as delivered", source="CF_GSJZQ"),
        Column("repaired_date", "DATE", "信用修复日期", "Repaired"),
        VISIBLE_UNTIL,
        AUTHORITY_NAME,
        AUTHORITY_CODE,
        SUBMITTED,
        CATALOGUE_KIND,
        RECORD_SOURCE,
        DECEASED,
    ),
    title_en="Administrative penalty",
    grain="每个机关的每份行政处罚决定书一行",
    lookup=("document_no", *SUBJECT_LOOKUP),
    subject="id_number",
    visible_until="visible_until",
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
        Column("reason", "VARCHAR", "列入原因", "Reason of the entry"),
        Column("legal_basis", "VARCHAR", "名单设列依据", "Law or document that sets the list up"),
        Column("performance", "VARCHAR", "履行情况", "Performance of the judgement"),
        Column("listed_date", "DATE", "列入日期", "Listed"),
        Column("removed_date", "DATE", "移出或信用修复日期", "Removed or repaired"),
        Column("exit_kind", "VARCHAR", "退出方式", "Kind of exit", codes=EXITS),
        EARLIEST_REPAIR,
        Column("publish_until", "DATE", "公示截止日期", "Published until"),
        VISIBLE_UNTIL,
        AUTHORITY_NAME,
        CATALOGUE_KIND,
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
            CATALOGUE_KIND,
            RECORD_SOURCE,
        )
    ),
    title_en="Tax credit grade",
    grain="每个纳税人每年一行",
    lookup=("credit_code", "entity_key"),
)

CREDIT_CONFLICT = TableSpec(
    "credit_conflict",
    "信用信息冲突",
    ("record_key",),
    (
        record_key(CONDITIONAL),
        Column("permit_key", "VARCHAR", "行政许可记录键", "Permit", share_type=CONDITIONAL),
        Column("tax_credit_grade_key", "VARCHAR", "纳税信用级别记录键", "Tax credit grade", share_type=CONDITIONAL),
        Column("attribute", "VARCHAR", "信息项", "Attribute", required=True, share_type=CONDITIONAL),
        Column("chosen_source", "UTINYINT", "采信来源", "Chosen source", share_type=CONDITIONAL),
        Column("other_source", "UTINYINT", "不一致来源", "Contradicting source", required=True, share_type=CONDITIONAL),
        Column("other_value", "VARCHAR", "不一致的值", "Contradicting value", share_type=CONDITIONAL),
    ),
    title_en="Conflicting statements on a permit or grade",
    grain="每条许可或纳税信用级别的每个信息项和不一致的来源一行",
    lookup=("permit_key", "tax_credit_grade_key"),
)  # fmt: skip

TABLES = (PERMIT, PENALTY, CREDIT_LIST_ENTRY, TAX_CREDIT_GRADE, CREDIT_REPAIR, CREDIT_CONFLICT, PUBLICATION_PERIOD)
STEPS = {"081_mark_deceased": partial(deceased.mark, tables=TABLES), "094_registered_names": registered_names.gather}
# a repair ends what is shown the same day
PROMPT = ("repair", "check_death", "check_deregistration", "check_resident")

# Every record is answered for by the one department that decided it.
AUTHORITY: dict[str, tuple[str, ...]] = {}

KEYS = {
    # a number that two authorities gave is the natural key of the first alone: models/008
    "permit": ("permit_row", "natural_key"),
    "penalty": ("penalty_row", "natural_key"),
    "credit_list_entry": ("list_row", "natural_key"),
    "tax_credit_grade": ("tax_grade_row", "natural_key"),
    "credit_repair": ("repair_row", "repair_no"),
}
REFERENCES = {
    "credit_repair.penalty_key": "penalty.record_key",
    "credit_repair.list_entry_key": "credit_list_entry.record_key",
    "credit_conflict.permit_key": "permit.record_key",
    "credit_conflict.tax_credit_grade_key": "tax_credit_grade.record_key",
}
LINKS = {
    "permit.person_key": "natural_person.person",
    "permit.entity_key": "legal_entity.legal_entity",
    "penalty.person_key": "natural_person.person",
    "penalty.entity_key": "legal_entity.legal_entity",
    "credit_list_entry.person_key": "natural_person.person",
    "credit_list_entry.entity_key": "legal_entity.legal_entity",
    "tax_credit_grade.entity_key": "legal_entity.legal_entity",
    "credit_repair.person_key": "natural_person.person",
    "credit_repair.entity_key": "legal_entity.legal_entity",
}

SOURCE_KEYS = {
    "permit": ((Match("document_no", ("document_no",)),),),
    "penalty": ((Match("document_no", ("document_no",)),),),
    "credit_list_entry": (
        (Match("entry_no", ("entry_no", "case_no")), Match("subject_name", ("name", "subject_name"))),
        (Match("entry_no", ("entry_no", "case_no")),),
    ),
    "tax_credit_grade": (
        (Match("credit_code", ("credit_code",)), Match("year", ("year",))),
        (Match("name", ("name",)), Match("year", ("year",))),
    ),
    "credit_repair": ((Match("repair_no", ("repair_no",)),),),
    "credit_conflict": (
        (Match("permit_key>document_no", ("document_no",)),),
        (Match("tax_credit_grade_key>credit_code", ("credit_code",)), Match("tax_credit_grade_key>year", ("year",))),
        (Match("tax_credit_grade_key>name", ("name",)), Match("tax_credit_grade_key>year", ("year",))),
    ),
}
# columns that are drawn from items of other names
CALLED = {
    "penalty.repaired_date": ("repair.decided_date",),
    "penalty.visible_until": ("penalty.publish_until", "repair.decided_date"),
    "credit_list_entry.entry_no": ("dishonest_debtor.case_no",),
    "credit_list_entry.subject_name": items_of("name", "abnormal_list", "serious_list"),
    "credit_list_entry.listed_date": ("dishonest_debtor.published_date",),
    "credit_list_entry.removed_date": ("serious_list.repaired_date",),
    "credit_list_entry.exit_kind": ("abnormal_list.removed_date", "serious_list.repaired_date"),
    "credit_list_entry.visible_until": items_of("publish_until", "serious_list", "dishonest_debtor"),
}
# the periods are the platform's own, out of the measures on credit repair
DERIVED = ("publication_period",)
