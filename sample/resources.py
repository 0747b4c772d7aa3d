"""What the sample city's departments register: departments, projects, resources and their items.

Structure: the usual departments of a Shanxi prefecture; fields after the resources in use
(公共信用信息 XK_*/CF_* fields, GB/T 36903 licence metadata, the national catalog guide).
Each item is one line of a text table:

    code | Chinese name | type | flags | domain

type: the guide's letter and length (C18, Y18, D). flags: K key, R required, S the citizen
identifier of the person the row is about, L may be asked for by value, P personal, X sensitive,
N not shared. domain: `id:<identifier kind>`, `codes:<code list>`, `range:<low>..<high>`,
`pattern:<RE2>`, `unit:<unit>`, several parted by `;`.
"""

from __future__ import annotations

from dataclasses import dataclass

# slug | name | serial of the unified code | folder form the department likes
DEPARTMENTS = """
digital_government | 市数字政府服务中心
police | 市公安局
civil_affairs | 市民政局
health | 市卫生健康委员会
human_resources | 市人力资源和社会保障局
medical_insurance | 市医疗保障局
education | 市教育局
disabled_persons | 市残疾人联合会
veterans | 市退役军人事务局
housing_fund | 市住房公积金管理中心
market_regulation | 市市场监督管理局
establishment | 市委机构编制委员会办公室
taxation | 市税务局
approval | 市行政审批服务管理局
natural_resources | 市规划和自然资源局
housing | 市住房和城乡建设局
transport | 市交通运输局
emergency | 市应急管理局
court | 市中级人民法院
development_reform | 市发展和改革委员会
statistics | 市统计局
finance | 市财政局
energy | 市能源局
justice | 市司法局
agriculture | 市农业农村局
"""


@dataclass(frozen=True)
class Resource:
    """One resource as its department writes it into the catalog workbook.

    role: `<base>.<input>` that it fills, several parted by 、, or "" for none. form: how it is delivered.
    """

    slug: str
    department: str
    name: str
    role: str
    cycle: str
    share: str
    mode: str
    form: str
    items: str


RESOURCES = (
    Resource("police_population", "police", "人口基本信息", "natural_person.resident、legal_entity.check_resident、license.check_resident、credit.check_resident、geospatial.check_registered",
             "每日", "有条件共享", "全量", "csv_gbk", """
        id_number | 公民身份号码 | C18 | KRSP | id:citizen_id
        name | 姓名 | C50 | RP |
        sex_code | 性别代码 | C1 | RP | codes:GB/T 2261.1
        ethnicity_code | 民族代码 | C2 | P | codes:GB/T 3304
        birth_date | 出生日期 | D | RP |
        registered_address | 户籍地址 | C200 | P |
        registered_division_code | 户籍区划代码 | C6 | RP | codes:GB/T 2260
        household_id | 户号 | C20 | LP |
        household_relation_code | 与户主关系代码 | C2 | P | codes:GB/T 4761
        status_code | 人口状态代码 | C1 | R | codes:人口状态
        """),
    Resource("police_residence_permit", "police", "流动人口居住登记", "natural_person.residence、legal_entity.check_person、license.check_person、geospatial.check_residence",
             "每日", "有条件共享", "增量", "csv_utf8", """
        permit_no | 居住登记编号 | C20 | KRL |
        id_number | 公民身份号码 | C18 | RSLP | id:citizen_id
        name | 姓名 | C50 | RP |
        residence_address | 居住地址 | C200 | RP |
        residence_division_code | 居住地区划代码 | C6 | RP | codes:GB/T 2260
        phone | 联系电话 | C20 | P |
        start_date | 居住起始日期 | D | R |
        end_date | 居住终止日期 | D | |
        """),
    Resource("police_deregistration", "police", "户籍注销", "natural_person.deregistration、legal_entity.deregistration、license.check_deregistration、credit.check_deregistration",
             "每日", "有条件共享", "增量", "csv_gbk", """
        id_number | 公民身份号码 | C18 | KRSP | id:citizen_id
        name | 姓名 | C50 | RP |
        kind_code | 注销类别代码 | C1 | R | codes:户籍注销类别
        deregistered_date | 注销日期 | D | R |
        death_date | 死亡日期 | D | P |
        """),
    Resource("police_driving_licence", "police", "机动车驾驶证", "license.driving_licence",
             "每日", "有条件共享", "全量", "parquet", """
        licence_no | 驾驶证号 | C18 | KRLP |
        id_number | 公民身份号码 | C18 | RSLP | id:citizen_id
        name | 姓名 | C50 | RP |
        vehicle_class | 准驾车型 | C10 | R | codes:准驾车型
        first_issued_date | 初次领证日期 | D | R |
        valid_until | 有效期止 | D | |
        state_code | 状态代码 | C2 | R | codes:证照状态
        """),
    Resource("police_address", "police", "标准地址", "geospatial.standard_address、legal_entity.check_address",
             "每周", "有条件共享", "全量", "csv_utf8", """
        address_code | 地址编码 | C20 | KR |
        full_address | 地址全称 | C200 | R |
        division_code | 县级区划代码 | C6 | R | codes:GB/T 2260
        town_name | 乡镇街道 | C50 | |
        street | 街路巷 | C50 | |
        house_no | 门楼号 | C20 | |
        unit_room | 单元室 | C20 | |
        longitude | 经度 | B | R | range:110..116;unit:度
        latitude | 纬度 | B | R | range:38..42;unit:度
        """),
    Resource("civil_affairs_marriage", "civil_affairs", "婚姻登记", "natural_person.marriage、legal_entity.check_spouse、license.check_spouse",
             "每日", "有条件共享", "增量", "xlsx", """
        certificate_no | 登记证号 | C30 | KR |
        kind_code | 登记类别代码 | C1 | R | codes:婚姻登记类别
        male_id_number | 男方公民身份号码 | C18 | RSLP | id:citizen_id
        male_name | 男方姓名 | C50 | RP |
        female_id_number | 女方公民身份号码 | C18 | RLP | id:citizen_id
        female_name | 女方姓名 | C50 | RP |
        registered_date | 登记日期 | D | R |
        registrar | 登记机关 | C100 | R |
        """),
    Resource("civil_affairs_welfare", "civil_affairs", "低保特困对象", "natural_person.welfare、legal_entity.check_person、license.check_person、geospatial.check_residence",
             "每月", "有条件共享", "全量", "xlsx", """
        id_number | 公民身份号码 | C18 | KRSX | id:citizen_id
        name | 姓名 | C50 | RX |
        family_no | 家庭编号 | C20 | RLX |
        kind_code | 保障类别代码 | C1 | R | codes:社会救助类别
        monthly_amount_cny | 月保障金额 | Y18 | RX | range:0..100000;unit:元
        residence_address | 居住地址 | C200 | P |
        residence_division_code | 居住地区划代码 | C6 | P | codes:GB/T 2260
        start_date | 享受起始日期 | D | R |
        end_date | 享受终止日期 | D | |
        """),
    Resource("civil_affairs_social_organisation", "civil_affairs", "社会组织登记", "legal_entity.social_organisation、license.check_registration、credit.check_registration、geospatial.check_business",
             "每日", "无条件共享", "全量", "csv_utf8", """
        credit_code | 统一社会信用代码 | C18 | KR | id:credit_code
        name | 名称 | C200 | R |
        entity_type_code | 社会组织类型代码 | C4 | R | codes:主体类型
        representative_name | 法定代表人姓名 | C50 | R |
        representative_id_number | 法定代表人证件号码 | C18 | P | id:citizen_id
        supervisor_name | 业务主管单位 | C100 | |
        address | 住所 | C200 | |
        division_code | 住所区划代码 | C6 | R | codes:GB/T 2260
        established_date | 成立日期 | D | R |
        status_code | 登记状态代码 | C1 | R | codes:登记状态
        """),
    Resource("civil_affairs_division", "civil_affairs", "行政区划与地名", "geospatial.division",
             "每年", "无条件共享", "全量", "csv_utf8", """
        division_code | 区划代码 | C12 | KR | pattern:\\d{6}(\\d{3})?(\\d{3})?
        name | 名称 | C100 | R |
        level_code | 级别代码 | C1 | R | codes:区划级别
        parent_code | 上级区划代码 | C12 | |
        valid_from | 启用日期 | D | |
        valid_to | 停用日期 | D | |
        """),
    Resource("health_birth_certificate", "health", "出生医学证明", "license.birth_certificate",
             "每日", "有条件共享", "增量", "jsonl", """
        certificate_no | 证明编号 | C20 | KR |
        child_name | 新生儿姓名 | C50 | RX |
        sex_code | 性别代码 | C1 | RX | codes:GB/T 2261.1
        born_date | 出生日期 | D | RX |
        mother_id_number | 母亲公民身份号码 | C18 | RSLX | id:citizen_id
        father_id_number | 父亲公民身份号码 | C18 | X | id:citizen_id
        issuer_name | 签发机构 | C100 | R |
        issued_date | 签发日期 | D | R |
        """),
    Resource("health_death_certificate", "health", "死亡医学证明", "natural_person.death_certificate、legal_entity.death_certificate、license.check_death、credit.check_death",
             "每日", "有条件共享", "增量", "jsonl", """
        certificate_no | 证明编号 | C20 | KR |
        id_number | 公民身份号码 | C18 | RSLX | id:citizen_id
        name | 姓名 | C50 | RX |
        death_date | 死亡日期 | D | RX |
        cause_class | 死因类别 | C20 | XN |
        issued_date | 签发日期 | D | R |
        """),
    Resource("health_resident_record", "health", "居民健康档案", "natural_person.health_record、geospatial.check_told",
             "每月", "有条件共享", "全量", "csv_utf8", """
        record_no | 健康档案编号 | C17 | KR |
        name | 姓名 | C50 | RP |
        sex_code | 性别代码 | C1 | P | codes:GB/T 2261.1
        birth_date | 出生日期 | D | P |
        id_number | 公民身份号码 | C18 | SLP | id:citizen_id
        phone | 联系电话 | C20 | P |
        residence_address | 现住址 | C200 | P |
        residence_division_code | 现住址区划代码 | C6 | P | codes:GB/T 2260
        opened_date | 建档日期 | D | R |
        """),
    Resource("health_medical_institution", "health", "医疗机构执业许可", "license.medical_institution",
             "每月", "无条件共享", "全量", "xlsx", """
        registration_no | 登记号 | C22 | KR |
        credit_code | 统一社会信用代码 | C18 | RL | id:credit_code
        name | 机构名称 | C200 | R |
        kind | 机构类别 | C50 | R |
        subjects | 诊疗科目 | C500 | |
        issued_date | 发证日期 | D | R |
        valid_until | 有效期止 | D | R |
        state_code | 状态代码 | C2 | R | codes:证照状态
        """),
    Resource("human_resources_social_insurance", "human_resources", "社会保险参保", "natural_person.social_insured、legal_entity.check_employer、legal_entity.check_person、license.check_person",
             "每月", "有条件共享", "全量", "database", """
        id_number | 公民身份号码 | C18 | KRSP | id:citizen_id
        insurance_kind_code | 险种代码 | C2 | KR | codes:社会保险险种
        name | 姓名 | C50 | RP |
        employer_credit_code | 参保单位统一社会信用代码 | C18 | L | id:credit_code
        status_code | 参保状态代码 | C1 | R | codes:参保状态
        start_month | 参保起始年月 | C7 | R | pattern:\\d{4}-\\d{2}
        """),
    Resource("human_resources_insurance_period", "human_resources", "社会保险参保经历", "natural_person.insurance_period",
             "每月", "有条件共享", "全量", "csv_utf8", """
        record_no | 经历编号 | C20 | KR |
        id_number | 公民身份号码 | C18 | RSLP | id:citizen_id
        name | 姓名 | C50 | RP |
        insurance_kind_code | 险种代码 | C2 | R | codes:社会保险险种
        employer_credit_code | 参保单位统一社会信用代码 | C18 | L | id:credit_code
        start_month | 参保起始年月 | C7 | R | pattern:\\d{4}-\\d{2}
        end_month | 参保终止年月 | C7 | R | pattern:\\d{4}-\\d{2}
        """),
    Resource("human_resources_qualification", "human_resources", "专业技术资格", "license.qualification",
             "每月", "有条件共享", "全量", "xlsx", """
        certificate_no | 证书编号 | C30 | KR |
        id_number | 公民身份号码 | C18 | RSLP | id:citizen_id
        name | 姓名 | C50 | RP |
        profession | 专业 | C50 | R |
        grade | 级别 | C10 | R |
        issued_date | 批准日期 | D | R |
        """),
    Resource("medical_insurance_insured", "medical_insurance", "医疗保险参保", "natural_person.medical_insured、legal_entity.check_person、license.check_person",
             "每月", "有条件共享", "全量", "parquet", """
        id_number | 公民身份号码 | C18 | KRSP | id:citizen_id
        name | 姓名 | C50 | RP |
        sex_code | 性别代码 | C1 | P | codes:GB/T 2261.1
        birth_date | 出生日期 | D | P |
        kind_code | 险种代码 | C1 | R | codes:医疗保险险种
        pooling_division_code | 统筹区代码 | C6 | R | codes:GB/T 2260
        phone | 联系电话 | C20 | P |
        status_code | 参保状态代码 | C1 | R | codes:参保状态
        """),
    Resource("education_student", "education", "学籍", "natural_person.student、legal_entity.check_person、license.check_person",
             "每半年", "有条件共享", "全量", "xlsx", """
        student_no | 学籍号 | C20 | KR |
        id_number | 公民身份号码 | C18 | RSLX | id:citizen_id
        name | 姓名 | C50 | RX |
        school_name | 学校 | C100 | R |
        grade | 年级 | C10 | R |
        status_code | 学籍状态代码 | C1 | R | codes:学籍状态
        """),
    Resource("disabled_persons_card", "disabled_persons", "残疾人证", "license.disabled_card、natural_person.disability",
             "每月", "有条件共享", "全量", "csv_gbk", """
        card_no | 残疾人证号 | C20 | KRX |
        id_number | 公民身份号码 | C18 | RSLX | id:citizen_id
        name | 姓名 | C50 | RX |
        disability_kind_code | 残疾类别代码 | C1 | RX | codes:残疾类别
        disability_level_code | 残疾等级代码 | C1 | RX | codes:残疾等级
        issued_date | 签发日期 | D | R |
        valid_until | 有效期止 | D | R |
        """),
    Resource("veterans_preference", "veterans", "优待对象", "license.veteran_card、natural_person.veteran",
             "每季度", "有条件共享", "全量", "csv_gbk", """
        card_no | 优待证号 | C20 | KR |
        id_number | 公民身份号码 | C18 | RSLP | id:citizen_id
        name | 姓名 | C50 | RP |
        kind_code | 优待类别代码 | C1 | R | codes:优待类别
        issued_date | 发证日期 | D | R |
        """),
    Resource("housing_fund_deposit", "housing_fund", "住房公积金缴存", "natural_person.housing_fund、legal_entity.check_employer、legal_entity.check_person、license.check_person、geospatial.check_residence",
             "每月", "有条件共享", "全量", "database", """
        account_no | 个人账号 | C20 | KR |
        id_number | 公民身份号码 | C18 | RSLP | id:citizen_id
        name | 姓名 | C50 | RP |
        employer_credit_code | 单位统一社会信用代码 | C18 | L | id:credit_code
        residence_address | 居住地址 | C200 | P |
        residence_division_code | 居住地区划代码 | C6 | P | codes:GB/T 2260
        monthly_base_cny | 缴存基数 | Y18 | X | range:0..1000000;unit:元
        status_code | 账户状态代码 | C1 | R | codes:公积金账户状态
        """),
    Resource("market_regulation_enterprise", "market_regulation", "企业登记", "legal_entity.enterprise、license.check_registration、credit.check_registration、geospatial.check_business",
             "每日", "无条件共享", "全量", "csv_gbk", """
        credit_code | 统一社会信用代码 | C18 | KR | id:credit_code
        registration_no | 注册号 | C15 | |
        name | 企业名称 | C200 | RL |
        entity_type_code | 企业类型代码 | C4 | R | codes:主体类型
        representative_kind_code | 法定代表人（执行事务合伙人）类别代码 | C1 | R | codes:相对人类别
        representative_name | 法定代表人（执行事务合伙人） | C200 | R |
        representative_id_number | 法定代表人证件号码 | C18 | P | id:citizen_id
        representative_credit_code | 执行事务合伙人统一社会信用代码 | C18 | | id:credit_code
        registered_capital_cny_10k | 注册资本 | Y18 | | range:0..100000000;unit:万元
        established_date | 成立日期 | D | R |
        business_scope | 经营范围 | M | |
        address | 住所 | C200 | R |
        division_code | 住所区划代码 | C6 | R | codes:GB/T 2260
        industry_code | 行业门类代码 | C1 | R | codes:GB/T 4754
        industry_class_code | 行业小类代码 | C5 | |
        registration_authority | 登记机关 | C100 | R |
        status_code | 登记状态代码 | C1 | R | codes:登记状态
        cancelled_date | 注销日期 | D | |
        """),
    Resource("market_regulation_individual", "market_regulation", "个体工商户登记", "legal_entity.individual_business、license.check_registration、credit.check_registration、geospatial.check_business",
             "每日", "无条件共享", "全量", "csv_utf8", """
        credit_code | 统一社会信用代码 | C18 | KR | id:credit_code
        registration_no | 注册号 | C15 | |
        name | 字号名称 | C200 | R |
        operator_name | 经营者姓名 | C50 | R |
        operator_id_number | 经营者证件号码 | C18 | P | id:citizen_id
        established_date | 注册日期 | D | R |
        business_scope | 经营范围 | M | |
        address | 经营场所 | C200 | R |
        division_code | 经营场所区划代码 | C6 | R | codes:GB/T 2260
        industry_code | 行业门类代码 | C1 | R | codes:GB/T 4754
        industry_class_code | 行业小类代码 | C5 | |
        status_code | 登记状态代码 | C1 | R | codes:登记状态
        """),
    Resource("market_regulation_shareholder", "market_regulation", "股东及出资", "legal_entity.shareholding",
             "每日", "有条件共享", "全量", "parquet", """
        credit_code | 企业统一社会信用代码 | C18 | KR | id:credit_code
        serial | 股东序号 | I | KR | range:1..200
        shareholder_kind_code | 股东类别代码 | C1 | R | codes:相对人类别
        shareholder_name | 股东名称 | C200 | R |
        shareholder_id_number | 股东证件号码 | C18 | SLP | id:citizen_id
        shareholder_credit_code | 股东统一社会信用代码 | C18 | L | id:credit_code
        subscribed_cny_10k | 认缴出资额 | Y18 | R | range:0..100000000;unit:万元
        ratio_pct | 出资比例 | N10 | R | range:0..100;unit:%
        """),
    Resource("market_regulation_change", "market_regulation", "市场主体变更登记", "legal_entity.change、license.check_change、credit.check_change",
             "每日", "无条件共享", "增量", "csv_utf8", """
        change_no | 变更核准文号 | C30 | KR |
        credit_code | 统一社会信用代码 | C18 | RL | id:credit_code
        item_code | 变更事项代码 | C2 | R | codes:登记变更事项
        before_text | 变更前内容 | C200 | R |
        after_text | 变更后内容 | C200 | R |
        before_id_number | 变更前法定代表人证件号码 | C18 | P | id:citizen_id
        after_id_number | 变更后法定代表人证件号码 | C18 | P | id:citizen_id
        changed_date | 变更核准日期 | D | R |
        """),
    Resource("market_regulation_abnormal_list", "market_regulation", "经营异常及严重违法名单", "credit.abnormal_list",
             "每日", "无条件共享", "增量", "csv_utf8", """
        entry_no | 列入决定文号 | C50 | KR |
        credit_code | 统一社会信用代码 | C18 | RL | id:credit_code
        name | 名称 | C200 | R |
        list_kind_code | 名单类别代码 | C1 | R | codes:信用名单类别
        reason | 列入原因 | C200 | R |
        listed_date | 列入日期 | D | R |
        removed_date | 移出日期 | D | |
        authority_name | 作出决定机关 | C100 | R |
        """),
    Resource("market_regulation_penalty", "market_regulation", "行政处罚", "credit.penalty",
             "每日", "无条件共享", "增量", "xlsx", """
        document_no | 行政处罚决定书文号 | C50 | KR |
        subject_kind_code | 行政相对人类别代码 | C1 | R | codes:相对人类别
        subject_name | 行政相对人名称 | C200 | R |
        credit_code | 统一社会信用代码 | C18 | L | id:credit_code
        id_number | 自然人证件号码 | C18 | SLP | id:citizen_id
        violation_kind | 违法行为类型 | C100 | R |
        facts | 违法事实 | M | |
        penalty_kind_code | 处罚类别代码 | C1 | R | codes:处罚类别
        fine_cny_10k | 罚款金额 | Y18 | | range:0..100000;unit:万元
        severity_code | 失信程度代码 | C1 | | codes:失信程度
        field_code | 重点监管领域代码 | C1 | | codes:重点监管领域
        decided_date | 处罚决定日期 | D | R |
        publish_until | 公示截止日期 | D | R |
        authority_name | 处罚机关 | C100 | R |
        authority_code | 处罚机关统一社会信用代码 | C18 | R | id:credit_code
        submitted_date | 数据报送日期 | D | R |
        """),
    Resource("establishment_institution", "establishment", "机关事业单位法人", "legal_entity.institution、license.check_registration、credit.check_registration、geospatial.check_business",
             "每月", "无条件共享", "全量", "xlsx", """
        credit_code | 统一社会信用代码 | C18 | KR | id:credit_code
        name | 名称 | C200 | R |
        entity_type_code | 单位类型代码 | C4 | R | codes:主体类型
        representative_name | 法定代表人（负责人） | C50 | R |
        representative_id_number | 法定代表人证件号码 | C18 | P | id:citizen_id
        organiser_name | 举办单位 | C100 | |
        funding | 经费来源 | C50 | |
        address | 住所 | C200 | |
        division_code | 住所区划代码 | C6 | R | codes:GB/T 2260
        established_date | 成立日期 | D | |
        status_code | 登记状态代码 | C1 | R | codes:登记状态
        """),
    Resource("taxation_taxpayer", "taxation", "纳税人登记与状态", "legal_entity.taxpayer、license.check_taxpayer、geospatial.check_business",
             "每月", "有条件共享", "全量", "csv_utf8", """
        credit_code | 统一社会信用代码 | C18 | KR | id:credit_code
        name | 纳税人名称 | C200 | R |
        taxpayer_state_code | 纳税人状态代码 | C2 | R | codes:纳税人状态
        representative_name | 法定代表人（负责人）姓名 | C200 | R |
        representative_id_number | 法定代表人（负责人）证件号码 | C18 | P | id:citizen_id
        address | 生产经营地址 | C200 | |
        tax_office | 主管税务所 | C100 | R |
        """),
    Resource("taxation_credit_grade", "taxation", "纳税信用等级", "credit.tax_grade",
             "每年", "有条件共享", "全量", "xlsx", """
        credit_code | 统一社会信用代码 | C18 | KR | id:credit_code
        year | 评价年度 | I | KR | range:2014..2100
        name | 纳税人名称 | C200 | R |
        grade_code | 纳税信用级别 | C1 | R | codes:纳税信用级别
        """),
    Resource("approval_permit", "approval", "行政许可结果", "credit.permit",
             "每日", "无条件共享", "增量", "csv_utf8", """
        document_no | 行政许可决定文书号 | C50 | KR |
        subject_kind_code | 行政相对人类别代码 | C1 | R | codes:相对人类别
        subject_name | 行政相对人名称 | C200 | R |
        credit_code | 统一社会信用代码 | C18 | L | id:credit_code
        id_number | 自然人证件号码 | C18 | SLP | id:citizen_id
        permit_kind | 许可类别 | C50 | R |
        certificate_name | 许可证书名称 | C100 | |
        certificate_no | 许可编号 | C50 | |
        content | 许可内容 | M | R |
        decided_date | 许可决定日期 | D | R |
        valid_from | 有效期自 | D | R |
        valid_until | 有效期至 | D | R |
        authority_name | 许可机关 | C100 | R |
        authority_code | 许可机关统一社会信用代码 | C18 | R | id:credit_code
        submitted_date | 数据报送日期 | D | R |
        """),
    Resource("approval_licence", "approval", "电子证照目录", "license.licence",
             "实时", "有条件共享", "增量", "jsonl", """
        licence_id | 证照标识 | C80 | KR | id:licence_id
        licence_type_code | 证照类型代码 | C21 | R |
        licence_type_name | 证照名称 | C100 | R |
        licence_no | 证照编号 | C50 | RL |
        holder_kind_code | 持证主体类别代码 | C1 | R | codes:相对人类别
        holder_name | 持证主体 | C200 | R |
        holder_id_number | 持证主体身份证件号码 | C18 | SLP | id:citizen_id
        holder_credit_code | 持证主体统一社会信用代码 | C18 | L | id:credit_code
        issuer_name | 颁发机构 | C100 | R |
        issuer_code | 颁发机构代码 | C18 | R | id:credit_code
        issued_date | 颁发日期 | D | R |
        valid_from | 有效期起 | D | R |
        valid_until | 有效期止 | D | |
        state_code | 证照状态代码 | C2 | R | codes:证照状态
        """),
    Resource("approval_licence_type", "approval", "电子证照类型目录", "license.licence_type",
             "每年", "无条件共享", "全量", "csv_utf8", """
        licence_type_code | 证照类型代码 | C21 | KR | pattern:[0-9A-Z]{21}
        licence_type_name | 证照名称 | C100 | R |
        standard_body_name | 标准制定机构 | C100 | R |
        holder_class_code | 持证主体类别代码 | C1 | R | codes:持证主体类别
        has_term | 是否有有效期 | L | R |
        issuer_name | 颁发机构 | C100 | R |
        valid_from | 启用日期 | D | R |
        valid_until | 停用日期 | D | |
        """),
    Resource("approval_licence_co_holder", "approval", "电子证照共同持证主体", "license.co_holder",
             "每日", "有条件共享", "全量", "csv_utf8", """
        licence_id | 证照标识 | C80 | KRL |
        holder_no | 持证主体序号 | C2 | KR |
        holder_kind_code | 持证主体类别代码 | C1 | R | codes:相对人类别
        holder_name | 持证主体 | C200 | RP |
        id_number | 公民身份号码 | C18 | SLP | id:citizen_id
        credit_code | 统一社会信用代码 | C18 | L | id:credit_code
        """),
    Resource("approval_licence_step", "approval", "电子证照办理记录", "license.licence_step",
             "每日", "有条件共享", "增量", "jsonl", """
        step_no | 办理流水号 | C30 | KR |
        licence_id | 证照标识 | C80 | RL |
        previous_licence_id | 原证照标识 | C80 | |
        operation_code | 办理类型代码 | C2 | R | codes:证照办理类型
        state_code | 办理后状态代码 | C2 | R | codes:证照状态
        operated_date | 办理日期 | D | R |
        reason | 事由 | C200 | |
        """),
    Resource("natural_resources_real_estate", "natural_resources", "不动产登记", "license.real_estate",
             "每日", "有条件共享", "全量", "parquet", """
        unit_no | 不动产单元号 | C28 | KR |
        certificate_no | 不动产权证号 | C50 | RL |
        holder_kind_code | 权利人类别代码 | C1 | R | codes:相对人类别
        holder_name | 权利人 | C200 | RP |
        holder_id_number | 权利人身份证件号码 | C18 | SLP | id:citizen_id
        holder_credit_code | 权利人统一社会信用代码 | C18 | L | id:credit_code
        address | 坐落 | C200 | R |
        area_m2 | 面积 | N18 | R | range:0..10000000;unit:平方米
        use | 用途 | C50 | R |
        registered_date | 登记日期 | D | R |
        """),
    Resource("natural_resources_boundary", "natural_resources", "行政界线", "geospatial.boundary",
             "每年", "无条件共享", "全量", "geojson", """
        division_code | 区划代码 | C6 | KR | codes:GB/T 2260
        name | 名称 | C50 | R |
        geometry | 界线几何 | G | R |
        """),
    Resource("housing_construction_permit", "housing", "施工许可", "license.construction_permit",
             "每周", "无条件共享", "增量", "csv_gbk", """
        permit_no | 施工许可证号 | C30 | KR |
        project_name | 工程名称 | C200 | R |
        builder_credit_code | 建设单位统一社会信用代码 | C18 | RL | id:credit_code
        builder_name | 建设单位 | C200 | R |
        contractor_credit_code | 施工单位统一社会信用代码 | C18 | L | id:credit_code
        area_m2 | 建筑面积 | N18 | | range:0..10000000;unit:平方米
        issued_date | 发证日期 | D | R |
        """),
    Resource("transport_operation_licence", "transport", "道路运输经营许可", "license.road_transport",
             "每周", "有条件共享", "全量", "xlsx", """
        licence_no | 许可证号 | C30 | KR |
        credit_code | 统一社会信用代码 | C18 | RL | id:credit_code
        name | 经营业户名称 | C200 | R |
        plate_no | 车牌号 | C10 | L |
        issued_date | 发证日期 | D | R |
        valid_until | 有效期止 | D | R |
        """),
    Resource("emergency_safety_licence", "emergency", "安全生产许可", "license.safety_licence",
             "每周", "无条件共享", "全量", "xlsx", """
        licence_no | 许可证编号 | C30 | KR |
        credit_code | 统一社会信用代码 | C18 | RL | id:credit_code
        name | 单位名称 | C200 | R |
        scope | 许可范围 | C200 | R |
        issued_date | 发证日期 | D | R |
        valid_until | 有效期止 | D | R |
        state_code | 状态代码 | C2 | R | codes:证照状态
        """),
    Resource("court_dishonest_debtor", "court", "失信被执行人", "credit.dishonest_debtor",
             "每日", "无条件共享", "全量", "csv_utf8", """
        case_no | 案号 | C50 | KR |
        subject_kind_code | 被执行人类别代码 | C1 | R | codes:相对人类别
        subject_name | 姓名或名称 | C200 | R |
        id_number | 公民身份号码 | C18 | SLP | id:citizen_id
        credit_code | 统一社会信用代码 | C18 | L | id:credit_code
        filed_date | 立案日期 | D | R |
        published_date | 发布日期 | D | R |
        publish_until | 公布截止日期 | D | R |
        performance | 履行情况 | C50 | R |
        """),
    Resource("development_reform_credit_list", "development_reform", "严重失信主体名单", "credit.serious_list",
             "每日", "无条件共享", "全量", "xlsx", """
        entry_no | 列入决定文号 | C50 | KR |
        credit_code | 统一社会信用代码 | C18 | RL | id:credit_code
        name | 主体名称 | C200 | R |
        list_kind_code | 名单类别代码 | C1 | R | codes:信用名单类别
        legal_basis | 列入依据 | C200 | R |
        listed_date | 列入日期 | D | R |
        publish_until | 公示截止日期 | D | R |
        repaired_date | 信用修复日期 | D | |
        authority_name | 认定单位 | C100 | R |
        """),
    Resource("development_reform_repair", "development_reform", "信用修复决定", "credit.repair",
             "每日", "有条件共享", "增量", "jsonl", """
        repair_no | 信用修复决定文号 | C50 | KR |
        record_kind_code | 修复对象代码 | C1 | R | codes:信用修复对象
        document_no | 处罚决定书文号或列入决定文号 | C50 | RL |
        credit_code | 统一社会信用代码 | C18 | L | id:credit_code
        id_number | 自然人证件号码 | C18 | SLP | id:citizen_id
        applied_date | 申请日期 | D | R |
        decided_date | 决定日期 | D | R |
        outcome_code | 修复结果代码 | C1 | R | codes:信用修复结果
        authority_name | 作出决定机关 | C100 | R |
        """),
    Resource("statistics_division", "statistics", "统计用区划代码", "geospatial.statistical_division",
             "每年", "无条件共享", "全量", "xlsx", """
        division_code | 统计用区划代码 | C12 | KR | pattern:\\d{6}(\\d{3})?(\\d{3})?
        name | 名称 | C100 | R |
        level_code | 级别代码 | C1 | R | codes:区划级别
        parent_code | 上级区划代码 | C12 | |
        """),
    Resource("statistics_monthly_indicator", "statistics", "月度主要经济指标", "macro_economy.monthly_indicator",
             "每月", "无条件共享", "增量", "xlsx", "@observation"),
    Resource("statistics_gdp", "statistics", "地区生产总值季度核算", "macro_economy.gdp",
             "每季度", "无条件共享", "增量", "xlsx", "@observation"),
    Resource("finance_budget", "finance", "一般公共预算收支", "macro_economy.budget",
             "每月", "无条件共享", "增量", "csv_gbk", "@observation"),
    Resource("energy_output", "energy", "原煤产量与用电量", "macro_economy.energy",
             "每月", "有条件共享", "增量", "csv_utf8", "@observation"),
    Resource("justice_lawyer", "justice", "律师执业", "license.lawyer",
             "每月", "无条件共享", "全量", "csv_utf8", """
        practice_no | 执业证号 | C20 | KR |
        id_number | 公民身份号码 | C18 | SLP | id:citizen_id
        name | 姓名 | C50 | R |
        firm_name | 执业机构 | C100 | R |
        issued_date | 发证日期 | D | R |
        state_code | 状态代码 | C2 | R | codes:证照状态
        """),
    Resource("agriculture_cooperative", "agriculture", "农民专业合作社", "legal_entity.cooperative、license.check_registration、credit.check_registration、geospatial.check_business",
             "每年", "有条件共享", "全量", "csv_gbk", """
        credit_code | 统一社会信用代码 | C18 | KR | id:credit_code
        name | 名称 | C200 | R |
        representative_name | 法定代表人 | C50 | R |
        representative_id_number | 法定代表人证件号码 | C18 | P | id:citizen_id
        address | 住所 | C200 | |
        division_code | 住所区划代码 | C6 | R | codes:GB/T 2260
        established_date | 成立日期 | D | R |
        status_code | 登记状态代码 | C1 | R | codes:登记状态
        """),
)  # fmt: skip

# The macro series share one shape, after SDMX; 万元 and 亿元 are told apart by unit and unit_mult.
OBSERVATION_ITEMS = """
        indicator_code | 指标代码 | C30 | KR |
        indicator_name | 指标名称 | C100 | R |
        ref_area | 地区代码 | C6 | KR | codes:统计地区
        freq_code | 频率代码 | C1 | KR | codes:CL_FREQ
        time_period | 时间 | C20 | KR | pattern:\\d{4}(-\\d{2}|-Q[1-4]|-\\d{2}-\\d{2}/P2M)?
        period_kind_code | 当期或累计 | C10 | KR | codes:期间类型
        measure_code | 计量代码 | C8 | KR | codes:指标计量
        price_basis_code | 价格基准代码 | C1 | R | codes:价格基准
        obs_value | 数值 | B | |
        unit | 计量单位 | C20 | R |
        unit_mult | 单位幂次 | I | R | range:0..12
        obs_status_code | 数据状态代码 | C1 | R | codes:CL_OBS_STATUS
        release_date | 发布日期 | D | KR |
"""
