"""What the social credit base reads: a role each for permits, penalties, repairs, lists and grades."""

from __future__ import annotations

from basedb.spec import citizen_id, credit_code, day, input_table, text
from catalog.vocab import Column

SUBJECT_OF_DECISION = (
    text("subject_kind_code", "行政相对人类别代码"), text("subject_name", "行政相对人名称"), credit_code("credit_code"),
    citizen_id("id_number", "自然人证件号码"), text("authority_name", "作出决定机关"),
    credit_code("authority_code", "作出决定机关统一社会信用代码"), day("decided_date", "决定日期"),
    day("submitted_date", "数据报送日期"),
)  # fmt: skip
INPUTS = {
    role.name: role
    for role in (
        input_table(
            "permit", "行政许可结果", text("document_no", "行政许可决定文书号"), *SUBJECT_OF_DECISION,
            text("permit_kind", "许可类别"), text("certificate_name", "许可证书名称"), text("certificate_no", "许可编号"),
            text("content", "许可内容"), day("valid_from", "有效期自"), day("valid_until", "有效期至"),
            needs=("document_no",),
        ),
        input_table(
            "penalty", "行政处罚", text("document_no", "行政处罚决定书文号"), *SUBJECT_OF_DECISION,
            text("violation_kind", "违法行为类型"), text("facts", "违法事实"), text("penalty_kind_code", "处罚类别代码"),
            Column("fine_cny_10k", "DECIMAL(18,2)", "罚款金额", unit="万元"), day("publish_until", "公示截止日期"),
            text("severity_code", "失信程度代码"), text("field_code", "重点监管领域代码"),
            needs=("document_no",),
        ),
        input_table(
            "abnormal_list", "经营异常及严重违法名单", text("entry_no", "列入决定文号"), credit_code("credit_code"),
            text("name", "名称"), text("list_kind_code", "名单类别代码"), text("reason", "列入原因"),
            day("listed_date", "列入日期"), day("removed_date", "移出日期"), text("authority_name", "作出决定机关"),
            needs=("entry_no",),
        ),
        input_table(
            "serious_list", "严重失信主体名单", text("entry_no", "列入决定文号"), credit_code("credit_code"),
            text("name", "主体名称"), text("list_kind_code", "名单类别代码"), text("legal_basis", "列入依据"),
            day("listed_date", "列入日期"), day("publish_until", "公示截止日期"), day("repaired_date", "信用修复日期"),
            text("authority_name", "认定单位"),
            needs=("entry_no",),
        ),
        input_table(
            "repair", "信用修复决定", text("repair_no", "信用修复决定文号"), text("record_kind_code", "修复对象代码"),
            text("document_no", "处罚决定书文号或列入决定文号"), credit_code("credit_code"),
            citizen_id("id_number", "自然人证件号码"), day("applied_date", "申请日期"), day("decided_date", "决定日期"),
            text("outcome_code", "修复结果代码"), text("authority_name", "作出决定机关"),
            needs=("repair_no",),
        ),
        input_table(
            "dishonest_debtor", "失信被执行人", text("case_no", "案号"), text("subject_kind_code", "被执行人类别代码"),
            text("subject_name", "姓名或名称"), citizen_id("id_number"), credit_code("credit_code"),
            day("published_date", "发布日期"), day("publish_until", "公布截止日期"), text("performance", "履行情况"),
            needs=("case_no",),
        ),
        input_table(
            "tax_grade", "纳税信用等级", credit_code("credit_code"), Column("year", "BIGINT", "评价年度"),
            text("name", "纳税人名称"), text("grade_code", "纳税信用级别"),
            needs=("grade_code", "year"),
        ),
        # what firms are and were called
        input_table("check_registration", "单位登记", credit_code("credit_code"), text("name", "名称")),
        input_table(
            "check_change", "变更登记", credit_code("credit_code"), text("item_code", "变更事项代码"),
            text("before_text", "变更前内容"), text("after_text", "变更后内容"),
        ),
        # who is no more
        input_table(
            "check_resident", "人口基本信息", citizen_id("id_number"), text("name", "姓名"),
            text("status_code", "人口状态代码"),
        ),
        input_table(
            "check_deregistration", "户籍注销", citizen_id("id_number"), text("kind_code", "注销类别代码")
        ),
        input_table("check_death", "死亡医学证明", citizen_id("id_number")),
    )
}  # fmt: skip
