"""Statements that lack an identifier, whom they were linked to, and values that disagree."""

from __future__ import annotations

from basedb.natural_person.columns import CONDITIONAL, SENSITIVE, deceased, internal, person_key, personal
from basedb.spec import classes, record_key, source
from catalog.vocab import Column, Mask, ShareType, TableSpec

UNLINKED = TableSpec(
    "person_unlinked",
    title="待关联人员记录",
    title_en="Statements waiting for linkage",
    grain="每个报送行中每个缺失或无效的标识一行",
    key=("record_key",),
    birth_column="birth_date",
    columns=(
        record_key(),
        source(CONDITIONAL),
        internal("item", "VARCHAR", "信息项", "Item", required=True),
        Column("id_number_raw", "VARCHAR", "证件号码（原文）", "Identifier as delivered",
               share_type=ShareType.NOT_SHARED, sensitivity=SENSITIVE, mask=Mask.HIDDEN),
        personal("name", "VARCHAR", "姓名", "Name", mask=Mask.PARTIAL),
        personal("sex_code", "VARCHAR", "性别代码", "Sex", code_list="GB/T 2261.1"),
        personal("birth_date", "DATE", "出生日期", "Date of birth", mask=Mask.YEAR),
        personal("address", "VARCHAR", "地址", "Address", mask=Mask.PARTIAL),
        personal("division_code", "VARCHAR", "区划代码", "Division", code_list="GB/T 2260"),
        personal("phone", "VARCHAR", "联系电话", "Phone", mask=Mask.PARTIAL),
        deceased(),
    ),
)  # fmt: skip


def _level(evidence: str, title: str, title_en: str) -> Column:
    """How well one evidence agrees: -1 unknown, 0 not at all, the more alike the higher."""
    return internal(f"{evidence}_level", "TINYINT", f"{title}吻合程度", f"Agreement of {title_en}")


LINK = TableSpec(
    "person_link",
    title="人员记录关联结果",
    title_en="Linkage of statements without identifier",
    grain="每条缺失或无效标识的记录一行，待人工研判的每个候选人一行",
    key=("record_key",),
    lookup=("statement_key", "person_key", "band"),
    birth_column="birth_date",
    columns=(
        record_key(),
        internal("statement_key", "VARCHAR", "待关联记录键", "Statement key", required=True),
        internal("row_key", "VARCHAR", "报送行记录键", "Key of the delivered row", required=True),
        source(CONDITIONAL),
        internal("item", "VARCHAR", "信息项", "Item", required=True),
        internal("band", "VARCHAR", "关联结论（linked 已关联，review 待研判，new 新人员，waiting 依据不足）", "Band",
                  required=True),
        internal("rank", "UTINYINT", "候选次序", "Rank of the candidate", required=True),
        person_key(required=False),
        person_key("found_key", "无标识人员记录键", required=False),
        internal("weight", "DOUBLE", "匹配权重（比特）", "Match weight in bits"),
        internal("chance", "DOUBLE", "匹配概率", "Chance of a match"),
        internal("is_decided", "BOOLEAN", "人工研判", "Decided by a reviewer", required=True),
        _level("name", "姓名", "names"),
        _level("birth", "出生日期", "birth dates"),
        _level("sex", "性别", "sex"),
        _level("phone", "电话", "phones"),
        _level("address", "地址", "addresses"),
        _level("household", "户", "households"),
        _level("identifier", "证件号码", "identifiers"),
        *classes("所指人员", "the person meant"),
    ),
)  # fmt: skip

FOUND = TableSpec(
    "person_found",
    title="无标识人员",
    title_en="Persons without identifier",
    grain="仅由无标识记录提及的每个人（同姓名、出生日期、性别）一行",
    key=("record_key",),
    lookup=("record_key",),
    birth_column="birth_date",
    columns=(
        record_key(),
        personal("name", "VARCHAR", "姓名", "Name", mask=Mask.PARTIAL),
        personal("birth_date", "DATE", "出生日期", "Date of birth", mask=Mask.YEAR),
        personal("sex_code", "VARCHAR", "性别代码", "Sex", code_list="GB/T 2261.1"),
        personal("address", "VARCHAR", "地址", "Address", mask=Mask.PARTIAL),
        personal("division_code", "VARCHAR", "区划代码", "Division", code_list="GB/T 2260"),
        personal("phone", "VARCHAR", "联系电话", "Phone", mask=Mask.PARTIAL),
        internal("statements", "INTEGER", "提及次数", "Statements", required=True),
        source(CONDITIONAL),
        deceased(),
    ),
)  # fmt: skip

CONFLICT = TableSpec(
    "person_conflict",
    title="自然人信息冲突",
    title_en="Conflicting statements on a person",
    grain="每人每个属性、不一致来源和值一行",
    key=("record_key",),
    lookup=("person_key",),
    birth_column="birth_date",
    columns=(
        record_key(),
        person_key(),
        internal("attribute", "VARCHAR", "信息项", "Attribute", required=True),
        internal("chosen_source", "UTINYINT", "采信来源", "Chosen source"),
        internal("other_source", "UTINYINT", "不一致来源", "Contradicting source", required=True),
        Column("other_value", "VARCHAR", "不一致的值", "Contradicting value", share_type=CONDITIONAL,
               sensitivity=SENSITIVE, mask=Mask.HIDDEN),
        *classes(),
    ),
)  # fmt: skip
