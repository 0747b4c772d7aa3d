"""The tables about the ending of publication: decisions on repairs, and the dated rules on periods."""

from __future__ import annotations

from dataclasses import replace

from basedb.credit.columns import (
    AUTHORITY_NAME,
    DECEASED,
    EARLIEST_REPAIR,
    RECORD_KEY,
    RECORD_SOURCE,
    SUBJECT,
    SUBJECT_LOOKUP,
    VISIBLE_UNTIL,
)
from catalog.vocab import Column, ShareType, TableSpec

_SUBJECT = tuple(c for c in SUBJECT if c.name not in ("subject_kind_code", "subject_name"))

CREDIT_REPAIR = TableSpec(
    "credit_repair",
    "信用修复",
    ("record_key",),
    tuple(
        replace(column, share_type=ShareType.CONDITIONAL)
        for column in (
            RECORD_KEY,
            Column("repair_no", "VARCHAR", "信用修复决定文号", "Decision on the repair", required=True),
            Column("record_kind_code", "VARCHAR", "修复对象代码", "Kind of record", code_list="信用修复对象"),
            Column("document_no", "VARCHAR", "处罚决定书文号或列入决定文号", "Document of the record"),
            Column("penalty_key", "VARCHAR", "行政处罚记录键", "Penalty"),
            Column("list_entry_key", "VARCHAR", "信用名单记录记录键", "List entry"),
            *_SUBJECT,
            Column("applied_date", "DATE", "申请日期", "Applied for"),
            Column("decided_date", "DATE", "决定日期", "Decided"),
            Column("outcome_code", "VARCHAR", "修复结果代码", "Outcome", code_list="信用修复结果"),
            EARLIEST_REPAIR,
            Column("is_effective", "BOOLEAN", "是否生效", "Whether it ends the publication"),
            VISIBLE_UNTIL,
            AUTHORITY_NAME,
            RECORD_SOURCE,
            DECEASED,
        )
    ),
    title_en="Credit repair",
    grain="每份信用修复决定一行",
    lookup=("repair_no", *SUBJECT_LOOKUP),
    subject="id_number",
    visible_until="visible_until",
    birth_column="birth_date",
    orders=(("applied_date", "decided_date"),),
)

PUBLICATION_PERIOD = TableSpec(
    "publication_period",
    "公示期规则",
    ("record_key",),
    (
        RECORD_KEY,
        Column("rule_code", "VARCHAR", "规则", "Rule", required=True),
        Column(
            "record_kind", "VARCHAR", "适用记录", "Records it is about", required=True, codes=("penalty", "serious")
        ),
        Column("severity_code", "VARCHAR", "失信程度代码", "Severity", code_list="失信程度"),
        Column("field_group", "VARCHAR", "领域", "Fields", codes=("key", "other")),
        Column("valid_from", "DATE", "施行日期", "In force from", required=True),
        Column("valid_until", "DATE", "适用至", "Documents until"),
        Column("is_published", "BOOLEAN", "是否公示", "Whether it is published"),
        Column("min_months", "INTEGER", "最短公示期", "Least period", unit="月"),
        Column("max_months", "INTEGER", "最长公示期", "Longest period", unit="月"),
        Column("article", "VARCHAR", "依据", "Legal basis"),
    ),
    title_en="Rule on periods of publication",
    grain="每条公示期规则一行，按决定日期适用",
    lookup=("rule_code",),
    orders=(("valid_from", "valid_until"),),
)
