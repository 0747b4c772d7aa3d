"""What persons are insured for, learned, served and work as."""

from __future__ import annotations

from basedb.natural_person.columns import CONDITIONAL, SENSITIVE, deceased, internal, person_key, personal
from basedb.spec import classes, record_key, source
from catalog.vocab import Column, Mask, TableSpec

INSURANCE = TableSpec(
    "person_insurance",
    title="参保信息",
    title_en="Insurance",
    grain="每人每种参保制度和险种的每段参保一行",
    key=("record_key",),
    lookup=("person_key",),
    birth_column="birth_date",
    orders=(("valid_from", "valid_to"),),
    columns=(
        record_key(),
        person_key(),
        internal("scheme", "VARCHAR", "保险类别（social 社会保险，medical 医疗保险）", "Scheme", required=True),
        internal("kind_code", "VARCHAR", "险种代码", "Kind", required=True),
        internal("employer_key", "VARCHAR", "参保单位记录键", "Employer key"),
        internal("status_code", "VARCHAR", "参保状态代码", "Status", code_list="参保状态"),
        internal("valid_from", "DATE", "起始日期", "From"),
        internal("valid_to", "DATE", "终止日期（不含当日）", "Until (that day not included)"),
        internal("pooling_division_code", "VARCHAR", "统筹区代码", "Pooling division", code_list="GB/T 2260"),
        source(CONDITIONAL),
        *classes(),
    ),
)

EDUCATION = TableSpec(
    "person_education",
    title="学籍信息",
    title_en="Education",
    grain="每个学籍号一行",
    key=("student_no",),
    lookup=("person_key",),
    birth_column="birth_date",
    columns=(
        record_key(),
        person_key(),
        internal("student_no", "VARCHAR", "学籍号", "Student number", required=True),
        personal("birth_date", "DATE", "出生日期", "Date of birth", mask=Mask.YEAR),
        internal("school_name", "VARCHAR", "学校", "School"),
        internal("grade", "VARCHAR", "年级", "Grade"),
        internal("status_code", "VARCHAR", "学籍状态代码", "Status", code_list="学籍状态"),
        source(CONDITIONAL),
        deceased(),
    ),
)

DISABILITY = TableSpec(
    "person_disability",
    title="残疾人证信息",
    title_en="Disability",
    grain="每本残疾人证一行",
    key=("record_key",),
    lookup=("person_key",),
    birth_column="birth_date",
    columns=(
        record_key(),
        person_key(),
        personal("birth_date", "DATE", "出生日期", "Date of birth", mask=Mask.YEAR),
        Column("disability_kind_code", "VARCHAR", "残疾类别代码", "Kind", code_list="残疾类别", share_type=CONDITIONAL,
               sensitivity=SENSITIVE),
        Column("disability_level_code", "VARCHAR", "残疾等级代码", "Level", code_list="残疾等级", share_type=CONDITIONAL,
               sensitivity=SENSITIVE),
        internal("valid_from", "DATE", "有效期起", "From"),
        internal("valid_to", "DATE", "有效期止（不含当日）", "Until (that day not included)"),
        source(CONDITIONAL),
        deceased(),
    ),
)  # fmt: skip

VETERAN = TableSpec(
    "person_veteran",
    title="优待对象信息",
    title_en="Veterans' status",
    grain="每张优待证一行",
    key=("card_no",),
    lookup=("person_key",),
    birth_column="birth_date",
    columns=(
        record_key(),
        person_key(),
        internal("card_no", "VARCHAR", "优待证号", "Card number", required=True),
        personal("kind_code", "VARCHAR", "优待类别代码", "Kind", code_list="优待类别"),
        internal("valid_from", "DATE", "有效期起", "From"),
        internal("valid_to", "DATE", "有效期止（不含当日）", "Until (that day not included)"),
        source(CONDITIONAL),
        *classes(),
    ),
)

EMPLOYMENT = TableSpec(
    "person_employment",
    title="就业信息",
    title_en="Employment",
    grain="每人每个单位的每段就业一行",
    key=("record_key",),
    lookup=("person_key", "employer_key"),
    birth_column="birth_date",
    orders=(("valid_from", "valid_to"),),
    columns=(
        record_key(),
        person_key(),
        internal("employer_key", "VARCHAR", "参保（缴存）单位记录键", "Employer key", required=True),
        internal("valid_from", "DATE", "起始日期（空为不详）", "From (empty: unknown)"),
        internal("valid_to", "DATE", "终止日期（不含当日）", "Until (that day not included)"),
        internal("is_current", "BOOLEAN", "正在参保（缴存）", "Current", required=True),
        source(CONDITIONAL),
        *classes(),
    ),
)
