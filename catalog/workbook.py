"""Catalog workbooks in the shape of the national guide (发改高技〔2017〕1272号): read and judged.

A workbook is taken whole or not at all; every wrong cell is told at once, by sheet, row, column, rule
and the way to mend it. Safe fixes of another product's workbook are listed, and taken once accepted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from catalog.entries import Catalog, ItemEntry, ResourceEntry, SystemEntry
from catalog.errors import WorkbookRefused
from catalog.field_help import Level, headings
from catalog.grid import open_book
from catalog.guide import (
    CLASS_DIGITS,
    DATABASE_METHODS,
    FILE_FORMATS,
    FORMAT_TYPES,
    NOT_YET_BUILT,
    PROJECT_KINDS,
    PROJECT_STATES,
)
from catalog.recognise import Group, Known, Recognised, recognise
from catalog.sheets import CATALOG_SHEET, DEPARTMENT_SHEET, PROJECT_SHEET, Fault, Fix, Line
from catalog.vocab import (
    Base,
    DataType,
    DeliveryMode,
    FormatClass,
    IdentifierKind,
    Sensitivity,
    ShareChannel,
    ShareMethod,
    ShareType,
    UpdateCycle,
    bare,
)

__all__ = [
    "CATALOG_SHEET",
    "DEPARTMENT_SHEET",
    "ITEM_HEADINGS",
    "PROJECT_SHEET",
    "RESOURCE_HEADINGS",
    "Catalog",
    "Fault",
    "ItemEntry",
    "ResourceEntry",
    "Taken",
    "read",
    "refused",
    "take",
]

RESOURCE_HEADINGS = headings(Level.RESOURCE)
ITEM_HEADINGS = headings(Level.ITEM)
CENSUS = (
    ("total_gb", "数据存储总量（GB）", ""),
    ("total_records", "结构化信息记录总数（万条）", ""),
    ("shared_gb", "已共享的数据存储量（GB）", "total_gb"),
    ("shared_records", "已共享的结构化记录数（万条）", "total_records"),
    ("opened_gb", "已开放的数据存储量（GB）", "total_gb"),
    ("opened_records", "已开放的结构化记录数（万条）", "total_records"),
)
_SLUG = re.compile(r"[a-z][a-z0-9_]{2,63}")
_ITEM_SLUG = re.compile(r"[a-z][a-z0-9_]{0,63}")
_ROLE = re.compile("(" + "|".join(Base) + r")\.[a-z][a-z0-9_]{0,63}")
_EMPTY_WORDS = frozenset({"无", "没有", "暂无", "内部使用", "无条件"})
_PERSONAL = (Sensitivity.PERSONAL, Sensitivity.SENSITIVE)


@dataclass(slots=True)
class Taken:
    """A workbook that was read: its content, and the lines it came from, for a caller who has more to judge."""

    catalog: Catalog
    found: Recognised

    @property
    def faults(self) -> list[Fault]:
        """Each fault once, department first, then as the sheets are read."""
        sheets = {DEPARTMENT_SHEET: 0, PROJECT_SHEET: 1}
        return sorted(dict.fromkeys(self.found.faults), key=lambda f: (sheets.get(f.sheet, 2), f.sheet, f.row))

    @property
    def fixes(self) -> list[Fix]:
        return self.found.fixes

    @property
    def unknown(self) -> list[str]:
        """The columns that were passed over."""
        return self.found.unknown


def read(path: Path, name: str = "") -> Catalog:
    """The workbook's content; raises WorkbookRefused with every fault, Unreadable when it is no workbook.

    name: what the sender calls the file, for messages; default its own.
    """
    found = take(path, Known(), name)
    if found.faults or found.fixes:
        raise refused(name or path.name, found.faults, found.fixes, found.unknown)
    return found.catalog


def take(path: Path, known: Known, name: str = "") -> Taken:
    """The content with every fault and every fix; raises Unreadable."""
    return judged(recognise(open_book(path, name), known))


def judged(found: Recognised) -> Taken:
    """The content of lines, from a workbook or a form, judged by the guide's rules."""
    systems = [_system(line) for line in found.projects]
    catalog = Catalog(
        slug=found.facts.text("部门标识", required=True),
        name=found.facts.text("部门名称", required=True),
        credit_code=found.facts.text("统一社会信用代码", required=True),
        division_code=found.facts.text("区划代码", required=True),
        registrar_name=found.facts.text("目录负责人"),
        verifier_name=found.facts.text("校核负责人"),
        upper=found.facts.text("上级部门标识"),
        systems=systems,
        resources=[],
    )
    planned = {s.system_code for s in systems if s.state == NOT_YET_BUILT}
    entries = [(group, _resource(group, planned)) for group in found.groups]
    catalog.resources = [entry for _, entry in entries]
    _judge(catalog, entries)
    return Taken(catalog, found)


def refused(name: str, faults: Sequence[Fault], fixes: Sequence[Fix], unknown: Sequence[str]) -> WorkbookRefused:
    """The error that tells everything: faults to mend, fixes to accept."""
    if faults:
        first = faults[0]
        message = f"{name} 有 {len(faults)} 处错误，第一处：工作表「{first.sheet}」第 {first.row} 行「{first.column}」{first.rule}"
        remedy = "逐处改正后整册重新上传；本册没有任何内容入库"
    else:
        message, remedy = (
            f"{name} 有 {len(fixes)} 处可自动修正",
            "核对后以 accept_fixes=true 重新上传，一次接受全部修正",
        )
    return WorkbookRefused(
        message,
        remedy=remedy,
        faults=[asdict(f) for f in faults],
        fixes=[asdict(f) for f in fixes],
        unknown=list(unknown),
    )


def _system(line: Line) -> SystemEntry:
    kind, state = line.text("项目类型", required=True), line.text("建设状态", required=True)
    for column, found, known in (("项目类型", kind, PROJECT_KINDS), ("建设状态", state, PROJECT_STATES)):
        if found and found not in known:
            line.fault(column, "枚举值", "填写其中之一：" + "、".join(known))
    return SystemEntry(
        project_code=line.text("项目编码", required=True),
        project_name=line.text("项目名称", required=True),
        kind=kind,
        state=state,
        go_live_date=line.day("上线日期"),
        system_code=line.text("系统编码"),
        system_name=line.text("系统名称"),
        statement=line.text("无数据声明"),
    )


def _resource(group: Group, planned: set[str]) -> ResourceEntry:
    line = group.resource
    class_digit = CLASS_DIGITS.get(line.text("类"), "")
    if not class_digit:
        line.fault("类", "枚举值", "填写其中之一：" + "、".join(CLASS_DIGITS))
    slug = line.text("资源标识", required=True)
    if slug and not _SLUG.fullmatch(slug):
        line.fault("资源标识", "标识格式", "小写字母开头，只用小写字母、数字和下划线，3 至 64 个字符")
    has_cycle = line.text("所属系统编码") not in planned
    drop_limit = line.number("全量删除上限（%）", minimum=0)
    entry = ResourceEntry(
        row=line.row,
        slug=slug,
        class_digit=class_digit,
        class_item=line.text("项", required=True),
        category=line.text("目", required=True),
        sub_category=line.text("细目"),
        name=line.text("信息资源名称", required=True),
        abstract=line.text("信息资源摘要", required=True),
        format_class=line.term("信息资源格式分类", FormatClass, FormatClass.DATABASE, required=True),
        format_type=line.text("信息资源格式类型", required=True),
        format_description=line.text("其他类型资源格式描述"),
        share_type=line.term("共享类型", ShareType, ShareType.NOT_SHARED, required=True),
        share_condition=line.text("共享条件"),
        share_channel=line.term("共享方式分类", ShareChannel, ShareChannel.PLATFORM),
        share_method=line.term("共享方式类型", ShareMethod, ShareMethod.API, required=True),
        is_open=line.flag("是否向社会开放"),
        open_condition=line.text("开放条件"),
        update_cycle=line.term("更新周期", UpdateCycle, UpdateCycle.IRREGULAR, required=has_cycle),
        published_date=line.day("发布日期"),
        related_codes=line.text("关联资源代码"),
        duty=line.text("履行职责"),
        business_item=line.text("业务事项"),
        delivery_mode=line.term("报送方式", DeliveryMode, DeliveryMode.UPSERT, required=True),
        operation_item=line.text("增量操作项"),
        drop_limit_pct=20.0 if drop_limit is None else drop_limit,
        pull_table=line.text("前置库表"),
        lead_days=line.whole("报送期限", minimum=0),
        system_code=line.text("所属系统编码"),
        base_role=_role(line),
        secrecy_reviewer=line.text("保密审查人"),
        secrecy_reviewed_date=line.day("保密审查日期"),
        code=line.text("信息资源代码"),
    )
    for name, heading, _ in CENSUS:
        setattr(entry, name, line.number(heading, minimum=0))
    for each in group.items:
        entry.items.append(_item(each, entry))
    return entry


def _role(line: Line) -> str:
    """`<base>.<role>`, several parted by 、."""
    roles = list(dict.fromkeys(line.text("基础库角色").replace("、", " ").split()))
    if any(not _ROLE.fullmatch(role) for role in roles):
        line.fault("基础库角色", "角色格式", "写作 natural_person.resident，多个以顿号分开")
    return "、".join(roles)


def _item(line: Line, resource: ResourceEntry) -> ItemEntry:
    name = line.text("信息项标识", required=True)
    if name and not _ITEM_SLUG.fullmatch(name):
        line.fault("信息项标识", "标识格式", "小写字母开头，只用小写字母、数字和下划线")
    if name in {item.name for item in resource.items}:
        line.fault("信息项标识", "重复", "同一资源内信息项标识不得重复")
    identifier = line.text("标识类型")
    sensitivity = line.term("敏感级别", Sensitivity, Sensitivity.INTERNAL)
    share_type = _item_share_type(line, resource)
    is_open = resource.is_open and share_type is ShareType.UNCONDITIONAL and sensitivity is Sensitivity.PUBLIC
    entry = ItemEntry(
        name=name,
        title=line.text("信息项名称", required=True),
        title_en=line.text("信息项英文名称"),
        data_type=line.term("数据类型", DataType, DataType.TEXT, required=True),
        length=line.whole("数据长度", minimum=1),
        is_key=line.flag("是否主键"),
        is_required=line.flag("是否必填"),
        is_subject=line.flag("信息主体"),
        is_lookup=line.flag("可查询") or line.flag("信息主体"),
        identifier=line.term("标识类型", IdentifierKind, IdentifierKind.CITIZEN_ID) if identifier else None,
        code_list=line.text("代码表"),
        pattern=_pattern(line),
        minimum=line.number("最小值"),
        maximum=line.number("最大值"),
        measure_unit=line.text("计量单位"),
        sensitivity=sensitivity,
        share_type=share_type,
        share_condition=line.text("信息项共享条件"),
        is_open=line.flag("信息项是否开放", default=is_open),
        open_condition=line.text("信息项开放条件"),
    )
    for column, rule, remedy in _item_faults(entry, resource):
        line.fault(column, rule, remedy)
    return entry


def _item_faults(item: ItemEntry, resource: ResourceEntry) -> Iterator[tuple[str, str, str]]:
    if item.is_open and not resource.is_open:
        yield "信息项是否开放", "不得宽于资源", "资源未开放，信息项填「否」"
    if item.is_open and item.sensitivity in _PERSONAL:
        yield "信息项是否开放", "个人信息不得开放", "填「否」"
    if item.is_open and item.share_type is ShareType.NOT_SHARED:
        yield "信息项是否开放", "不予共享的信息项不得开放", "填「否」"
    withheld = item.share_type is ShareType.NOT_SHARED
    if withheld and not (item.share_condition or resource.share_condition):
        yield "信息项共享条件", "不予共享须写明依据", "补写法律、行政法规或政策依据"
    if item.minimum is not None and item.maximum is not None and item.minimum > item.maximum:
        yield "最小值", "大于最大值", "核对上下限"


def _pattern(line: Line) -> str:
    pattern = line.text("格式规则")
    try:
        re.compile(pattern)
    except re.error:
        line.fault("格式规则", "正则表达式", "改正正则表达式的语法")
        return ""
    return pattern


def _item_share_type(line: Line, resource: ResourceEntry) -> ShareType:
    found = line.term("信息项共享类型", ShareType, resource.share_type)
    if found.strictness < resource.share_type.strictness and line.text("信息项共享类型"):
        line.fault("信息项共享类型", "不得宽于资源", f"填写「{resource.share_type.label}」或更严的类型")
    return found


def _judge(catalog: Catalog, entries: Sequence[tuple[Group, ResourceEntry]]) -> None:
    """The guide's cross-field rules; a fault stands on the resource's first row."""
    systems = {entry.system_code for entry in catalog.systems}
    names = {bare(entry.system_name) for entry in catalog.systems if entry.system_name}
    seen: dict[str, ResourceEntry] = {}
    slugs: set[str] = set()
    for group, resource in entries:
        line = group.resource
        for column, rule, remedy in _cross_faults(resource, systems, names):
            line.fault(column, f"「{resource.name}」{rule}", remedy)
        if line.text("信息资源提供方代码") not in ("", catalog.credit_code):
            remedy = f"填写本部门的统一社会信用代码 {catalog.credit_code}"
            line.fault("信息资源提供方代码", "一个部门只能有一个提供方代码", remedy)
        other = seen.setdefault(bare(resource.name), resource)
        if other is not resource:
            line.fault("信息资源名称", f"「{resource.name}」与「{other.name}」只差标点或空格", "合并或改名")
        if resource.slug in slugs:
            line.fault("资源标识", "重复", "每个资源的标识不得重复")
        slugs.add(resource.slug)


def _cross_faults(resource: ResourceEntry, systems: set[str], names: set[str]) -> Iterator[tuple[str, str, str]]:
    yield from _format_faults(resource)
    yield from _sharing_faults(resource)
    yield from _census_faults(resource)
    if bare(resource.name) in names:
        yield "信息资源名称", "资源名称不得是系统名称", "按数据内容命名"
    if resource.system_code and resource.system_code not in systems:
        yield "所属系统编码", "系统未在「项目与系统」中列出", "先在「项目与系统」登记该系统"
    if not any(item.is_key for item in resource.items):
        yield "是否主键", "没有主键信息项", _key_advice(resource)
    if not resource.items:
        yield "信息项名称", "没有信息项", "至少填写一个信息项"


def _key_advice(resource: ResourceEntry) -> str:
    likely = [
        item.title for item in resource.items if item.identifier or re.search("编号|编码|代码|号码|证号", item.title)
    ]
    advice = "至少指定一个主键信息项"
    return f"{advice}，例如「{likely[0]}」" if likely else advice


def _format_faults(resource: ResourceEntry) -> Iterator[tuple[str, str, str]]:
    if resource.format_class in FILE_FORMATS and resource.share_method is not ShareMethod.FILE:
        yield "共享方式类型", "格式为文件类，共享方式应为文件", "填写「文件」"
    if resource.format_class is FormatClass.DATABASE and resource.share_method not in DATABASE_METHODS:
        yield "共享方式类型", "格式为数据库，共享方式应为接口或数据库", "填写「接口」或「数据库」"
    kind = resource.format_type.lower()
    others = [
        c for c, types in FORMAT_TYPES.items() if kind in types and kind not in FORMAT_TYPES[resource.format_class]
    ]
    if others:
        yield "信息资源格式类型", f"「{resource.format_type}」属于{others[0].label}", "改正格式分类或格式类型"
    if resource.format_class is FormatClass.SELF_DESCRIBING and not resource.format_description:
        yield "其他类型资源格式描述", "自描述格式须说明格式", "写明格式和编码"
    by_medium = resource.share_channel is ShareChannel.MEDIUM
    if by_medium != (resource.share_method is ShareMethod.MEDIUM) and by_medium:
        yield "共享方式类型", "共享方式分类为介质交换，类型应与之一致", "填写「邮件拷盘介质交换」，或改经共享平台"


def _sharing_faults(resource: ResourceEntry) -> Iterator[tuple[str, str, str]]:
    condition = "" if resource.share_condition in _EMPTY_WORDS else resource.share_condition
    if resource.share_type is not ShareType.UNCONDITIONAL and not condition:
        yield "共享条件", "有条件共享须写明条件，不予共享须写明依据", "补写共享条件或法律依据"
    if resource.open_condition and not resource.is_open:
        yield "开放条件", "未开放的资源不应有开放条件", "清空开放条件，或改为向社会开放"
    if resource.is_open and resource.share_type is ShareType.NOT_SHARED:
        yield "是否向社会开放", "不予共享的资源不得开放", "填写「否」"
    operation = resource.operation_item
    if resource.delivery_mode is DeliveryMode.UPSERT_DELETE and operation not in {i.name for i in resource.items}:
        yield "增量操作项", "增量带删除须指明说明增删的信息项", "填写该信息项的标识"


def _census_faults(resource: ResourceEntry) -> Iterator[tuple[str, str, str]]:
    for name, heading, total in CENSUS:
        part, whole = getattr(resource, name), getattr(resource, total) if total else None
        if part is not None and whole is not None and part > whole:
            yield heading, "大于总量", "核对普查数字"
