"""Persons, what they are called, where they live and to whom they were married."""

from __future__ import annotations

from basedb.natural_person.columns import CONDITIONAL, PERSONAL, internal, person_key, personal
from basedb.spec import classes, golden, record_key, source
from catalog.vocab import Column, IdentifierKind, Mask, TableSpec

PERSON = TableSpec(
    "person",
    title="自然人",
    title_en="Person",
    grain="每个公民身份号码一行",
    key=("id_number",),
    lookup=("id_number", "household_id"),
    subject="id_number",
    birth_column="birth_date",
    death_column="death_date",
    columns=(
        record_key(),
        Column("id_number", "VARCHAR", "公民身份号码", "Citizen ID number", required=True,
               identifier=IdentifierKind.CITIZEN_ID, source="GB 11643", share_type=CONDITIONAL,
               sensitivity=PERSONAL, mask=Mask.PARTIAL),
        *golden(personal("name", "VARCHAR", "姓名", "Name", mask=Mask.PARTIAL)),
        *golden(personal("sex_code", "VARCHAR", "性别代码", "Sex", code_list="GB/T 2261.1", source="GB/T 2261.1")),
        *golden(personal("birth_date", "DATE", "出生日期", "Date of birth", mask=Mask.YEAR)),
        *golden(personal("ethnicity_code", "VARCHAR", "民族代码", "Ethnicity", code_list="GB/T 3304",
                          source="GB/T 3304")),
        *golden(personal("household_id", "VARCHAR", "户号", "Household number", mask=Mask.HASH)),
        *golden(personal("registered_address", "VARCHAR", "户籍地址", "Registered address", mask=Mask.PARTIAL)),
        *golden(personal("registered_division_code", "VARCHAR", "户籍区划代码", "Registered division",
                          code_list="GB/T 2260", source="GB/T 2260")),
        *golden(personal("residence_address", "VARCHAR", "居住地址", "Address of residence", mask=Mask.PARTIAL)),
        *golden(personal("residence_division_code", "VARCHAR", "居住地区划代码", "Division of residence",
                          code_list="GB/T 2260", source="GB/T 2260")),
        *golden(personal("status_code", "VARCHAR", "人口状态代码", "Status in the register of residents",
                          code_list="人口状态")),
        Column("is_deceased", "BOOLEAN", "已死亡", "Deceased", required=True, share_type=CONDITIONAL,
               sensitivity=PERSONAL),
        *golden(personal("death_date", "DATE", "死亡日期", "Date of death", mask=Mask.YEAR)),
    ),
)  # fmt: skip

RESIDENCE = TableSpec(
    "person_residence",
    title="居住信息",
    title_en="Residence",
    grain="每条人员居住登记一行",
    key=("record_key",),
    lookup=("person_key",),
    birth_column="birth_date",
    columns=(
        record_key(),
        person_key(),
        personal("address", "VARCHAR", "居住地址", "Address", mask=Mask.PARTIAL),
        personal("division_code", "VARCHAR", "居住地区划代码", "Division", code_list="GB/T 2260", source="GB/T 2260"),
        internal("start_date", "DATE", "起始日期", "From"),
        internal("end_date", "DATE", "终止日期", "Until"),
        source(CONDITIONAL),
        *classes(),
    ),
)

RESIDENCE_HISTORY = TableSpec(
    "person_residence_history",
    title="居住经历",
    title_en="Residence history",
    grain="每人每段居住一行，各段互不重叠",
    key=("person_key", "valid_from"),
    lookup=("person_key",),
    birth_column="birth_date",
    orders=(("valid_from", "valid_to"),),
    columns=(
        record_key(),
        person_key(),
        personal("address", "VARCHAR", "居住地址", "Address", mask=Mask.PARTIAL),
        personal("division_code", "VARCHAR", "居住地区划代码", "Division", code_list="GB/T 2260", source="GB/T 2260"),
        internal("valid_from", "DATE", "起始日期", "From", required=True),
        internal("valid_to", "DATE", "终止日期（不含当日）", "Until (that day not included)"),
        source(CONDITIONAL),
        *classes(),
    ),
)

MARRIAGE = TableSpec(
    "person_marriage",
    title="婚姻登记",
    title_en="Marriage registration",
    grain="每份婚姻登记证一行",
    key=("certificate_no",),
    lookup=("male_key", "female_key"),
    orders=(),
    birth_column="birth_date",
    columns=(
        record_key(),
        internal("certificate_no", "VARCHAR", "登记证号", "Certificate number", required=True),
        internal("kind_code", "VARCHAR", "登记类别代码", "Kind", code_list="婚姻登记类别"),
        person_key("male_key", "男方记录键", required=False),
        personal("male_name", "VARCHAR", "男方姓名", "Name of the man", mask=Mask.PARTIAL),
        person_key("female_key", "女方记录键", required=False),
        personal("female_name", "VARCHAR", "女方姓名", "Name of the woman", mask=Mask.PARTIAL),
        internal("registered_date", "DATE", "登记日期", "Registered on"),
        internal("registrar", "VARCHAR", "登记机关", "Registrar"),
        source(CONDITIONAL),
        *classes("双方中较年轻者", "the younger of both"),
    ),
)

MARITAL = TableSpec(
    "person_marital",
    title="婚姻状况",
    title_en="Marital status",
    grain="每人每段婚姻状况一行，各段互不重叠",
    key=("record_key",),
    lookup=("person_key",),
    birth_column="birth_date",
    orders=(("valid_from", "valid_to"),),
    columns=(
        record_key(),
        person_key(),
        personal("marital_status_code", "VARCHAR", "婚姻状况代码", "Marital status", code_list="GB/T 2261.2",
                  source="GB/T 2261.2"),
        person_key("partner_key", "配偶记录键", required=False),
        internal("certificate_no", "VARCHAR", "登记证号", "Certificate number"),
        internal("valid_from", "DATE", "起始日期（空为不详）", "From (empty: unknown)"),
        internal("valid_to", "DATE", "终止日期（不含当日）", "Until (that day not included)"),
        source(CONDITIONAL),
        *classes(),
    ),
)  # fmt: skip

NAME = TableSpec(
    "person_name",
    title="姓名的其他写法",
    title_en="Other names of a person",
    grain="每人每个来源的每种不同写法一行",
    key=("record_key",),
    lookup=("person_key",),
    birth_column="birth_date",
    columns=(
        record_key(),
        person_key(),
        personal("name", "VARCHAR", "姓名", "Name", mask=Mask.PARTIAL),
        internal("kind", "VARCHAR", "写法类别（variant 异体写法，other 不同姓名）", "Kind", required=True),
        source(CONDITIONAL),
        *classes(),
    ),
)

DOUBLE = TableSpec(
    "person_double",
    title="疑似一人多号",
    title_en="Persons who may be one",
    grain="每两个疑似同一人的自然人一行",
    key=("record_key",),
    lookup=("person_key", "other_key"),
    birth_column="birth_date",
    columns=(
        record_key(),
        person_key(),
        person_key("other_key", "另一自然人记录键"),
        internal("is_same_phone", "BOOLEAN", "电话相同", "Same phone", required=True),
        internal("is_same_address", "BOOLEAN", "地址相同", "Same address", required=True),
        internal("is_near_identifier", "BOOLEAN", "号码仅差一位", "Identifiers differ in one digit", required=True),
        *classes("二者中较年轻者", "the younger of both"),
    ),
)

COUNT = TableSpec(
    "person_count",
    title="人口数",
    title_en="Population",
    grain="每个县级区划、五岁组、性别一行",
    key=("division_code", "age_from", "sex_code"),
    columns=(
        record_key(),
        internal("division_code", "VARCHAR", "区划代码", "Division", required=True, code_list="GB/T 2260"),
        internal("age_from", "UTINYINT", "年龄组起（岁）", "Age from, years", required=True),
        internal("age_to", "UTINYINT", "年龄组止（岁，空为百岁及以上）", "Age to, years; empty: 100 and over"),
        internal("sex_code", "VARCHAR", "性别代码", "Sex", required=True, code_list="GB/T 2261.1"),
        internal("registered", "BIGINT", "户籍人口数", "Registered persons", required=True),
        internal("resident", "BIGINT", "居住人口数", "Persons living there", required=True),
    ),
)
