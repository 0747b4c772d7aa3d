"""What the base of legal entities reads: a role for each registrar, the tax office, the log of changes."""

from __future__ import annotations

from basedb.spec import citizen_id, credit_code, day, input_table, text
from catalog.vocab import Column

REGISTRATION = (
    credit_code("credit_code"),
    text("name"),
    text("representative_name"),
    citizen_id("representative_id_number"),
    text("address"),
    text("division_code"),
    day("established_date"),
    text("status_code"),
)
INPUTS = {
    "enterprise": input_table(
        "enterprise",
        "企业登记",
        *REGISTRATION,
        text("entity_type_code"),
        text("representative_kind_code"),
        credit_code("representative_credit_code"),
        Column("registered_capital_cny_10k", "DECIMAL(18,2)", "注册资本"),
        text("industry_code"),
        text("industry_class_code"),
        text("registration_no"),
        day("cancelled_date"),
        needs=("name",),
    ),
    "individual_business": input_table(
        "individual_business",
        "个体工商户登记",
        credit_code("credit_code"),
        text("name"),
        text("operator_name"),
        citizen_id("operator_id_number"),
        day("established_date"),
        text("address"),
        text("division_code"),
        text("industry_code"),
        text("industry_class_code"),
        text("registration_no"),
        text("status_code"),
        needs=("name",),
    ),
    "institution": input_table(
        "institution", "机关事业单位法人", *REGISTRATION, text("entity_type_code"), needs=("name",)
    ),
    "social_organisation": input_table(
        "social_organisation", "社会组织登记", *REGISTRATION, text("entity_type_code"), needs=("name",)
    ),
    "cooperative": input_table("cooperative", "农民专业合作社", *REGISTRATION, needs=("name",)),
    "taxpayer": input_table(
        "taxpayer",
        "纳税人登记与状态",
        credit_code("credit_code"),
        text("name"),
        text("taxpayer_state_code"),
        text("address"),
        text("representative_name"),
        citizen_id("representative_id_number"),
        needs=("name",),
    ),
    # one row per change of a name, a representative or a state; states as codes
    "change": input_table(
        "change",
        "变更登记",
        text("change_no"),
        credit_code("credit_code"),
        text("item_code"),
        text("before_text"),
        text("after_text"),
        citizen_id("before_id_number"),
        citizen_id("after_id_number"),
        credit_code("before_credit_code"),
        credit_code("after_credit_code"),
        day("changed_date"),
    ),
    "check_address": input_table("check_address", "标准地址", text("address_code"), text("full_address")),
    "check_employer": input_table(
        "check_employer", "参保缴存单位", credit_code("employer_credit_code"), text("status_code")
    ),
    "shareholding": input_table(
        "shareholding",
        "股东及出资",
        credit_code("credit_code"),
        Column("serial", "BIGINT", "股东序号"),
        text("shareholder_kind_code"),
        text("shareholder_name"),
        citizen_id("shareholder_id_number"),
        credit_code("shareholder_credit_code"),
        Column("subscribed_cny_10k", "DECIMAL(18,2)", "认缴出资额"),
        Column("ratio_pct", "DECIMAL(18,4)", "出资比例"),
        needs=("shareholder_kind_code", "shareholder_name"),
    ),
    # in whose lists a person stands that is known here: the population register, and all others
    "check_resident": input_table(
        "check_resident", "人口基本信息", citizen_id("id_number"), text("status_code", "人口状态代码")
    ),
    "check_person": input_table("check_person", "其他人员名册", citizen_id("id_number")),
    "check_spouse": input_table(
        "check_spouse",
        "婚姻登记",
        citizen_id("male_id_number", "男方公民身份号码"),
        citizen_id("female_id_number", "女方公民身份号码"),
    ),
    "deregistration": input_table("deregistration", "户籍注销", citizen_id("id_number"), text("kind_code")),
    "death_certificate": input_table("death_certificate", "死亡医学证明", citizen_id("id_number")),
}
