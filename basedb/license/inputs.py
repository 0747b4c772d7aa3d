"""What the e-licence base reads: the catalog of e-licences, its types and steps, and registers of one kind each."""

from __future__ import annotations

from basedb.spec import citizen_id, credit_code, day, input_table, text
from catalog.vocab import Column, IdentifierKind

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
        needs=("licence_no", "licence_type_name"),
    ),
    input_table(
        "licence_type", "电子证照类型目录",
        text("licence_type_code", "证照类型代码"), text("licence_type_name", "证照名称"),
        text("standard_body_name", "标准制定机构"), text("holder_class_code", "持证主体类别代码"),
        Column("has_term", "BOOLEAN", "是否有有效期"), text("issuer_name", "颁发机构"),
        day("valid_from", "启用日期"), day("valid_until", "停用日期"),
        needs=("licence_type_code", "licence_type_name"),
    ),
    input_table(
        "licence_step", "电子证照办理记录",
        text("step_no", "办理流水号"), text("licence_id", "证照标识"), text("previous_licence_id", "原证照标识"),
        text("operation_code", "办理类型代码"), text("state_code", "办理后状态代码"), day("operated_date", "办理日期"),
        text("reason", "事由"),
    ),
    input_table(
        "co_holder", "电子证照共同持证主体",
        text("licence_id", "证照标识"), text("holder_no", "持证主体序号"), text("holder_kind_code", "持证主体类别代码"),
        text("holder_name", "持证主体"), citizen_id("id_number", "身份证件号码"), credit_code("credit_code"),
    ),
    input_table(
        "driving_licence", "机动车驾驶证",
        text("licence_no", "驾驶证号"), ID_NUMBER, NAME, day("first_issued_date", "初次领证日期"), VALID_UNTIL, STATE,
        needs=("licence_no",),
    ),
    input_table(
        "birth_certificate", "出生医学证明",
        text("certificate_no", "证明编号"), day("born_date", "出生日期"),
        citizen_id("mother_id_number", "母亲公民身份号码"), citizen_id("father_id_number", "父亲公民身份号码"),
        text("issuer_name", "签发机构"), ISSUED,
        needs=("certificate_no",),
    ),
    input_table(
        "medical_institution", "医疗机构执业许可",
        text("registration_no", "登记号"), CREDIT_CODE, NAME, ISSUED, VALID_UNTIL, STATE,
        needs=("registration_no",),
    ),
    input_table("qualification", "专业技术资格", text("certificate_no", "证书编号"), ID_NUMBER, NAME, ISSUED, needs=("certificate_no",)),
    input_table("disabled_card", "残疾人证", text("card_no", "残疾人证号"), ID_NUMBER, NAME, ISSUED, VALID_UNTIL, needs=("card_no",)),
    input_table("veteran_card", "优待证", text("card_no", "优待证号"), ID_NUMBER, NAME, ISSUED, needs=("card_no",)),
    input_table(
        "real_estate", "不动产登记",
        text("certificate_no", "不动产权证号"), text("holder_kind_code", "权利人类别代码"),
        text("holder_name", "权利人"), citizen_id("holder_id_number", "权利人身份证件号码"),
        credit_code("holder_credit_code", "权利人统一社会信用代码"), day("registered_date", "登记日期"),
        needs=("certificate_no",),
    ),
    input_table(
        "construction_permit", "施工许可",
        text("permit_no", "施工许可证号"), credit_code("builder_credit_code", "建设单位统一社会信用代码"),
        text("builder_name", "建设单位"), credit_code("contractor_credit_code", "施工单位统一社会信用代码"), ISSUED,
        needs=("permit_no",),
    ),
    input_table(
        "road_transport", "道路运输经营许可", text("licence_no", "许可证号"), CREDIT_CODE, NAME, ISSUED, VALID_UNTIL,
        needs=("licence_no",),
    ),
    input_table(
        "safety_licence", "安全生产许可",
        text("licence_no", "许可证编号"), CREDIT_CODE, NAME, ISSUED, VALID_UNTIL, STATE,
        needs=("licence_no",),
    ),
    input_table("lawyer", "律师执业", text("practice_no", "执业证号"), ID_NUMBER, NAME, ISSUED, STATE, needs=("practice_no",)),
    # who is known here, and who is no more: the population register, all other lists of persons, registers of firms
    input_table("check_resident", "人口基本信息", ID_NUMBER, NAME, text("status_code", "人口状态代码")),
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
        "check_registration", "单位登记",
        CREDIT_CODE, NAME, text("status_code", "登记状态代码"), day("cancelled_date", "注销日期"),
    ),
    input_table(
        "check_change", "变更登记", CREDIT_CODE, text("item_code", "变更事项代码"),
        text("before_text", "变更前内容"), text("after_text", "变更后内容"),
    ),
    input_table("check_taxpayer", "纳税人登记", CREDIT_CODE),
)  # fmt: skip

INPUTS = {role.name: role for role in ROLES}
