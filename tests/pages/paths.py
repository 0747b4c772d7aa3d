"""Every page, who may open it, and a word of its heading in both languages."""

from __future__ import annotations

EVERYONE = (
    "",
    "steward",
    "auditor",
    "officer",
    "registrar",
    "verifier",
    "consumer",
    "finance",
    "system",
    "security",
    "audits",
)
OFFICIALS = EVERYONE[1:]
_POLICE = ("registrar", "verifier")
_ADMINISTRATORS = ("system", "security", "audits")
_SHARING = ("steward", "auditor", *_POLICE, "consumer")
_REGISTER = tuple(login for login in OFFICIALS if login not in _ADMINISTRATORS)
_PROJECTS = ("steward", "auditor", "officer", "finance")

# path -> who may open it, a word in Chinese, a word in English
PAGES: dict[str, tuple[tuple[str, ...], str, str]] = {
    "/catalog": (EVERYONE, "政务信息资源目录", "Catalog"),
    "/catalog/police_population": (EVERYONE, "共享条件", "Condition"),
    "/catalog/person": (EVERYONE, "批量文件", "Bulk file"),
    "/open": (EVERYONE, "开放数据", "Open data"),
    "/open/statistics_gdp": (EVERYONE, "下载 CSV", "Download CSV"),
    "/bases": (EVERYONE, "平城区", "By county"),
    "/bases/macro_economy": (EVERYONE, "主要经济指标", "Main indicators"),
    "/bases/natural_person": (EVERYONE, "数据来源", "Sources"),
    "/docs": (EVERYONE, "调用方法", "How to call"),
    "/late": (("steward", *_POLICE), "逾期报送", "Late deliveries"),
    "/held": (("steward",), "待确认批次", "Held deliveries"),
    "/my/resources": (("steward", *_POLICE), "部门资源", "Resources of departments"),
    "/my/resources/police_population": (("steward", *_POLICE), "报送历史", "History"),
    "/my/resources/police_population/rules": (
        ("steward", "auditor", *_POLICE),
        "部门自定规则",
        "Rules of the department",
    ),
    "/deliveries": (("steward", *_POLICE), "数据报送", "Deliveries"),
    "/deliveries/{delivery}": (("steward", *_POLICE), "质量问题", "Findings"),
    "/quality": (("steward", "auditor", *_POLICE), "数据质量", "Quality"),
    "/quality/police": (("steward", "auditor", *_POLICE), "待改正问题", "Findings to mend"),
    "/releases": (("steward",), "数据发布版本", "Releases"),
    "/releases/natural_person": (("steward",), "发布与回退记录", "What was in force"),
    "/registration": (("steward", *_POLICE), "目录编制", "Registration"),
    "/registration/new": (("steward", "registrar"), "常见退回原因", "New entry"),
    "/registration/police_population": (("steward", *_POLICE), "办理过程", "Steps so far"),
    "/registration/police_population/form": (("steward", "registrar"), "信息资源名称", "Save"),
    "/registration/police_population/versions": (("steward", *_POLICE), "目录变更记录", "Changes of the entry"),
    "/registration/handed-in": (("steward", *_POLICE), "工作簿上传记录", "Workbooks handed in"),
    "/reviews": (("steward",), "目录审核", "Review"),
    "/sources": (_REGISTER, "一数一源", "One source"),
    "/sources?list=items": (_REGISTER, "已确定的信息项", "Settled items"),
    "/sources/natural_person/person.name": (_REGISTER, "来源顺序及历史", "Ranking and its history"),
    "/source-conflicts": (_SHARING, "数源冲突", "Conflicts of sources"),
    "/spills": (("steward", *_POLICE), "泄密处置", "Spills"),
    "/requests": (_SHARING, "共享申请", "Requests"),
    "/requests/new?resource=police_population": (("consumer",), "应用场景", "Purpose"),
    "/requests/{request}": (_SHARING, "办理过程", "What happened"),
    "/requests/{returned}/resubmission": (("consumer",), "需补正的内容", "To be completed"),
    "/grants": (_SHARING, "共享授权", "Grants"),
    "/grants/{grant}": (_SHARING, "调用方法", "How to call"),
    "/demands": (_SHARING, "供需对接", "Demand and supply"),
    "/demands/new": (("consumer",), "数据说明", "Description"),
    "/demands/{demand}": (("steward", "auditor", *_POLICE, "consumer"), "办理过程", "What happened"),
    "/access": (_SHARING, "我能读到什么", "What may be read"),
    "/access?resource=police_population&department=housing_fund": (_SHARING, "怎么办", "What to do"),
    "/notices": (("steward", *_POLICE, "consumer"), "发给本部门的通知", "What your department was told"),
    "/notices/{notice}": (_POLICE, "通知", "Notice"),
    "/projects": ((*_PROJECTS, *_POLICE, "consumer"), "项目与验收", "Projects"),
    "/projects/{project}": (_PROJECTS, "核验报告", "Reports"),
    "/projects/{project}/reports/{report}": (_PROJECTS, "验收条件核验报告", "Report on the conditions"),
    "/reads": (("auditor",), "调用存证查询", "Who read what"),
    "/people": (_ADMINISTRATORS, "人员", "People"),
    "/people/consumer": (_ADMINISTRATORS, "任职", "Posts"),
    "/clients": (_ADMINISTRATORS, "客户端", "Clients"),
    "/clients/demo-consumer": (_ADMINISTRATORS, "密钥", "Secret"),
    "/logs/sign-ins": (("audits",), "登录日志", "Sign-ins"),
    "/logs/administration": (("audits",), "管理日志", "Acts of administrators"),
}
PUBLIC = [path for path, (who, _, _) in PAGES.items() if "" in who]
