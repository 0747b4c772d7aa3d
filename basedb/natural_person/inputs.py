"""What the base of natural persons reads: a role for each kind of register."""

from __future__ import annotations

from basedb.spec import citizen_id, credit_code, day, input_table, text

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
        needs=("insurance_kind_code",),
    ),
    "insurance_period": input_table(
        "insurance_period",
        "社会保险参保经历",
        *WHO,
        text("insurance_kind_code"),
        credit_code("employer_credit_code"),
        text("start_month"),
        text("end_month"),
        needs=("insurance_kind_code",),
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
        needs=("kind_code",),
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
