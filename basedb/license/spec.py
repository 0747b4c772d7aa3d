"""What the e-licence base reads and what it publishes."""

from __future__ import annotations

from basedb.spec import citizen_id, classes, credit_code, day, input_table, text
from catalog.vocab import Column, IdentifierKind, Mask, Sensitivity, ShareType, TableSpec

TITLE = "电子证照基础库"

CONDITIONAL = ShareType.CONDITIONAL
SENSITIVE = Sensitivity.SENSITIVE

# Stable codes: the e-licence catalog, and each department's own register of one kind of licence.
KINDS = (
    "electronic_licence", "driving_licence", "birth_certificate", "medical_institution", "qualification",
    "disabled_card", "veteran_card", "real_estate", "construction_permit", "road_transport", "safety_licence",
    "lawyer",
)  # fmt: skip
HOLDER_ROLES = ("holder", "mother", "father", "builder", "contractor")

LICENCE = TableSpec(
    "licence",
    "证照",
    ("record_key",),
    (
        Column("record_key", "VARCHAR", "平台主键", "Record key", required=True, share_type=CONDITIONAL),
        Column(
            "licence_kind", "VARCHAR", "证照来源类别", "Kind of register", required=True, codes=KINDS,
            share_type=CONDITIONAL,
        ),
        Column(
            "licence_type_code", "VARCHAR", "证照类型代码", "Licence type code", max_length=21, source="GB/T 36904",
            share_type=CONDITIONAL,
        ),
        Column(
            "licence_name", "VARCHAR", "证照名称", "Licence name", required=True, source="GB/T 36903",
            share_type=CONDITIONAL,
        ),
        # numbers of every register stand here and no position of them is safe: the last two of a disability
        # card are kind and level, a driving licence bears the citizen number. A grant may still look up by it.
        Column(
            "licence_no", "VARCHAR", "证照编号", "Licence number", required=True, source="GB/T 36903",
            share_type=CONDITIONAL, sensitivity=SENSITIVE, mask=Mask.HASH,
        ),
        Column(
            "licence_id", "VARCHAR", "电子证照标识", "Licence identifier", identifier=IdentifierKind.LICENCE_ID,
            source="GB/T 36904", share_type=CONDITIONAL,
        ),
        Column("issuer_name", "VARCHAR", "颁发机构", "Issuer", source="GB/T 36903", share_type=CONDITIONAL),
        Column(
            "issuer_code", "VARCHAR", "颁发机构代码", "Credit code of the issuer",
            identifier=IdentifierKind.CREDIT_CODE, source="GB 32100", share_type=CONDITIONAL,
        ),
        Column("issued_date", "DATE", "颁发日期", "Issued", source="GB/T 36903", share_type=CONDITIONAL),
        Column("valid_from", "DATE", "有效期起", "Valid from", source="GB/T 36903", share_type=CONDITIONAL),
        Column("valid_until", "DATE", "有效期止", "Valid until", source="GB/T 36903", share_type=CONDITIONAL),
        Column(
            "state_code", "VARCHAR", "证照状态代码", "State as last delivered", code_list="证照状态",
            share_type=CONDITIONAL,
        ),
        Column(
            "birth_date", "DATE", "持证人中最晚出生日期", "Birth date of the youngest person concerned",
            share_type=CONDITIONAL, sensitivity=SENSITIVE, mask=Mask.YEAR,
        ),
        Column("record_source", "UTINYINT", "数据来源", "Source of the row", share_type=CONDITIONAL),
        classes("持证人", "the holder")[1],
    ),
    title_en="Licence",
    grain="每个登记簿的每份证照一行",
    lookup=("licence_no", "licence_id"),
    birth_column="birth_date",
    orders=(("valid_from", "valid_until"), ("issued_date", "valid_until")),
)  # fmt: skip

LICENCE_HOLDER = TableSpec(
    "licence_holder",
    "持证主体",
    ("record_key",),
    (
        Column("record_key", "VARCHAR", "平台主键", "Record key", required=True, share_type=CONDITIONAL),
        Column("licence_key", "VARCHAR", "证照主键", "Licence", required=True, share_type=CONDITIONAL),
        Column(
            "holder_role", "VARCHAR", "持证主体角色", "Part the holder has", required=True, codes=HOLDER_ROLES,
            share_type=CONDITIONAL,
        ),
        Column(
            "holder_kind_code", "VARCHAR", "持证主体类别代码", "Kind of holder", code_list="相对人类别",
            share_type=CONDITIONAL,
        ),
        Column("person_key", "VARCHAR", "自然人主键", "Person", share_type=CONDITIONAL),
        Column("entity_key", "VARCHAR", "法人主键", "Legal entity", share_type=CONDITIONAL),
        Column(
            "holder_name", "VARCHAR", "持证主体", "Holder", source="GB/T 36903", share_type=CONDITIONAL,
            sensitivity=SENSITIVE, mask=Mask.PARTIAL,
        ),
        Column(
            "holder_id_number", "VARCHAR", "持证主体公民身份号码", "Citizen number of the holder",
            identifier=IdentifierKind.CITIZEN_ID, source="GB 11643", share_type=CONDITIONAL,
            sensitivity=SENSITIVE, mask=Mask.PARTIAL,
        ),
        Column(
            "holder_credit_code", "VARCHAR", "持证主体统一社会信用代码", "Credit code of the holder",
            identifier=IdentifierKind.CREDIT_CODE, source="GB 32100", share_type=CONDITIONAL,
        ),
        Column(
            "birth_date", "DATE", "持证人出生日期", "Birth date out of the citizen number",
            share_type=CONDITIONAL, sensitivity=SENSITIVE, mask=Mask.YEAR,
        ),
        Column("record_source", "UTINYINT", "数据来源", "Source of the row", share_type=CONDITIONAL),
        classes("持证人", "the holder")[1],
    ),
    title_en="Licence holder",
    grain="每份证照的每个持有者一行；一证可有多个持有者，一人或一企可有多证",
    lookup=("licence_key", "person_key", "entity_key", "holder_id_number", "holder_credit_code"),
    subject="holder_id_number",
    birth_column="birth_date",
)  # fmt: skip

TABLES = (LICENCE, LICENCE_HOLDER)

ID_NUMBER = citizen_id("id_number")
CREDIT_CODE = credit_code("credit_code")
NAME = text("name", "姓名或名称")
ISSUED = day("issued_date", "发证日期")
VALID_UNTIL = day("valid_until", "有效期止")
STATE = text("state_code", "状态代码")

ROLES = (
    input_table(
        "licence", "电子证照目录",
        Column("licence_id", "VARCHAR", "证照标识", identifier=IdentifierKind.LICENCE_ID),
        text("licence_type_code", "证照类型代码"), text("licence_type_name", "证照名称"),
        text("licence_no", "证照编号"), text("holder_kind_code", "持证主体类别代码"), text("holder_name", "持证主体"),
        citizen_id("holder_id_number", "持证主体身份证件号码"),
        credit_code("holder_credit_code", "持证主体统一社会信用代码"),
        text("issuer_name", "颁发机构"), credit_code("issuer_code", "颁发机构代码"), ISSUED,
        day("valid_from", "有效期起"), VALID_UNTIL, STATE,
    ),
    input_table(
        "driving_licence", "机动车驾驶证",
        text("licence_no", "驾驶证号"), ID_NUMBER, NAME, day("first_issued_date", "初次领证日期"), VALID_UNTIL, STATE,
    ),
    input_table(
        "birth_certificate", "出生医学证明",
        text("certificate_no", "证明编号"), day("born_date", "出生日期"),
        citizen_id("mother_id_number", "母亲公民身份号码"), citizen_id("father_id_number", "父亲公民身份号码"),
        text("issuer_name", "签发机构"), ISSUED,
    ),
    input_table(
        "medical_institution", "医疗机构执业许可",
        text("registration_no", "登记号"), CREDIT_CODE, NAME, ISSUED, VALID_UNTIL, STATE,
    ),
    input_table("qualification", "专业技术资格", text("certificate_no", "证书编号"), ID_NUMBER, NAME, ISSUED),
    input_table("disabled_card", "残疾人证", text("card_no", "残疾人证号"), ID_NUMBER, NAME, ISSUED, VALID_UNTIL),
    input_table("veteran_card", "优待证", text("card_no", "优待证号"), ID_NUMBER, NAME, ISSUED),
    input_table(
        "real_estate", "不动产登记",
        text("certificate_no", "不动产权证号"), text("holder_kind_code", "权利人类别代码"),
        text("holder_name", "权利人"), citizen_id("holder_id_number", "权利人身份证件号码"),
        credit_code("holder_credit_code", "权利人统一社会信用代码"), day("registered_date", "登记日期"),
    ),
    input_table(
        "construction_permit", "施工许可",
        text("permit_no", "施工许可证号"), credit_code("builder_credit_code", "建设单位统一社会信用代码"),
        text("builder_name", "建设单位"), credit_code("contractor_credit_code", "施工单位统一社会信用代码"), ISSUED,
    ),
    input_table(
        "road_transport", "道路运输经营许可", text("licence_no", "许可证号"), CREDIT_CODE, NAME, ISSUED, VALID_UNTIL
    ),
    input_table(
        "safety_licence", "安全生产许可",
        text("licence_no", "许可证编号"), CREDIT_CODE, NAME, ISSUED, VALID_UNTIL, STATE,
    ),
    input_table("lawyer", "律师执业", text("practice_no", "执业证号"), ID_NUMBER, NAME, ISSUED, STATE),
    # who is known here, and who is no more: the population register, all other lists of persons, registers of firms
    input_table("check_resident", "人口基本信息", ID_NUMBER, text("status_code", "人口状态代码")),
    input_table("check_person", "其他人员名册", ID_NUMBER),
    input_table(
        "check_spouse", "婚姻登记",
        citizen_id("male_id_number", "男方公民身份号码"), citizen_id("female_id_number", "女方公民身份号码"),
    ),
    input_table(
        "check_deregistration", "户籍注销", ID_NUMBER, text("kind_code", "注销类别代码"), day("death_date", "死亡日期")
    ),
    input_table("check_death", "死亡医学证明", ID_NUMBER, day("death_date", "死亡日期")),
    input_table(
        "check_registration", "单位登记", CREDIT_CODE, text("status_code", "登记状态代码"), day("cancelled_date", "注销日期")
    ),
    input_table("check_taxpayer", "纳税人登记", CREDIT_CODE),
)  # fmt: skip

INPUTS = {role.name: role for role in ROLES}

# Every licence is answered for by the one department that registers it.
AUTHORITY: dict[str, tuple[str, ...]] = {}

KEYS = {"licence": ("licence_row", "natural_key")}
REFERENCES = {"licence_holder.licence_key": "licence.record_key"}
LINKS = {
    "licence_holder.person_key": "natural_person.person",
    "licence_holder.entity_key": "legal_entity.legal_entity",
}
