"""Every field of a catalog workbook, told once: meaning, example, usual return reasons, basis.

The template's first sheet, its cell notes, the pages and the reader's limits all come from here.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType

from catalog.guide import CLASS_DIGITS, PROJECT_KINDS, PROJECT_STATES
from catalog.vocab import (
    DataType,
    DeliveryMode,
    FormatClass,
    IdentifierKind,
    Sensitivity,
    ShareChannel,
    ShareMethod,
    ShareType,
    Term,
    UpdateCycle,
)

GUIDE = "《政务信息资源目录编制指南（试行）》（发改高技〔2017〕1272号）"
DECREE = "《政务数据共享条例》（国务院令第809号）"
LOCAL = "《大同市政务信息化项目建设应用管理办法》"
SECRECY = "《中华人民共和国保守国家秘密法》"
PERSONAL = "《中华人民共和国个人信息保护法》"
HOUSE = "平台报送约定"
YES_NO = ("是", "否")


class Level(StrEnum):
    """Which sheet and part a field belongs to."""

    DEPARTMENT = "department"
    PROJECT = "project"
    RESOURCE = "resource"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class Field:
    """One field. choices: the only values; required: an empty cell is a fault; limit: characters at most."""

    heading: str
    level: Level
    english: str
    meaning: str
    example: str
    returns: str
    basis: str
    required: bool = False
    choices: tuple[str, ...] = ()
    limit: int = 200


def _labels(kind: type[Term]) -> tuple[str, ...]:
    return tuple(member.label for member in kind)


_D, _P, _R, _I = Level.DEPARTMENT, Level.PROJECT, Level.RESOURCE, Level.ITEM
FIELDS: tuple[Field, ...] = (
    Field("部门名称", _D, "Department", "部门全称，与机构编制批复一致", "大同市公安局", "写成简称或内设机构名称", GUIDE, True),
    Field("部门标识", _D, "Department slug", "部门在平台的固定标识，登记后不变", "police", "与已登记的标识不一致", HOUSE,
          True, limit=64),
    Field("统一社会信用代码", _D, "Unified code", "部门的 18 位统一社会信用代码", "11140200012345678X",
          "一个部门填了两个代码", GUIDE, True, limit=18),
    Field("区划代码", _D, "Division code", "所在地行政区划代码", "140200", "填写了统计用代码", "GB/T 2260", True, limit=12),
    Field("上级部门标识", _D, "Upper department", "主管部门的部门标识，可空", "digital_government", "填写了名称而非标识", HOUSE,
          limit=64),
    Field("目录负责人", _D, "Catalog officer", "本部门目录编制的负责人", "王建国", "未落实到人", DECREE, limit=50),
    Field("校核负责人", _D, "Verifier", "本部门数据校核的负责人", "李淑兰", "未落实到人", LOCAL + "第三十四条", limit=50),
    Field("项目编码", _P, "Project code", "政务信息化项目的编码", "P2026-001", "未申请编码即填报", LOCAL + "第十一条", True,
          limit=40),
    Field("项目名称", _P, "Project", "与批复一致的项目名称", "企业登记全程电子化项目", "与批复名称不一致", LOCAL + "第十条", True),
    Field("项目类型", _P, "Kind", "项目的类型", "软件开发", "硬件类项目填成软件类", LOCAL, True, PROJECT_KINDS, 20),
    Field("建设状态", _P, "State", "拟建项目的资源只编目录，不报送数据", "在建", "建成后未改状态", LOCAL, True, PROJECT_STATES, 20),
    Field("上线日期", _P, "Go-live", "系统上线或计划上线的日期", "2026-03-31", "日期写成文字", LOCAL),
    Field("系统编码", _P, "System code", "项目所建系统的编码", "S2026-001-01", "与资源所填系统编码不一致", LOCAL, limit=40),
    Field("系统名称", _P, "System", "系统全称", "企业登记业务系统", "与批复不一致", LOCAL),
    Field("无数据声明", _P, "No-data statement", "不产生数据的项目填写签字声明", "本项目仅更新机房设备，不产生政务数据资源",
          "没有签字人和日期", LOCAL + "第二十四条", limit=500),
    Field("类", _R, "Class", "基础、主题或部门信息资源", "部门信息资源", "部门资源填成基础资源", GUIDE, True, tuple(CLASS_DIGITS)),
    Field("项", _R, "Item", "类下的项代码，2 位数字", "02", "前导零丢失", GUIDE, True, limit=10),
    Field("目", _R, "Category", "项下的目代码，3 位数字", "001", "前导零丢失", GUIDE, True, limit=10),
    Field("细目", _R, "Sub-category", "目下需要再分时填写", "01", "没有再分却填写", GUIDE, limit=20),
    Field("信息资源名称", _R, "Name", "反映数据内容的名称", "企业登记基本信息", "填了系统名称；与已有资源只差标点", GUIDE, True),
    Field("信息资源代码", _R, "Code", "平台登记时赋予，填报时留空", "302001/000001", "自行编造或改动代码", GUIDE, limit=64),
    Field("信息资源提供方", _R, "Provider", "提供数据的部门全称", "大同市公安局", "为空或填内设机构", GUIDE),
    Field("信息资源提供方代码", _R, "Provider code", "提供部门的统一社会信用代码", "11140200012345678X",
          "同一部门前后不一致", GUIDE, limit=18),
    Field("信息资源摘要", _R, "Abstract", "说明内容、范围和用途", "本市登记的企业基本信息，含名称、住所、法定代表人等",
          "照抄名称；为空", GUIDE, True, limit=2000),
    Field("信息资源格式分类", _R, "Format class", "资源的格式分类", "数据库", "与格式类型、共享方式不符", GUIDE, True,
          _labels(FormatClass)),
    Field("信息资源格式类型", _R, "Format type", "格式分类之下的具体类型", "mysql", "与格式分类不符", GUIDE, True, limit=40),
    Field("其他类型资源格式描述", _R, "Format description", "自描述格式须说明格式", "UTF-8 编码的逗号分隔文本",
          "自描述格式没有说明", GUIDE),
    Field("共享类型", _R, "Sharing", "三类之一；不予共享须有法律、行政法规或党中央、国务院政策依据", "有条件共享",
          "为不愿共享而定为有条件", DECREE, True, _labels(ShareType)),
    Field("共享条件", _R, "Condition", "有条件共享写条件；不予共享写依据", "依法定职责使用，须写明应用场景",
          "写「无」或「内部使用」", GUIDE, limit=500),
    Field("共享方式分类", _R, "Channel", "原则上经共享平台", "共享平台", "可经平台而填拷盘", GUIDE, False, _labels(ShareChannel)),
    Field("共享方式类型", _R, "Method", "数据库类填数据库或接口，文件类填文件", "接口", "数据库类填成文件", GUIDE, True,
          _labels(ShareMethod)),
    Field("是否向社会开放", _R, "Open", "是否列入开放清单", "否", "含个人信息而开放", GUIDE, False, YES_NO),
    Field("开放条件", _R, "Open on condition", "对开放的附加条件", "注明来源", "未开放却填写条件", GUIDE, limit=500),
    Field("更新周期", _R, "Cycle", "数据更新的周期；拟建项目可空", "每日", "与实际报送不符", GUIDE, False, _labels(UpdateCycle)),
    Field("发布日期", _R, "Published", "首次发布的日期，可空，由平台填写", "2026-01-05", "日期写成文字", GUIDE),
    Field("关联资源代码", _R, "Related", "本资源与基础、主题资源重复或关联时的代码", "101001/000001", "填写了不存在的代码", GUIDE,
          limit=500),
    Field("履行职责", _R, "Duty", "数据在哪项法定职责中产生", "企业登记注册", "写成部门全部职责", DECREE),
    Field("业务事项", _R, "Business item", "数据在哪项业务（事项）中产生", "企业设立登记", "与权责清单不一致", DECREE),
    Field("数据存储总量（GB）", _R, "Total GB", "普查项，只填数字", "12.5", "带单位或写「约」", GUIDE),
    Field("结构化信息记录总数（万条）", _R, "Total records", "普查项，只填数字", "310.2", "带单位或写「约」", GUIDE),
    Field("已共享的数据存储量（GB）", _R, "Shared GB", "普查项，不大于总量", "10", "大于总量", GUIDE),
    Field("已共享的结构化记录数（万条）", _R, "Shared records", "普查项，不大于总数", "300", "大于总数", GUIDE),
    Field("已开放的数据存储量（GB）", _R, "Opened GB", "普查项，不大于总量", "0", "大于总量", GUIDE),
    Field("已开放的结构化记录数（万条）", _R, "Opened records", "普查项，不大于总数", "0", "大于总数", GUIDE),
    Field("资源标识", _R, "Slug", "资源在平台的固定标识，登记后不变", "market_regulation_enterprise", "含大写、空格或汉字", HOUSE,
          True, limit=64),
    Field("报送方式", _R, "Delivery", "全量：未出现的记录视为删除；增量：只增改", "全量", "增量数据填成全量", HOUSE, True,
          _labels(DeliveryMode)),
    Field("增量操作项", _R, "Operation item", "增量带删除时，说明增删的信息项标识", "operation", "增量带删除而未填", HOUSE, limit=64),
    Field("全量删除上限（%）", _R, "Drop limit", "一次全量报送最多可删除的比例，超过须确认；空为 20", "20", "填写了 100", HOUSE),
    Field("前置库表", _R, "Front-end table", "由平台抽取时，前置库与表名", "police.sqlite:resident", "表名与前置库不符", HOUSE),
    Field("报送期限", _R, "Lead days", "周期结束后的工作日数", "1", "不定期资源填写了期限", HOUSE),
    Field("所属系统编码", _R, "System", "产生数据的系统", "S2026-001-01", "系统未列入「项目与系统」", LOCAL + "第十条", limit=40),
    Field("基础库角色", _R, "Base role", "为六大基础库供数时的角色，可多个", "natural_person.resident", "角色名写错",
          LOCAL + "第三十三条"),
    Field("保密审查人", _R, "Secrecy reviewer", "对资源作保密审查的人；涉密的不得编入", "赵文华", "为空；由填报人自审", SECRECY,
          limit=50),
    Field("保密审查日期", _R, "Reviewed on", "保密审查的日期", "2026-01-04", "晚于填报日", SECRECY),
    Field("信息项名称", _I, "Item", "信息项的中文名称", "统一社会信用代码", "只写英文字段名", GUIDE, True, limit=100),
    Field("信息项英文名称", _I, "English name", "信息项的英文名称，供英文页面", "Unified social credit code", "写成字段名", HOUSE,
          limit=100),
    Field("数据类型", _I, "Data type", "国家指南的数据类型", "字符型C", "日期填成字符型", GUIDE, True, _labels(DataType)),
    Field("数据长度", _I, "Length", "字符型的最大长度", "18", "小于实际数据", GUIDE),
    Field("信息项标识", _I, "Item slug", "小写英文标识，与报送文件的列名一致", "credit_code", "与报送文件列名不符", HOUSE, True,
          limit=64),
    Field("是否主键", _I, "Key", "能否区分两条记录", "是", "没有主键", HOUSE, False, YES_NO),
    Field("是否必填", _I, "Required", "每条记录是否都应有值", "是", "全部填是而数据有空值", HOUSE, False, YES_NO),
    Field("标识类型", _I, "Identifier", "属国家统一标识的，平台核验校验码", "统一社会信用代码", "身份号码未标", HOUSE, False,
          _labels(IdentifierKind)),
    Field("代码表", _I, "Code list", "取值所依的代码表", "GB/T 2261.1", "代码表未登记", HOUSE, limit=40),
    Field("格式规则", _I, "Pattern", "整值须符合的正则表达式", r"1[3-9]\d{9}", "语法错误", HOUSE),
    Field("最小值", _I, "Minimum", "数值或日期年份的下限", "0", "大于最大值", HOUSE),
    Field("最大值", _I, "Maximum", "上限", "100", "小于最小值", HOUSE),
    Field("计量单位", _I, "Unit", "数值的单位", "万元", "元与万元混用", HOUSE, limit=20),
    Field("敏感级别", _I, "Sensitivity", "公开、内部、个人信息或敏感个人信息", "个人信息", "身份号码填成内部", PERSONAL, False,
          _labels(Sensitivity)),
    Field("信息项共享类型", _I, "Item sharing", "空为与资源相同；不得宽于资源", "有条件共享", "宽于资源", DECREE, False,
          _labels(ShareType)),
    Field("信息项共享条件", _I, "Item condition", "严于资源的信息项写明条件或依据", "依法定职责，仅供核验", "收紧而无依据", DECREE,
          limit=500),
    Field("信息项是否开放", _I, "Item open", "空为：资源开放、无条件共享且级别为公开的即开放", "否", "资源未开放而信息项开放",
          GUIDE, False, YES_NO),
    Field("信息项开放条件", _I, "Item open on condition", "对开放该项的附加条件", "注明来源", "未开放却填写条件", GUIDE, limit=500),
    Field("信息主体", _I, "Subject", "记录所关于的人的公民身份号码", "是", "代理人号码标成主体", HOUSE, False, YES_NO),
    Field("可查询", _I, "Look-up", "可否按该项取值查询", "是", "非索引项全部填是", HOUSE, False, YES_NO),
)  # fmt: skip
_ENGLISH_HELP = Path(__file__).with_name("data") / "field_help_en.csv"
_ENGLISH_BASES = {
    GUIDE: "Guide to compiling catalogs of government information resources (trial, NDRC 2017 no. 1272)",
    DECREE: "Regulations on sharing government data (State Council decree no. 809)",
    LOCAL: "Datong measures for government IT projects",
    SECRECY: "Law on guarding state secrets",
    PERSONAL: "Personal information protection law",
    HOUSE: "The platform's rules of delivery",
}
HELP: Mapping[str, Field] = MappingProxyType({field.heading: field for field in FIELDS})


def headings(level: Level) -> tuple[str, ...]:
    """The headings of one level, in the template's order."""
    return tuple(field.heading for field in FIELDS if field.level is level)


@cache
def english_help() -> Mapping[str, tuple[str, str, str]]:
    """Heading -> meaning, usual return reasons and example in English; "" for an example that is of no language."""
    with _ENGLISH_HELP.open(encoding="utf-8", newline="") as file:
        return {row["heading"]: (row["meaning"], row["returns"], row["example"]) for row in csv.DictReader(file)}


def english_basis(basis: str) -> str:
    """The name of a basis in English, with the article where one is named; a standard's number as it is."""
    name = next((each for each in _ENGLISH_BASES if basis.startswith(each)), "")
    article = basis.removeprefix(name).removeprefix("第").removesuffix("条")
    return f"{_ENGLISH_BASES[name]}{f', article {_number(article)}' if article else ''}" if name else basis


def _number(text: str) -> int:
    """A Chinese numeral below a hundred."""
    tens, ten, ones = text.rpartition("十")
    digits = "零一二三四五六七八九"
    return (digits.index(tens) if tens else bool(ten)) * 10 + (digits.index(ones) if ones else 0)
