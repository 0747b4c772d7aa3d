"""The base of natural persons (人口基础信息库): golden records, and what contradicts them."""

from __future__ import annotations

from basedb.natural_person import linkage
from basedb.source_keys import Match
from basedb.spec import citizen_id, classes, credit_code, day, golden, input_table, record_key, text
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


def _deceased() -> Column:
    """Where the day of birth stands among the table's own columns."""
    return classes()[1]


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
        *golden(_personal("status_code", "VARCHAR", "人口状态代码", "Status in the register of residents",
                          code_list="人口状态")),
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
    birth_column="birth_date",
    columns=(
        record_key(),
        _person_key(),
        _personal("address", "VARCHAR", "居住地址", "Address", mask=Mask.PARTIAL),
        _personal("division_code", "VARCHAR", "居住地区划代码", "Division", code_list="GB/T 2260", source="GB/T 2260"),
        _internal("start_date", "DATE", "起始日期", "From"),
        _internal("end_date", "DATE", "终止日期", "Until"),
        _internal("source", "UTINYINT", "来源", "Source", required=True),
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
        _person_key(),
        _personal("address", "VARCHAR", "居住地址", "Address", mask=Mask.PARTIAL),
        _personal("division_code", "VARCHAR", "居住地区划代码", "Division", code_list="GB/T 2260", source="GB/T 2260"),
        _internal("valid_from", "DATE", "起始日期", "From", required=True),
        _internal("valid_to", "DATE", "终止日期（不含当日）", "Until (that day not included)"),
        _internal("source", "UTINYINT", "来源", "Source", required=True),
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
        _internal("certificate_no", "VARCHAR", "登记证号", "Certificate number", required=True),
        _internal("kind_code", "VARCHAR", "登记类别代码", "Kind", code_list="婚姻登记类别"),
        _person_key("male_key", "男方记录键", required=False),
        _personal("male_name", "VARCHAR", "男方姓名", "Name of the man", mask=Mask.PARTIAL),
        _person_key("female_key", "女方记录键", required=False),
        _personal("female_name", "VARCHAR", "女方姓名", "Name of the woman", mask=Mask.PARTIAL),
        _internal("registered_date", "DATE", "登记日期", "Registered on"),
        _internal("registrar", "VARCHAR", "登记机关", "Registrar"),
        _internal("source", "UTINYINT", "来源", "Source", required=True),
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
        _person_key(),
        _personal("marital_status_code", "VARCHAR", "婚姻状况代码", "Marital status", code_list="GB/T 2261.2",
                  source="GB/T 2261.2"),
        _person_key("partner_key", "配偶记录键", required=False),
        _internal("certificate_no", "VARCHAR", "登记证号", "Certificate number"),
        _internal("valid_from", "DATE", "起始日期（空为不详）", "From (empty: unknown)"),
        _internal("valid_to", "DATE", "终止日期（不含当日）", "Until (that day not included)"),
        _internal("source", "UTINYINT", "来源", "Source", required=True),
        *classes(),
    ),
)  # fmt: skip

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
        _person_key(),
        _internal("scheme", "VARCHAR", "保险类别（social 社会保险，medical 医疗保险）", "Scheme", required=True),
        _internal("kind_code", "VARCHAR", "险种代码", "Kind", required=True),
        _internal("employer_key", "VARCHAR", "参保单位记录键", "Employer key"),
        _internal("status_code", "VARCHAR", "参保状态代码", "Status", code_list="参保状态"),
        _internal("valid_from", "DATE", "起始日期", "From"),
        _internal("valid_to", "DATE", "终止日期（不含当日）", "Until (that day not included)"),
        _internal("pooling_division_code", "VARCHAR", "统筹区代码", "Pooling division", code_list="GB/T 2260"),
        _internal("source", "UTINYINT", "来源", "Source", required=True),
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
        _person_key(),
        _internal("student_no", "VARCHAR", "学籍号", "Student number", required=True),
        _personal("birth_date", "DATE", "出生日期", "Date of birth", mask=Mask.YEAR),
        _internal("school_name", "VARCHAR", "学校", "School"),
        _internal("grade", "VARCHAR", "年级", "Grade"),
        _internal("status_code", "VARCHAR", "学籍状态代码", "Status", code_list="学籍状态"),
        _internal("source", "UTINYINT", "来源", "Source", required=True),
        _deceased(),
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
        _person_key(),
        _personal("birth_date", "DATE", "出生日期", "Date of birth", mask=Mask.YEAR),
        Column("disability_kind_code", "VARCHAR", "残疾类别代码", "Kind", code_list="残疾类别", share_type=CONDITIONAL,
               sensitivity=SENSITIVE),
        Column("disability_level_code", "VARCHAR", "残疾等级代码", "Level", code_list="残疾等级", share_type=CONDITIONAL,
               sensitivity=SENSITIVE),
        _internal("valid_from", "DATE", "有效期起", "From"),
        _internal("valid_to", "DATE", "有效期止（不含当日）", "Until (that day not included)"),
        _internal("source", "UTINYINT", "来源", "Source", required=True),
        _deceased(),
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
        _person_key(),
        _internal("card_no", "VARCHAR", "优待证号", "Card number", required=True),
        _personal("kind_code", "VARCHAR", "优待类别代码", "Kind", code_list="优待类别"),
        _internal("valid_from", "DATE", "有效期起", "From"),
        _internal("valid_to", "DATE", "有效期止（不含当日）", "Until (that day not included)"),
        _internal("source", "UTINYINT", "来源", "Source", required=True),
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
        _person_key(),
        _internal("employer_key", "VARCHAR", "参保（缴存）单位记录键", "Employer key", required=True),
        _internal("valid_from", "DATE", "起始日期（空为不详）", "From (empty: unknown)"),
        _internal("valid_to", "DATE", "终止日期（不含当日）", "Until (that day not included)"),
        _internal("is_current", "BOOLEAN", "正在参保（缴存）", "Current", required=True),
        _internal("source", "UTINYINT", "来源", "Source", required=True),
        *classes(),
    ),
)

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
        _person_key(),
        _personal("name", "VARCHAR", "姓名", "Name", mask=Mask.PARTIAL),
        _internal("kind", "VARCHAR", "写法类别（variant 异体写法，other 不同姓名）", "Kind", required=True),
        _internal("source", "UTINYINT", "来源", "Source", required=True),
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
        _person_key(),
        _person_key("other_key", "另一自然人记录键"),
        _internal("is_same_phone", "BOOLEAN", "电话相同", "Same phone", required=True),
        _internal("is_same_address", "BOOLEAN", "地址相同", "Same address", required=True),
        _internal("is_near_identifier", "BOOLEAN", "号码仅差一位", "Identifiers differ in one digit", required=True),
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
        _internal("division_code", "VARCHAR", "区划代码", "Division", required=True, code_list="GB/T 2260"),
        _internal("age_from", "UTINYINT", "年龄组起（岁）", "Age from, years", required=True),
        _internal("age_to", "UTINYINT", "年龄组止（岁，空为百岁及以上）", "Age to, years; empty: 100 and over"),
        _internal("sex_code", "VARCHAR", "性别代码", "Sex", required=True, code_list="GB/T 2261.1"),
        _internal("registered", "BIGINT", "户籍人口数", "Registered persons", required=True),
        _internal("resident", "BIGINT", "居住人口数", "Persons living there", required=True),
    ),
)

UNLINKED = TableSpec(
    "person_unlinked",
    title="待关联人员记录",
    title_en="Statements waiting for linkage",
    grain="每个报送行中每个缺失或无效的标识一行",
    key=("record_key",),
    birth_column="birth_date",
    columns=(
        record_key(),
        _internal("source", "UTINYINT", "来源", "Source", required=True),
        _internal("item", "VARCHAR", "信息项", "Item", required=True),
        Column("id_number_raw", "VARCHAR", "证件号码（原文）", "Identifier as delivered",
               share_type=ShareType.NOT_SHARED, sensitivity=SENSITIVE, mask=Mask.HIDDEN),
        _personal("name", "VARCHAR", "姓名", "Name", mask=Mask.PARTIAL),
        _personal("sex_code", "VARCHAR", "性别代码", "Sex", code_list="GB/T 2261.1"),
        _personal("birth_date", "DATE", "出生日期", "Date of birth", mask=Mask.YEAR),
        _personal("address", "VARCHAR", "地址", "Address", mask=Mask.PARTIAL),
        _personal("division_code", "VARCHAR", "区划代码", "Division", code_list="GB/T 2260"),
        _personal("phone", "VARCHAR", "联系电话", "Phone", mask=Mask.PARTIAL),
        _deceased(),
    ),
)  # fmt: skip


def _level(evidence: str, title: str, title_en: str) -> Column:
    """How well one evidence agrees: -1 unknown, 0 not at all, the more alike the higher."""
    return _internal(f"{evidence}_level", "TINYINT", f"{title}吻合程度", f"Agreement of {title_en}")


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
        _internal("statement_key", "VARCHAR", "待关联记录键", "Statement key", required=True),
        _internal("row_key", "VARCHAR", "报送行记录键", "Key of the delivered row", required=True),
        _internal("source", "UTINYINT", "来源", "Source", required=True),
        _internal("item", "VARCHAR", "信息项", "Item", required=True),
        _internal("band", "VARCHAR", "关联结论（linked 已关联，review 待研判，new 新人员，waiting 依据不足）", "Band",
                  required=True),
        _internal("rank", "UTINYINT", "候选次序", "Rank of the candidate", required=True),
        _person_key(required=False),
        _person_key("found_key", "无标识人员记录键", required=False),
        _internal("weight", "DOUBLE", "匹配权重（比特）", "Match weight in bits"),
        _internal("chance", "DOUBLE", "匹配概率", "Chance of a match"),
        _internal("is_decided", "BOOLEAN", "人工研判", "Decided by a reviewer", required=True),
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
        _personal("name", "VARCHAR", "姓名", "Name", mask=Mask.PARTIAL),
        _personal("birth_date", "DATE", "出生日期", "Date of birth", mask=Mask.YEAR),
        _personal("sex_code", "VARCHAR", "性别代码", "Sex", code_list="GB/T 2261.1"),
        _personal("address", "VARCHAR", "地址", "Address", mask=Mask.PARTIAL),
        _personal("division_code", "VARCHAR", "区划代码", "Division", code_list="GB/T 2260"),
        _personal("phone", "VARCHAR", "联系电话", "Phone", mask=Mask.PARTIAL),
        _internal("statements", "INTEGER", "提及次数", "Statements", required=True),
        _internal("source", "UTINYINT", "来源", "Source", required=True),
        _deceased(),
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
        _person_key(),
        _internal("attribute", "VARCHAR", "信息项", "Attribute", required=True),
        _internal("chosen_source", "UTINYINT", "采信来源", "Chosen source"),
        _internal("other_source", "UTINYINT", "不一致来源", "Contradicting source", required=True),
        Column("other_value", "VARCHAR", "不一致的值", "Contradicting value", share_type=CONDITIONAL,
               sensitivity=SENSITIVE, mask=Mask.HIDDEN),
        *classes(),
    ),
)  # fmt: skip

TABLES = (
    PERSON, RESIDENCE, RESIDENCE_HISTORY, MARRIAGE, MARITAL, INSURANCE, EDUCATION, DISABILITY, VETERAN, EMPLOYMENT, NAME, DOUBLE, COUNT, UNLINKED, LINK,
    FOUND, CONFLICT,
)  # fmt: skip

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
        "residence",
        "流动人口居住登记",
        text("permit_no"),
        *WHO,
        *LIVES,
        text("phone"),
        day("start_date"),
        day("end_date"),
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
    "insurance_period": input_table(
        "insurance_period",
        "社会保险参保经历",
        *WHO,
        text("insurance_kind_code"),
        credit_code("employer_credit_code"),
        text("start_month"),
        text("end_month"),
    ),
    "medical_insured": input_table(
        "medical_insured",
        "医疗保险参保",
        *WHO,
        text("sex_code"),
        day("birth_date"),
        text("kind_code"),
        text("pooling_division_code"),
        text("phone"),
        text("status_code"),
    ),
    "health_record": input_table(
        "health_record",
        "居民健康档案",
        text("record_no"),
        *WHO,
        text("sex_code"),
        day("birth_date"),
        *LIVES,
        text("phone"),
        day("opened_date"),
    ),
    "student": input_table(
        "student", "学籍", text("student_no"), *WHO, text("school_name"), text("grade"), text("status_code")
    ),
    "disability": input_table(
        "disability",
        "残疾人证",
        text("card_no"),
        *WHO,
        text("disability_kind_code"),
        text("disability_level_code"),
        day("issued_date"),
        day("valid_until"),
    ),
    "veteran": input_table("veteran", "优待对象", text("card_no"), *WHO, text("kind_code"), day("issued_date")),
    "housing_fund": input_table(
        "housing_fund", "住房公积金缴存", *WHO, *LIVES, credit_code("employer_credit_code"), text("status_code")
    ),
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
        "health_record",
        "disability",
        "veteran",
    ),
    "person.sex_code": ("resident", "medical_insured", "health_record"),
    "person.birth_date": ("resident", "medical_insured", "health_record"),
    "person.ethnicity_code": ("resident",),
    "person.household_id": ("resident",),
    "person.registered_address": ("resident",),
    "person.registered_division_code": ("resident",),
    "person.residence_address": ("residence", "welfare", "housing_fund", "health_record"),
    "person.residence_division_code": ("residence", "welfare", "housing_fund", "health_record"),
    "person.status_code": ("resident",),
    "person.death_date": ("death_certificate", "deregistration"),
}

STEPS = {"075_weigh": linkage.weigh}
# a death reaches those who must hear of it the same day
PROMPT = ("death_certificate", "deregistration", "resident")
KEYS = {"person": ("person", "id_number")}
REFERENCES = {
    "person_residence.person_key": "person.record_key",
    "person_residence_history.person_key": "person.record_key",
    "person_marriage.male_key": "person.record_key",
    "person_marriage.female_key": "person.record_key",
    "person_marital.person_key": "person.record_key",
    "person_marital.partner_key": "person.record_key",
    "person_insurance.person_key": "person.record_key",
    "person_education.person_key": "person.record_key",
    "person_disability.person_key": "person.record_key",
    "person_veteran.person_key": "person.record_key",
    "person_employment.person_key": "person.record_key",
    "person_name.person_key": "person.record_key",
    "person_double.person_key": "person.record_key",
    "person_double.other_key": "person.record_key",
    "person_link.statement_key": "person_unlinked.record_key",
    "person_link.person_key": "person.record_key",
    "person_link.found_key": "person_found.record_key",
    "person_conflict.person_key": "person.record_key",
}
LINKS = {
    "person_insurance.employer_key": "legal_entity.legal_entity",
    "person_employment.employer_key": "legal_entity.legal_entity",
}

_ID = Match("person_key>id_number", ("id_number",))
_WAITING = (
    Match("id_number_raw", ("id_number_raw", "male_id_number_raw", "female_id_number_raw")),
    Match("name", ("name", "male_name", "female_name")),
)
SOURCE_KEYS = {
    "person_residence": (
        (_ID, Match("address", ("residence_address",)), Match("division_code", ("residence_division_code",))),
        (_ID,),
    ),
    "person_residence_history": (
        (_ID, Match("address", ("residence_address",)), Match("division_code", ("residence_division_code",))),
        (_ID,),
    ),
    # who is left behind: by the certificate of the other's death
    "person_marital": (
        (Match("certificate_no", ("certificate_no",)),),
        (Match("partner_key>id_number", ("id_number",)),),
    ),
    "person_insurance": (
        (_ID, Match("kind_code", ("insurance_kind_code", "kind_code")),
         Match("valid_from", ("start_month",), "try_strptime({} || '-01', '%Y-%m-%d')::date")),
        (_ID, Match("kind_code", ("insurance_kind_code", "kind_code"))),
        (_ID,),
    ),
    "person_disability": (
        (_ID, Match("valid_from", ("issued_date",)), Match("disability_kind_code", ("disability_kind_code",))),
        (_ID,),
    ),
    "person_employment": ((_ID,),),
    "person_name": (
        (Match("person_key>id_number", ("id_number", "male_id_number", "female_id_number")),
         Match("name", ("name", "male_name", "female_name"))),
        (Match("person_key>id_number", ("id_number", "male_id_number", "female_id_number")),),
    ),
    "person_unlinked": (_WAITING, _WAITING[1:]),
    "person_link": (
        (Match("statement_key>id_number_raw", _WAITING[0].items), Match("statement_key>name", _WAITING[1].items)),
        (Match("statement_key>name", _WAITING[1].items),),
    ),
    "person_found": (
        (Match("name", _WAITING[1].items), Match("birth_date", ("birth_date",))),
        (Match("name", _WAITING[1].items),),
    ),
    "person_conflict": ((Match("person_key>id_number", ("id_number", "male_id_number", "female_id_number")),),),
}  # fmt: skip
# what the base says of its own records
DERIVED = ("person_double", "person_count")
