"""Catalog workbooks that we write: the empty template, and a department's catalog to read, edit and hand in again."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from catalog.entries import Catalog, ItemEntry, ResourceEntry, SystemEntry
from catalog.entry_rules import CENSUS
from catalog.field_help import FIELDS, HELP, Field, Level, headings
from catalog.guide import CLASS_LABELS
from catalog.sheets import CATALOG_SHEET, DEPARTMENT_SHEET, PROJECT_SHEET
from catalog.vocab import Term

HELP_SHEET, LIST_SHEET = "填写说明", "代码表"
CATALOG_HEADINGS = (*headings(Level.RESOURCE), *headings(Level.ITEM))
ROWS = 3000
NOTES = (
    "本工作簿按《政务信息资源目录编制指南（试行）》（发改高技〔2017〕1272号）填写，每部门一册。",
    "「信息资源目录」一行一个信息项；资源层面的内容只填在该资源的第一行，其下各行留空。",
    "深色表头为必填；有下拉列表的只能选填其中一项；鼠标移到表头可看含义、示例和常见退回原因。",
    "信息资源代码由平台在登记时赋予，新资源留空。资源标识、信息项标识登记后不变。",
    "涉及国家秘密、工作秘密的资源不得编入本目录；每个资源须写明保密审查人和审查日期。",
)
_HELP_HEADINGS = ("字段", "必填", "含义", "示例", "可填内容", "常见退回原因", "依据")


@dataclass(frozen=True, slots=True)
class _Styles:
    plain: Format
    required: Format
    heading: Format
    wrapped: Format


def write(catalog: Catalog, code_lists: Sequence[str] = ()) -> bytes:
    """The workbook of a catalog; one without resources is the template of its department."""
    out = BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    styles = _styles(book)
    _help(book.add_worksheet(HELP_SHEET), styles)
    _facts(book.add_worksheet(DEPARTMENT_SHEET), catalog, styles)
    _projects(book.add_worksheet(PROJECT_SHEET), catalog.systems, styles)
    _catalog(book.add_worksheet(CATALOG_SHEET), catalog, code_lists, styles)
    lists = book.add_worksheet(LIST_SHEET)
    lists.write_column(0, 0, code_lists)
    lists.hide()
    book.close()
    return out.getvalue()


def _styles(book: xlsxwriter.Workbook) -> _Styles:
    head = {"bold": True, "border": 1, "text_wrap": True, "valign": "vcenter"}
    return _Styles(
        plain=book.add_format({"valign": "top", "num_format": "@"}),
        required=book.add_format({**head, "bg_color": "#1F4E79", "font_color": "#FFFFFF"}),
        heading=book.add_format({**head, "bg_color": "#D9E2EC"}),
        wrapped=book.add_format({"text_wrap": True, "valign": "top", "border": 1}),
    )


def _help(sheet: Worksheet, styles: _Styles) -> None:
    """The first sheet: how to fill the workbook in, and every field with its meaning and usual faults."""
    sheet.write_column(0, 0, NOTES)
    first = len(NOTES) + 1
    sheet.write_row(first, 0, _HELP_HEADINGS, styles.heading)
    for row, field in enumerate(FIELDS, first + 1):
        choices = "、".join(field.choices)
        required = "必填" if field.required else ""
        cells = (field.heading, required, field.meaning, field.example, choices, field.returns, field.basis)
        sheet.write_row(row, 0, cells, styles.wrapped)
    for column, width in enumerate((28, 6, 40, 28, 40, 30, 40)):
        sheet.set_column(column, column, width)
    sheet.freeze_panes(first + 1, 1)


def _facts(sheet: Worksheet, catalog: Catalog, styles: _Styles) -> None:
    values = (
        catalog.name, catalog.slug, catalog.credit_code, catalog.division_code, catalog.upper, catalog.registrar_name,
        catalog.verifier_name,
    )  # fmt: skip
    for row, (heading, value) in enumerate(zip(headings(Level.DEPARTMENT), values, strict=True)):
        sheet.write_string(row, 0, heading, styles.required if HELP[heading].required else styles.heading)
        sheet.write_comment(row, 0, _note(HELP[heading]))
        _put(sheet, row, 1, value, styles)
    sheet.set_column(0, 1, 30)


def _projects(sheet: Worksheet, systems: Iterable[SystemEntry], styles: _Styles) -> None:
    names = headings(Level.PROJECT)
    _head(sheet, names, styles)
    for row, entry in enumerate(systems, 1):
        values = (
            entry.project_code, entry.project_name, entry.kind, entry.state, entry.go_live_date, entry.system_code,
            entry.system_name, entry.statement,
        )  # fmt: skip
        for column, value in enumerate(values):
            _put(sheet, row, column, value, styles)


def _catalog(sheet: Worksheet, catalog: Catalog, code_lists: Sequence[str], styles: _Styles) -> None:
    _head(sheet, CATALOG_HEADINGS, styles)
    if code_lists:
        column = CATALOG_HEADINGS.index("代码表")
        source = f"='{LIST_SHEET}'!$A$1:$A${len(code_lists)}"
        sheet.data_validation(1, column, ROWS, column, {"validate": "list", "source": source, "error_type": "warning"})
    row = 1
    for resource in catalog.resources:
        cells = {**resource_cells(resource), "信息资源提供方": catalog.name, "信息资源提供方代码": catalog.credit_code}
        for item in resource.items:
            cells |= item_cells(item)
            for heading, value in cells.items():
                _put(sheet, row, CATALOG_HEADINGS.index(heading), value, styles)
            cells, row = {}, row + 1


def _head(sheet: Worksheet, names: Sequence[str], styles: _Styles) -> None:
    """Headings with notes and drop-down lists; the columns below are text, so that leading zeros stay."""
    for column, heading in enumerate(names):
        field = HELP[heading]
        sheet.set_column(column, column, max(10, 2 * len(heading)), styles.plain)
        sheet.write_string(0, column, heading, styles.required if field.required else styles.heading)
        sheet.write_comment(0, column, _note(field))
        if field.choices:
            rule = {
                "validate": "list",
                "source": list(field.choices),
                "error_message": f"请从列表中选择{heading}"[:255],
            }
            sheet.data_validation(1, column, ROWS, column, rule)
    sheet.freeze_panes(1, 0)


def _note(field: Field) -> str:
    return f"{field.meaning}\n示例：{field.example}\n常见退回：{field.returns}\n依据：{field.basis}"


def resource_cells(entry: ResourceEntry) -> dict[str, Any]:
    """What stands in a resource's row by heading, the provider's name and code apart."""
    return {
        "类": CLASS_LABELS[entry.class_digit], "项": entry.class_item, "目": entry.category, "细目": entry.sub_category,
        "信息资源名称": entry.name, "信息资源代码": entry.code, "信息资源摘要": entry.abstract, "信息资源格式分类": entry.format_class,
        "信息资源格式类型": entry.format_type, "其他类型资源格式描述": entry.format_description, "共享类型": entry.share_type,
        "共享条件": entry.share_condition, "共享方式分类": entry.share_channel, "共享方式类型": entry.share_method,
        "是否向社会开放": entry.is_open, "开放条件": entry.open_condition, "更新周期": entry.update_cycle,
        "发布日期": entry.published_date, "关联资源代码": entry.related_codes, "履行职责": entry.duty,
        "业务事项": entry.business_item, "资源标识": entry.slug, "报送方式": entry.delivery_mode,
        "增量操作项": entry.operation_item, "全量删除上限（%）": entry.drop_limit_pct, "前置库表": entry.pull_table,
        "报送期限": entry.lead_days, "所属系统编码": entry.system_code, "基础库角色": entry.base_role,
        "保密审查人": entry.secrecy_reviewer, "保密审查日期": entry.secrecy_reviewed_date,
        **{heading: getattr(entry, name) for name, heading, _ in CENSUS},
    }  # fmt: skip


def item_cells(entry: ItemEntry) -> dict[str, Any]:
    """What stands in an item's cells by heading."""
    return {
        "信息项名称": entry.title, "信息项英文名称": entry.title_en, "数据类型": entry.data_type, "数据长度": entry.length,
        "信息项标识": entry.name, "是否主键": entry.is_key, "是否必填": entry.is_required, "标识类型": entry.identifier,
        "代码表": entry.code_list, "格式规则": entry.pattern, "最小值": entry.minimum, "最大值": entry.maximum,
        "计量单位": entry.measure_unit, "敏感级别": entry.sensitivity, "信息项共享类型": entry.share_type,
        "信息项共享条件": entry.share_condition, "信息项是否开放": entry.is_open, "信息项开放条件": entry.open_condition,
        "信息主体": entry.is_subject, "可查询": entry.is_lookup,
    }  # fmt: skip


def cell_text(value: Any) -> str:
    """A value as a person would fill it in, numbers to their last digit; "" for nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Term):
        return value.label
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float):
        return repr(int(value)) if value.is_integer() else repr(value)
    return str(value)


def _put(sheet: Worksheet, row: int, column: int, value: Any, styles: _Styles) -> None:
    """A cell of plain text, never a formula; nothing stays nothing."""
    text = cell_text(value)
    if text:
        sheet.write_string(row, column, text, styles.plain)
