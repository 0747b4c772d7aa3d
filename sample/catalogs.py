"""One catalog workbook per department in the shape of the national guide (发改高技〔2017〕1272号)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

from catalog.vocab import DataType, FormatClass, IdentifierKind, Sensitivity, ShareMethod, ShareType
from sample.codes import department_code
from sample.contract import Department, Item, departments, items, resources_of
from sample.desk import Desk
from sample.forms import LONG_AGO
from sample.periods import DUE_DAYS
from sample.projects import projects_of, system_code
from sample.resources import Resource

HEADINGS = (
    "类", "项", "目", "细目", "信息资源名称", "信息资源代码", "信息资源提供方", "信息资源提供方代码", "信息资源摘要", "信息资源格式分类",
    "信息资源格式类型", "其他类型资源格式描述", "信息项名称", "数据类型", "数据长度", "共享类型", "共享条件", "共享方式分类", "共享方式类型",
    "是否向社会开放", "开放条件", "更新周期", "发布日期", "关联资源代码", "资源标识", "信息项标识", "是否主键", "是否必填", "标识类型", "代码表",
    "格式规则", "最小值", "最大值", "计量单位", "敏感级别", "信息项共享类型", "信息项共享条件", "信息主体", "可查询", "报送方式", "前置库表", "报送期限", "所属系统编码",
    "基础库角色", "保密审查人", "保密审查日期",
)  # fmt: skip
NOTES = (
    "本工作簿按《政务信息资源目录编制指南（试行）》（发改高技〔2017〕1272号）填写，每部门一册。",
    "「信息资源目录」一行一个信息项；资源层面的内容只填在该资源的第一行，向下合并单元格。",
    "信息资源代码由平台在登记时赋予，本册留空。",
    "报送期限为周期结束后的工作日数；不定期更新的资源留空。",
    "涉及国家秘密、工作秘密的资源不得编入本目录；每个资源须写明保密审查人和审查日期。",
)
PERSONS_IN_CHARGE = ("王建国", "李淑兰", "张志远", "刘海燕", "赵文华", "杨晓东", "郭秀英", "马俊峰")
BASIS = "依据《大同市政务信息化项目建设应用管理办法》第十条，限履行法定职责使用，须写明应用场景和字段范围"
ITEM_BASIS = "依据《中华人民共和国个人信息保护法》第二十八条，不予共享"
CONFIDENTIAL_BASIS = "；其中不予共享的信息项依据《中华人民共和国个人信息保护法》第二十八条"
FORMATS = {
    "csv_utf8": (FormatClass.SELF_DESCRIBING, "csv", "UTF-8 编码的逗号分隔文本"),
    "csv_gbk": (FormatClass.SELF_DESCRIBING, "csv", "GB 18030 编码的逗号分隔文本"),
    "parquet": (FormatClass.SELF_DESCRIBING, "parquet", "Apache Parquet 列式文件"),
    "jsonl": (FormatClass.SELF_DESCRIBING, "jsonl", "每行一个 JSON 对象"),
    "geojson": (FormatClass.SELF_DESCRIBING, "geojson", "GeoJSON 要素集合"),
    "xlsx": (FormatClass.SPREADSHEET, "xlsx", ""), "database": (FormatClass.DATABASE, "sqlite", ""),
}  # fmt: skip


def write(desk: Desk, folder: Path) -> None:
    """All workbooks, `<department>.xlsx`."""
    folder.mkdir(parents=True, exist_ok=True)
    for one in departments():
        _workbook(desk, one, folder / f"{one.slug}.xlsx")


def _workbook(desk: Desk, one: Department, path: Path) -> None:
    book = xlsxwriter.Workbook(path)
    book.set_properties({"created": LONG_AGO})
    book.add_worksheet("填写说明").write_column(0, 0, NOTES)
    facts = book.add_worksheet("部门信息")
    for row, pair in enumerate(_facts(one)):
        facts.write_row(row, 0, pair)
    systems = book.add_worksheet("项目与系统")
    systems.write_row(
        0, 0, ("项目编码", "项目名称", "项目类型", "建设状态", "上线日期", "系统编码", "系统名称", "无数据声明")
    )
    for row, project in enumerate(projects_of(one), 1):
        live = date(2024, 6, 30) if project.code.startswith("P2024") else date(2026, 3, 31)
        systems.write_row(
            row,
            0,
            (
                project.code,
                project.name,
                project.kind,
                project.state,
                live.isoformat(),
                system_code(project),
                project.system,
                project.statement,
            ),
        )
    _catalog(desk, one, book.add_worksheet("信息资源目录"), book.add_format({"valign": "top"}))
    book.close()


def _facts(one: Department) -> list[tuple[str, str]]:
    upper = "" if one.slug == "digital_government" else "digital_government"
    return [
        ("部门名称", one.full_name), ("部门标识", one.slug), ("统一社会信用代码", department_code(one.number)),
        ("区划代码", "140200"), ("上级部门标识", upper),
        ("目录负责人", PERSONS_IN_CHARGE[one.number % 8]), ("校核负责人", PERSONS_IN_CHARGE[(one.number + 3) % 8]),
    ]  # fmt: skip


def _catalog(desk: Desk, one: Department, sheet: Worksheet, style: Any) -> None:
    sheet.write_row(0, 0, HEADINGS)
    places = {heading: column for column, heading in enumerate(HEADINGS)}
    row = 1
    for number, resource in enumerate(resources_of(one.slug), 1):
        lines = items(resource.slug)
        last = row + len(lines) - 1
        for heading, value in _resource_cells(desk, one, number, resource).items():
            if value not in ("", None):
                sheet.merge_range(row, places[heading], last, places[heading], value, style)
        for place, item in enumerate(lines):
            for heading, value in _item_cells(resource, item):
                if value not in ("", None):
                    sheet.write(row + place, places[heading], value)
        row = last + 1


def _is_open(resource: Resource) -> bool:
    personal = any(flag in item.flags for item in items(resource.slug) for flag in "PX")
    return resource.share == ShareType.UNCONDITIONAL.label and not personal


def _condition(resource: Resource) -> str:
    """Purpose and scope of use; the legal basis when an item is not shared at all."""
    if resource.share == ShareType.UNCONDITIONAL.label:
        return ""
    withheld = any("N" in item.flags for item in items(resource.slug))
    return BASIS + (CONFIDENTIAL_BASIS if withheld else "")


def _resource_cells(desk: Desk, one: Department, number: int, resource: Resource) -> dict[str, Any]:
    form = desk.forms.get(resource.slug, resource.form)
    format_class, format_type, description = FORMATS[form]
    method = ShareMethod.TABLE if form == "database" else ShareMethod.FILE
    project = next(p for p in projects_of(one) if resource.slug in p.resources)
    table = f"{one.slug}.sqlite:{resource.slug}" if form == "database" else ""
    reviewed = desk.world.as_of - timedelta(days=200)
    return {
        "类": "部门信息资源", "项": f"{one.number:02}", "目": f"{number:03}", "信息资源名称": resource.name,
        "信息资源提供方": one.full_name, "信息资源提供方代码": department_code(one.number),
        "信息资源摘要": f"{one.full_name}在履行职责中形成的{resource.name}信息，{resource.cycle}更新，{resource.mode}报送。",
        "信息资源格式分类": format_class.label, "信息资源格式类型": format_type, "其他类型资源格式描述": description,
        "共享类型": resource.share, "共享条件": _condition(resource), "共享方式分类": "共享平台", "共享方式类型": method.label,
        "是否向社会开放": "是" if _is_open(resource) else "否", "开放条件": "注明来源" if _is_open(resource) else "",
        "更新周期": resource.cycle, "发布日期": reviewed.isoformat(), "资源标识": resource.slug, "报送方式": resource.mode,
        "前置库表": table, "报送期限": DUE_DAYS.get(resource.cycle), "所属系统编码": system_code(project), "基础库角色": resource.role,
        "保密审查人": PERSONS_IN_CHARGE[(one.number + 5) % 8], "保密审查日期": reviewed.isoformat(),
    }  # fmt: skip


def _item_cells(resource: Resource, item: Item) -> Iterator[tuple[str, Any]]:
    low, _, high = item.domain_of("range").partition("..")
    identifier = item.domain_of("id")
    yield from (
        ("信息项名称", item.name), ("数据类型", DataType(item.type).label), ("数据长度", item.length), ("信息项标识", item.code),
        ("是否主键", _yes("K" in item.flags)), ("是否必填", _yes("R" in item.flags)),
        ("标识类型", IdentifierKind(identifier).label if identifier else ""), ("代码表", item.domain_of("codes")),
        ("格式规则", item.domain_of("pattern")), ("最小值", float(low) if low else None),
        ("最大值", float(high) if high else None),
        ("计量单位", item.domain_of("unit")), ("敏感级别", _sensitivity(resource, item).label),
        ("信息项共享类型", _share_type(resource, item)), ("信息项共享条件", _item_condition(resource, item)),
        ("信息主体", _yes("S" in item.flags)),
        ("可查询", _yes("L" in item.flags or "S" in item.flags)),
    )  # fmt: skip


def _item_condition(resource: Resource, item: Item) -> str:
    """What an item needs to say of itself, because it is stricter than its resource."""
    share_type = _share_type(resource, item)
    if share_type == resource.share:
        return ""
    return ITEM_BASIS if share_type == ShareType.NOT_SHARED.label else BASIS


def _yes(value: bool) -> str:
    return "是" if value else "否"


def _sensitivity(resource: Resource, item: Item) -> Sensitivity:
    if "X" in item.flags:
        return Sensitivity.SENSITIVE
    if "P" in item.flags:
        return Sensitivity.PERSONAL
    return Sensitivity.PUBLIC if resource.share == ShareType.UNCONDITIONAL.label else Sensitivity.INTERNAL


def _share_type(resource: Resource, item: Item) -> str:
    """不予共享 for flag N; a personal item of an unconditional resource is shared on conditions."""
    if "N" in item.flags:
        return ShareType.NOT_SHARED.label
    if resource.share == ShareType.UNCONDITIONAL.label and any(flag in item.flags for flag in "PX"):
        return ShareType.CONDITIONAL.label
    return resource.share
