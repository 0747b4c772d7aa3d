"""The base of natural persons (人口基础信息库): golden records, and what contradicts them."""

from __future__ import annotations

from basedb.spec import citizen_id, credit_code, day, golden, input_table, record_key, text
from catalog.vocab import Column, IdentifierKind, Mask, Sensitivity, ShareType, TableSpec

TITLE = "人口基础信息库"

CONDITIONAL = ShareType.CONDITIONAL
PERSONAL = Sensitivity.PERSONAL
SENSITIVE = Sensitivity.SENSITIVE


def _personal(
    name: str, kind: str, title: str, title_en: str, *, mask: Mask = Mask.PLAIN, code_list: str = "", source: str = ""
) -> Column:
    return Column(
        name,
        kind,
        title,
        title_en,
        share_type=CONDITIONAL,
        sensitivity=PERSONAL,
        mask=mask,
        code_list=code_list,
        source=source,
    )


def _internal(
    name: str, kind: str, title: str, title_en: str, *, required: bool = False, code_list: str = ""
) -> Column:
    return Column(name, kind, title, title_en, required=required, share_type=CONDITIONAL, code_list=code_list)


def _person_key(name: str = "person_key", title: str = "自然人记录键", *, required: bool = True) -> Column:
    return Column(name, "VARCHAR", title, "Person key", required=required, share_type=CONDITIONAL, sensitivity=PERSONAL)


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
        *golden(_personal("name", "VARCHAR", "姓名", "Name", mask=Mask.PARTIAL)),
        *golden(_personal("sex_code", "VARCHAR", "性别代码", "Sex", code_list="GB/T 2261.1", source="GB/T 2261.1")),
        *golden(_personal("birth_date", "DATE", "出生日期", "Date of birth", mask=Mask.YEAR)),
        *golden(_personal("ethnicity_code", "VARCHAR", "民族代码", "Ethnicity", code_list="GB/T 3304",
                          source="GB/T 3304")),
        *golden(_personal("household_id", "VARCHAR", "户号", "Household number", mask=Mask.HASH)),
        *golden(_personal("registered_address", "VARCHAR", "户籍地址", "Registered address", mask=Mask.PARTIAL)),
        *golden(_personal("registered_division_code", "VARCHAR", "户籍区划代码", "Registered division",
                          code_list="GB/T 2260", source="GB/T 2260")),
        *golden(_personal("residence_address", "VARCHAR", "居住地址", "Address of residence", mask=Mask.PARTIAL)),
        *golden(_personal("residence_division_code", "VARCHAR", "居住地区划代码", "Division of residence",
                          code_list="GB/T 2260", source="GB/T 2260")),
        Column("is_deceased", "BOOLEAN", "已死亡", "Deceased", required=True, share_type=CONDITIONAL,
               sensitivity=PERSONAL),
        *golden(_personal("death_date", "DATE", "死亡日期", "Date of death", mask=Mask.YEAR)),
    ),
)  # fmt: skip

RESIDENCE = TableSpec(
    "person_residence",
    title="居住信息",
    title_en="Residence",
    grain="每条人员居住登记一行",
    key=("record_key",),
    lookup=("person_key",),
    columns=(
        record_key(),
        _person_key(),
        _personal("address", "VARCHAR", "居住地址", "Address", mask=Mask.PARTIAL),
        _personal("division_code", "VARCHAR", "居住地区划代码", "Division", code_list="GB/T 2260", source="GB/T 2260"),
        _internal("start_date", "DATE", "起始日期", "From"),
        _internal("end_date", "DATE", "终止日期", "Until"),
        _internal("source", "UTINYINT", "来源", "Source", required=True),
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
    columns=(
        record_key(),
        _internal("certificate_no", "VARCHAR", "登记证号", "Certificate number", required=True),
        _internal("kind_code", "VARCHAR", "登记类别代码", "Kind", code_list="婚姻登记类别"),
        _person_key("male_key", "男方记录键", required=False),
        _personal("male_name", "VARCHAR", "男方姓名", "Name of the man", mask=Mask.PARTIAL),
        _person_key("female_key", "女方记录键", required=False),
        _personal("female_name", "VARCHAR", "女方姓名", "Name of the woman", mask=Mask.PARTIAL),
        _internal("registered_date", "DATE", "登记日期", "Registered on"),
        _internal("registrar", "VARCHAR", "登记机关", "Registrar"),
        _internal("source", "UTINYINT", "来源", "Source", required=True),
    ),
)

INSURANCE = TableSpec(
    "person_insurance",
    title="参保信息",
    title_en="Insurance",
    grain="每人每种参保制度和险种一行",
    key=("person_key", "scheme", "kind_code"),
    lookup=("person_key",),
    columns=(
        record_key(),
        _person_key(),
        _internal("scheme", "VARCHAR", "保险类别（social 社会保险，medical 医疗保险）", "Scheme", required=True),
        _internal("kind_code", "VARCHAR", "险种代码", "Kind", required=True),
        _internal("employer_key", "VARCHAR", "参保单位记录键", "Employer key"),
        _internal("status_code", "VARCHAR", "参保状态代码", "Status", code_list="参保状态"),
        _internal("start_month", "VARCHAR", "参保起始年月", "First month"),
        _internal("pooling_division_code", "VARCHAR", "统筹区代码", "Pooling division", code_list="GB/T 2260"),
        _internal("source", "UTINYINT", "来源", "Source", required=True),
    ),
)

UNLINKED = TableSpec(
    "person_unlinked",
    title="待关联人员记录",
    title_en="Statements waiting for linkage",
    grain="每个报送行中每个无效的标识一行",
    key=("record_key",),
    columns=(
        record_key(),
        _internal("source", "UTINYINT", "来源", "Source", required=True),
        _internal("item", "VARCHAR", "信息项", "Item", required=True),
        Column("id_number_raw", "VARCHAR", "证件号码（原文）", "Identifier as delivered", required=True,
               share_type=ShareType.NOT_SHARED, sensitivity=SENSITIVE, mask=Mask.HIDDEN),
        _personal("name", "VARCHAR", "姓名", "Name", mask=Mask.PARTIAL),
        _personal("sex_code", "VARCHAR", "性别代码", "Sex", code_list="GB/T 2261.1"),
        _personal("birth_date", "DATE", "出生日期", "Date of birth", mask=Mask.YEAR),
        _personal("address", "VARCHAR", "地址", "Address", mask=Mask.PARTIAL),
        _personal("division_code", "VARCHAR", "区划代码", "Division", code_list="GB/T 2260"),
    ),
)  # fmt: skip

CONFLICT = TableSpec(
    "person_conflict",
    title="自然人信息冲突",
    title_en="Conflicting statements on a person",
    grain="每人每个属性、不一致来源和值一行",
    key=("record_key",),
    lookup=("person_key",),
    columns=(
        record_key(),
        _person_key(),
        _internal("attribute", "VARCHAR", "信息项", "Attribute", required=True),
        _internal("chosen_source", "UTINYINT", "采信来源", "Chosen source"),
        _internal("other_source", "UTINYINT", "不一致来源", "Contradicting source", required=True),
        Column("other_value", "VARCHAR", "不一致的值", "Contradicting value", share_type=CONDITIONAL,
               sensitivity=SENSITIVE, mask=Mask.HIDDEN),
    ),
)  # fmt: skip

TABLES = (PERSON, RESIDENCE, MARRIAGE, INSURANCE, UNLINKED, CONFLICT)

WHO = (citizen_id("id_number"), text("name"))
LIVES = (text("residence_address"), text("residence_division_code"))
INPUTS = {
    "resident": input_table(
        "resident",
        "人口基本信息",
        *WHO,
        text("sex_code"),
        text("ethnicity_code"),
        day("birth_date"),
        text("registered_address"),
        text("registered_division_code"),
        text("household_id"),
        text("status_code"),
    ),
    "residence": input_table(
        "residence", "流动人口居住登记", text("permit_no"), *WHO, *LIVES, day("start_date"), day("end_date")
    ),
    "deregistration": input_table(
        "deregistration", "户籍注销", *WHO, text("kind_code"), day("deregistered_date"), day("death_date")
    ),
    "marriage": input_table(
        "marriage",
        "婚姻登记",
        text("certificate_no"),
        text("kind_code"),
        citizen_id("male_id_number", "男方公民身份号码"),
        text("male_name"),
        citizen_id("female_id_number", "女方公民身份号码"),
        text("female_name"),
        day("registered_date"),
        text("registrar"),
    ),
    "welfare": input_table("welfare", "低保特困对象", *WHO, *LIVES, day("start_date"), day("end_date")),
    "death_certificate": input_table("death_certificate", "死亡医学证明", *WHO, day("death_date")),
    "social_insured": input_table(
        "social_insured",
        "社会保险参保",
        *WHO,
        text("insurance_kind_code"),
        credit_code("employer_credit_code"),
        text("status_code"),
        text("start_month"),
    ),
    "medical_insured": input_table(
        "medical_insured",
        "医疗保险参保",
        *WHO,
        text("sex_code"),
        day("birth_date"),
        text("kind_code"),
        text("pooling_division_code"),
        text("status_code"),
    ),
    "student": input_table("student", "学籍", *WHO),
    "housing_fund": input_table("housing_fund", "住房公积金缴存", *WHO, *LIVES),
}

AUTHORITY = {
    "person.name": (
        "resident",
        "residence",
        "medical_insured",
        "social_insured",
        "housing_fund",
        "welfare",
        "student",
        "marriage",
        "deregistration",
        "death_certificate",
    ),
    "person.sex_code": ("resident", "medical_insured"),
    "person.birth_date": ("resident", "medical_insured"),
    "person.ethnicity_code": ("resident",),
    "person.household_id": ("resident",),
    "person.registered_address": ("resident",),
    "person.registered_division_code": ("resident",),
    "person.residence_address": ("residence", "welfare", "housing_fund"),
    "person.residence_division_code": ("residence", "welfare", "housing_fund"),
    "person.death_date": ("death_certificate", "deregistration"),
}

KEYS = {"person": ("person", "id_number")}
REFERENCES = {
    "person_residence.person_key": "person.record_key",
    "person_marriage.male_key": "person.record_key",
    "person_marriage.female_key": "person.record_key",
    "person_insurance.person_key": "person.record_key",
    "person_conflict.person_key": "person.record_key",
}
LINKS = {"person_insurance.employer_key": "legal_entity.legal_entity"}
