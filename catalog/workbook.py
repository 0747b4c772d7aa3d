"""Catalog workbooks in the shape of the national guide (发改高技〔2017〕1272号): read, judged, entered.

A workbook is taken whole or not at all; every wrong cell is told at once, by sheet, row, column, rule
and the way to mend it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, TypeVar

from openpyxl import load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from catalog.errors import Unreadable, WorkbookRefused
from catalog.vocab import (
    DataType,
    DeliveryMode,
    FormatClass,
    IdentifierKind,
    Sensitivity,
    ShareMethod,
    ShareType,
    Term,
    UpdateCycle,
)

DEPARTMENT_SHEET, PROJECT_SHEET, CATALOG_SHEET = "部门信息", "项目与系统", "信息资源目录"
RESOURCE_HEADINGS = (
    "类", "项", "目", "细目", "信息资源名称", "信息资源代码", "信息资源提供方", "信息资源提供方代码", "信息资源摘要",
    "信息资源格式分类", "信息资源格式类型", "其他类型资源格式描述", "共享类型", "共享条件", "共享方式分类", "共享方式类型",
    "是否向社会开放", "开放条件", "更新周期", "发布日期", "关联资源代码", "资源标识", "报送方式", "前置库表", "报送期限",
    "所属系统编码", "基础库角色", "保密审查人", "保密审查日期",
)  # fmt: skip
ITEM_HEADINGS = (
    "信息项名称", "数据类型", "数据长度", "信息项标识", "是否主键", "是否必填", "标识类型", "代码表", "格式规则", "最小值",
    "最大值", "计量单位", "敏感级别", "信息项共享类型", "信息主体", "可查询",
)  # fmt: skip
CLASS_DIGITS = {"基础信息资源": "1", "主题信息资源": "2", "部门信息资源": "3"}
_SLUG = re.compile(r"[a-z][a-z0-9_]{2,63}")
_T = TypeVar("_T", bound=Term)
_PUNCTUATION = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Fault:
    """One wrong cell: where, what, and the way out."""

    sheet: str
    row: int
    column: str
    rule: str
    remedy: str


@dataclass(slots=True)
class Line:
    """One row of a sheet, cells by heading; `row` as a person sees it. Wrong cells go to `faults`."""

    sheet: str
    row: int
    cells: dict[str, Any]
    faults: list[Fault]

    def fault(self, column: str, rule: str, remedy: str) -> None:
        self.faults.append(Fault(self.sheet, self.row, column, rule, remedy))

    def text(self, column: str, *, required: bool = False) -> str:
        value = self.cells.get(column)
        found = (
            ""
            if value is None
            else str(int(value) if isinstance(value, float) and value.is_integer() else value).strip()
        )
        if required and not found:
            self.fault(column, "必填", f"填写「{column}」")
        return found

    def term(self, column: str, kind: type[_T], default: _T) -> _T:
        found = self.text(column)
        term = kind.of_label(found) if found else default
        if term is None:
            self.fault(column, "枚举值", "填写其中之一：" + "、".join(m.label for m in kind))
        return term or default

    def flag(self, column: str) -> bool:
        found = self.text(column)
        if found not in ("", "是", "否"):
            self.fault(column, "是或否", "填写「是」或「否」")
        return found == "是"

    def number(self, column: str) -> float | None:
        found = self.text(column)
        try:
            return float(found) if found else None
        except ValueError:
            self.fault(column, "数值", "填写阿拉伯数字")
            return None

    def day(self, column: str) -> date | None:
        value = self.cells.get(column)
        if isinstance(value, datetime):
            return value.date()
        found = self.text(column)
        try:
            return date.fromisoformat(found) if found else None
        except ValueError:
            self.fault(column, "日期", "按 2026-11-23 的样式填写")
            return None


@dataclass(slots=True)
class ItemEntry:
    name: str
    title: str
    data_type: DataType
    length: int | None
    is_key: bool
    is_required: bool
    is_subject: bool
    is_lookup: bool
    identifier: IdentifierKind | None
    code_list: str
    pattern: str
    minimum: float | None
    maximum: float | None
    measure_unit: str
    sensitivity: Sensitivity
    share_type: ShareType


@dataclass(slots=True)
class ResourceEntry:
    """One resource; `row` is where its first row stands in the sheet."""

    row: int
    slug: str
    class_digit: str
    class_item: str
    category: str
    sub_category: str
    name: str
    abstract: str
    format_class: FormatClass
    format_type: str
    share_type: ShareType
    share_condition: str
    share_method: ShareMethod
    is_open: bool
    open_condition: str
    update_cycle: UpdateCycle
    published_date: date | None
    related_codes: str
    delivery_mode: DeliveryMode
    pull_table: str
    lead_days: int | None
    system_code: str
    base_role: str
    secrecy_reviewer: str
    secrecy_reviewed_date: date | None
    items: list[ItemEntry] = field(default_factory=list)

    def content(self) -> dict[str, Any]:
        """Every field as plain values, for the version history."""
        content = asdict(self)
        del content["row"]
        return content


@dataclass(slots=True)
class SystemEntry:
    project_code: str
    project_name: str
    kind: str
    state: str
    go_live_date: date | None
    system_code: str
    system_name: str
    statement: str


@dataclass(slots=True)
class Catalog:
    """What one department's workbook says."""

    slug: str
    name: str
    credit_code: str
    division_code: str
    registrar_name: str
    verifier_name: str
    systems: list[SystemEntry]
    resources: list[ResourceEntry]


def read(path: Path, name: str = "") -> Catalog:
    """The workbook's content; raises WorkbookRefused with every fault, Unreadable when it is no workbook.

    name: what the sender calls the file, for messages; default its own.
    """
    name = name or path.name
    try:
        with path.open("rb") as file:
            book = load_workbook(file, data_only=True)
    except Exception as error:  # openpyxl lets zip, XML and key errors of broken files through
        raise Unreadable(f"{name} 不是可以读取的 Excel 工作簿", remedy="用目录模板另存为 .xlsx 后重新上传") from error
    faults: list[Fault] = [
        Fault(sheet, 1, "", "缺少工作表", f"从模板补上工作表「{sheet}」")
        for sheet in (DEPARTMENT_SHEET, CATALOG_SHEET)
        if sheet not in book.sheetnames
    ]
    if faults:
        raise _refused(name, faults)
    facts = _facts(book[DEPARTMENT_SHEET], faults)
    systems = list(_systems(book[PROJECT_SHEET], faults)) if PROJECT_SHEET in book.sheetnames else []
    catalog = Catalog(
        slug=facts.text("部门标识", required=True),
        name=facts.text("部门名称", required=True),
        credit_code=facts.text("统一社会信用代码", required=True),
        division_code=facts.text("区划代码", required=True),
        registrar_name=facts.text("目录负责人"),
        verifier_name=facts.text("校核负责人"),
        systems=systems,
        resources=_resources(book[CATALOG_SHEET], faults),
    )
    _judge(catalog, faults)
    if faults:
        raise _refused(name, faults)
    return catalog


def _refused(name: str, faults: list[Fault]) -> WorkbookRefused:
    first = faults[0]
    return WorkbookRefused(
        f"{name} 有 {len(faults)} 处错误，第一处：工作表「{first.sheet}」第 {first.row} 行「{first.column}」{first.rule}",
        remedy="逐处改正后整册重新上传；本册没有任何内容入库",
        faults=[asdict(f) for f in faults],
    )


def _facts(sheet: Worksheet, faults: list[Fault]) -> Line:
    pairs = {str(row[0]).strip(): row[1] for row in sheet.iter_rows(max_col=2, values_only=True) if row[0] is not None}
    return Line(sheet.title, 1, pairs, faults)


def _lines(sheet: Worksheet, faults: list[Fault], wanted: str) -> Iterator[Line]:
    """The filled rows below the row that holds the heading `wanted`; titles above it are passed over."""
    headings: list[str] = []
    for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
        if not headings:
            names = [str(cell).strip() if cell is not None else "" for cell in row]
            headings = names if wanted in names else []
        elif any(cell is not None for cell in row):
            yield Line(sheet.title, number, dict(zip(headings, row, strict=False)), faults)
    if not headings:
        faults.append(Fault(sheet.title, 1, wanted, "缺少表头", f"从模板恢复含「{wanted}」的表头行"))


def _systems(sheet: Worksheet, faults: list[Fault]) -> Iterator[SystemEntry]:
    for line in _lines(sheet, faults, "项目编码"):
        yield SystemEntry(
            project_code=line.text("项目编码", required=True),
            project_name=line.text("项目名称", required=True),
            kind=line.text("项目类型", required=True),
            state=line.text("建设状态", required=True),
            go_live_date=line.day("上线日期"),
            system_code=line.text("系统编码"),
            system_name=line.text("系统名称"),
            statement=line.text("无数据声明"),
        )


def _resources(sheet: Worksheet, faults: list[Fault]) -> list[ResourceEntry]:
    """Resource cells stand on the resource's first row; the rows below it hold further items."""
    found: list[ResourceEntry] = []
    for line in _lines(sheet, faults, "信息项名称"):
        if line.text("信息资源名称"):
            found.append(_resource(line))
        if found:
            found[-1].items.append(_item(line, found[-1]))
        else:
            line.fault("信息资源名称", "必填", "在资源的第一行填写信息资源名称")
    return found


def _resource(line: Line) -> ResourceEntry:
    class_digit = CLASS_DIGITS.get(line.text("类"), "")
    if not class_digit:
        line.fault("类", "枚举值", "填写其中之一：" + "、".join(CLASS_DIGITS))
    slug = line.text("资源标识", required=True)
    if slug and not _SLUG.fullmatch(slug):
        line.fault("资源标识", "标识格式", "小写字母开头，只用小写字母、数字和下划线，3 至 64 个字符")
    lead_days = line.number("报送期限")
    return ResourceEntry(
        row=line.row,
        slug=slug,
        class_digit=class_digit,
        class_item=line.text("项", required=True),
        category=line.text("目", required=True),
        sub_category=line.text("细目"),
        name=line.text("信息资源名称", required=True),
        abstract=line.text("信息资源摘要", required=True),
        format_class=line.term("信息资源格式分类", FormatClass, FormatClass.DATABASE),
        format_type=line.text("信息资源格式类型", required=True),
        share_type=line.term("共享类型", ShareType, ShareType.UNCONDITIONAL),
        share_condition=line.text("共享条件"),
        share_method=line.term("共享方式类型", ShareMethod, ShareMethod.API),
        is_open=line.flag("是否向社会开放"),
        open_condition=line.text("开放条件"),
        update_cycle=line.term("更新周期", UpdateCycle, UpdateCycle.IRREGULAR),
        published_date=line.day("发布日期"),
        related_codes=line.text("关联资源代码"),
        delivery_mode=line.term("报送方式", DeliveryMode, DeliveryMode.SNAPSHOT),
        pull_table=line.text("前置库表"),
        lead_days=None if lead_days is None else int(lead_days),
        system_code=line.text("所属系统编码"),
        base_role=line.text("基础库角色"),
        secrecy_reviewer=line.text("保密审查人"),
        secrecy_reviewed_date=line.day("保密审查日期"),
    )


def _item(line: Line, resource: ResourceEntry) -> ItemEntry:
    name = line.text("信息项标识", required=True)
    if name and not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", name):
        line.fault("信息项标识", "标识格式", "小写字母开头，只用小写字母、数字和下划线")
    if name in {item.name for item in resource.items}:
        line.fault("信息项标识", "重复", "同一资源内信息项标识不得重复")
    identifier = line.text("标识类型")
    length = line.number("数据长度")
    return ItemEntry(
        name=name,
        title=line.text("信息项名称", required=True),
        data_type=line.term("数据类型", DataType, DataType.TEXT),
        length=None if length is None else int(length),
        is_key=line.flag("是否主键"),
        is_required=line.flag("是否必填"),
        is_subject=line.flag("信息主体"),
        is_lookup=line.flag("可查询"),
        identifier=line.term("标识类型", IdentifierKind, IdentifierKind.CITIZEN_ID) if identifier else None,
        code_list=line.text("代码表"),
        pattern=_pattern(line),
        minimum=line.number("最小值"),
        maximum=line.number("最大值"),
        measure_unit=line.text("计量单位"),
        sensitivity=line.term("敏感级别", Sensitivity, Sensitivity.INTERNAL),
        share_type=_item_share_type(line, resource),
    )


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
    if found.strictness < resource.share_type.strictness:
        line.fault("信息项共享类型", "不得宽于资源", f"填写「{resource.share_type.label}」或更严的类型")
    return found


def _judge(catalog: Catalog, faults: list[Fault]) -> None:
    """The guide's cross-field rules; a fault stands on the resource's first row."""
    systems = {entry.system_code for entry in catalog.systems}
    seen: dict[str, str] = {}
    for resource in catalog.resources:
        for column, rule, remedy in _cross_faults(resource, systems, {e.system_name for e in catalog.systems}):
            faults.append(Fault(CATALOG_SHEET, resource.row, column, f"「{resource.name}」{rule}", remedy))
        bare = _PUNCTUATION.sub("", resource.name)
        if bare in seen:
            faults.append(
                Fault(
                    CATALOG_SHEET,
                    resource.row,
                    "信息资源名称",
                    f"「{resource.name}」与「{seen[bare]}」只差标点或空格",
                    "合并或改名",
                )
            )
        seen[bare] = resource.name


def _cross_faults(resource: ResourceEntry, systems: set[str], system_names: set[str]) -> Iterator[tuple[str, str, str]]:
    files = {FormatClass.DOCUMENT, FormatClass.SPREADSHEET, FormatClass.IMAGE}
    if resource.format_class in files and resource.share_method is not ShareMethod.FILE:
        yield "共享方式类型", "格式为文件类，共享方式应为文件", "填写「文件」"
    if resource.format_class is FormatClass.DATABASE and resource.share_method is ShareMethod.FILE:
        yield "共享方式类型", "格式为数据库，共享方式应为接口或数据库", "填写「接口」或「数据库」"
    if resource.share_type is not ShareType.UNCONDITIONAL and not resource.share_condition:
        yield "共享条件", "有条件共享须写明条件，不予共享须写明依据", "补写共享条件或法律依据"
    if resource.name in system_names:
        yield "信息资源名称", "资源名称不得是系统名称", "按数据内容命名"
    if resource.system_code and resource.system_code not in systems:
        yield "所属系统编码", "系统未在「项目与系统」中列出", "先在「项目与系统」登记该系统"
    if not any(item.is_key for item in resource.items):
        yield "是否主键", "没有主键信息项", "至少指定一个主键信息项"
