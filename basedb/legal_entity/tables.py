"""Tables of the base of legal entities."""

from __future__ import annotations

from basedb.spec import classes, golden, record_key, source
from catalog.vocab import Column, IdentifierKind, Mask, Sensitivity, ShareType, TableSpec

CONDITIONAL = ShareType.CONDITIONAL

ENTITY = TableSpec(
    "legal_entity",
    title="法人及其他组织",
    title_en="Legal entity",
    grain="每个统一社会信用代码一行",
    key=("credit_code",),
    lookup=("credit_code", "organisation_code", "registration_no", "name"),
    columns=(
        record_key(),
        Column("credit_code", "VARCHAR", "统一社会信用代码", "Unified social credit code", required=True,
               identifier=IdentifierKind.CREDIT_CODE, source="GB 32100"),
        Column("is_code_valid", "BOOLEAN", "代码校验通过", "Code passes its check", required=True, source="GB 32100"),
        Column("organisation_code", "VARCHAR", "组织机构代码", "Organisation code", source="GB 11714"),
        *golden(Column("registration_no", "VARCHAR", "注册号", "Registration number", max_length=15)),
        Column("kind_code", "VARCHAR", "法人类别代码", "Kind of entity", code_list="法人类别"),
        *golden(Column("name", "VARCHAR", "名称", "Name", required=True, max_length=200)),
        *golden(Column("entity_type_code", "VARCHAR", "主体类型代码", "Entity type", code_list="主体类型")),
        *golden(Column("status_code", "VARCHAR", "登记状态代码", "Registration status", code_list="登记状态")),
        *golden(Column("established_date", "DATE", "成立日期", "Established on")),
        *golden(Column("cancelled_date", "DATE", "注销日期", "Struck off on")),
        *golden(Column("registered_capital_cny_10k", "DECIMAL(18,2)", "注册资本", "Registered capital", unit="万元")),
        *golden(Column("industry_code", "VARCHAR", "行业门类代码", "Industry", code_list="GB/T 4754",
                       source="GB/T 4754-2017")),
        *golden(Column("industry_class_code", "VARCHAR", "行业小类代码", "Industry class", source="GB/T 4754-2017")),
        Column("industry_division_code", "VARCHAR", "行业大类代码", "Industry division", code_list="GB/T 4754 大类",
               source="GB/T 4754-2017"),
        *golden(Column("address", "VARCHAR", "住所", "Registered address", max_length=200)),
        Column("address_key", "VARCHAR", "住所标准地址记录键", "Key of the registered address"),
        *golden(Column("business_address", "VARCHAR", "生产经营地址", "Business address", max_length=200,
                       share_type=CONDITIONAL)),
        Column("business_address_key", "VARCHAR", "生产经营标准地址记录键", "Key of the business address",
               share_type=CONDITIONAL),
        *golden(Column("division_code", "VARCHAR", "住所区划代码", "Division", code_list="GB/T 2260",
                       source="GB/T 2260")),
        *golden(Column("representative_name", "VARCHAR", "法定代表人（负责人）", "Legal representative")),
        *golden(Column("taxpayer_state_code", "VARCHAR", "纳税人状态代码", "Taxpayer state", code_list="纳税人状态",
                       share_type=CONDITIONAL)),
    ),
)  # fmt: skip

REPRESENTATIVE = TableSpec(
    "representative",
    title="法定代表人（负责人）",
    title_en="Legal representative",
    grain="每个有法定代表人的法人一行",
    key=("entity_key",),
    lookup=("entity_key", "person_key", "partner_entity_key"),
    birth_column="birth_date",
    columns=(
        record_key(),
        Column("entity_key", "VARCHAR", "法人记录键", "Entity key", required=True),
        Column("kind_code", "VARCHAR", "类别代码", "Kind", required=True, code_list="相对人类别"),
        Column("name", "VARCHAR", "姓名或名称", "Name", required=True, sensitivity=Sensitivity.PERSONAL),
        Column("person_key", "VARCHAR", "自然人记录键", "Person key", share_type=CONDITIONAL,
               sensitivity=Sensitivity.PERSONAL),
        Column("partner_entity_key", "VARCHAR", "执行事务合伙人记录键", "Partner entity key"),
        Column("id_number_raw", "VARCHAR", "证件号码（原文）", "Identifier as delivered", share_type=CONDITIONAL,
               sensitivity=Sensitivity.SENSITIVE, mask=Mask.HIDDEN),
        source(),
        *classes(),
    ),
)  # fmt: skip

SHAREHOLDER = TableSpec(
    "shareholder",
    title="股东及出资",
    title_en="Shareholder",
    grain="每个法人的每个股东序号一行",
    key=("entity_key", "serial"),
    lookup=("entity_key", "person_key", "partner_entity_key"),
    birth_column="birth_date",
    columns=(
        record_key(),
        Column("entity_key", "VARCHAR", "法人记录键", "Entity key", required=True, share_type=CONDITIONAL),
        Column("serial", "BIGINT", "股东序号", "Serial", required=True, share_type=CONDITIONAL),
        Column("kind_code", "VARCHAR", "股东类别代码", "Kind", required=True, code_list="相对人类别",
               share_type=CONDITIONAL),
        Column("name", "VARCHAR", "股东名称", "Name", required=True, share_type=CONDITIONAL,
               sensitivity=Sensitivity.PERSONAL, mask=Mask.PARTIAL),
        Column("person_key", "VARCHAR", "自然人记录键", "Person key", share_type=CONDITIONAL,
               sensitivity=Sensitivity.PERSONAL),
        Column("partner_entity_key", "VARCHAR", "法人股东记录键", "Entity shareholder key", share_type=CONDITIONAL),
        Column("subscribed_cny_10k", "DECIMAL(18,2)", "认缴出资额", "Subscribed capital", unit="万元",
               share_type=CONDITIONAL),
        Column("ratio_pct", "DECIMAL(18,4)", "出资比例", "Share", unit="%", share_type=CONDITIONAL),
        source(CONDITIONAL),
        *classes(),
    ),
)  # fmt: skip

CONFLICT = TableSpec(
    "legal_entity_conflict",
    title="法人信息冲突",
    title_en="Conflicting statements on a legal entity",
    grain="每个法人的每个属性与每个不一致来源一行",
    key=("entity_key", "attribute", "other_source"),
    lookup=("entity_key",),
    columns=(
        record_key(),
        Column("entity_key", "VARCHAR", "法人记录键", "Entity key", required=True, share_type=CONDITIONAL),
        Column("attribute", "VARCHAR", "信息项", "Attribute", required=True, share_type=CONDITIONAL),
        Column("chosen_source", "UTINYINT", "采信来源", "Chosen source", share_type=CONDITIONAL),
        Column("other_source", "UTINYINT", "不一致来源", "Contradicting source", required=True,
               share_type=CONDITIONAL),
        Column("other_value", "VARCHAR", "不一致的值", "Contradicting value", share_type=CONDITIONAL,
               sensitivity=Sensitivity.SENSITIVE, mask=Mask.HIDDEN),
    ),
)  # fmt: skip


def _entity_key() -> Column:
    return Column("entity_key", "VARCHAR", "法人记录键", "Entity key", required=True)


def _interval() -> tuple[Column, ...]:
    return (
        Column("valid_from", "DATE", "起始日期（空为不详）", "From; empty: unknown"),
        Column("valid_to", "DATE", "终止日期（不含当日，空为至今）", "Until (that day not included); empty: still"),
        source(),
    )


NAME = TableSpec(
    "entity_name",
    title="法人名称沿革",
    title_en="Names of a legal entity",
    grain="每个法人的每个名称每段使用期一行",
    key=("record_key",),
    lookup=("entity_key", "name"),
    columns=(
        record_key(),
        _entity_key(),
        Column("name", "VARCHAR", "名称", "Name", required=True, max_length=200),
        *_interval(),
    ),
)

STATUS = TableSpec(
    "entity_status",
    title="法人登记状态沿革",
    title_en="Registration states of a legal entity",
    grain="每个法人的每个登记状态每段存续期一行",
    key=("record_key",),
    lookup=("entity_key",),
    columns=(
        record_key(),
        _entity_key(),
        Column("status_code", "VARCHAR", "登记状态代码", "Registration status", required=True, code_list="登记状态"),
        *_interval(),
    ),
)

TERM = TableSpec(
    "representative_term",
    title="法定代表人（负责人）任期",
    title_en="Terms of legal representatives",
    grain="每个法人的每任法定代表人（负责人）一行",
    key=("record_key",),
    lookup=("entity_key", "person_key", "partner_entity_key"),
    birth_column="birth_date",
    columns=(
        record_key(),
        _entity_key(),
        Column("name", "VARCHAR", "姓名或名称", "Name", required=True, sensitivity=Sensitivity.PERSONAL),
        Column("person_key", "VARCHAR", "自然人记录键", "Person key", share_type=CONDITIONAL,
               sensitivity=Sensitivity.PERSONAL),
        Column("partner_entity_key", "VARCHAR", "执行事务合伙人记录键", "Partner entity key"),
        *_interval(),
        *classes(),
    ),
)  # fmt: skip
