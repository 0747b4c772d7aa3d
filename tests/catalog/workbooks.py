"""Small catalog workbooks, right by default, with single cells changed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openpyxl import Workbook

from catalog.workbook import CATALOG_SHEET, DEPARTMENT_SHEET, ITEM_HEADINGS, PROJECT_SHEET, RESOURCE_HEADINGS

DEPARTMENT = {
    "部门名称": "市公安局",
    "部门标识": "police",
    "统一社会信用代码": "11140200MA0K12348M",
    "区划代码": "140200",
    "目录负责人": "甲",
    "校核负责人": "乙",
}
RESOURCE: dict[str, Any] = {
    "类": "部门信息资源",
    "项": "02",
    "目": "001",
    "信息资源名称": "人口基本信息",
    "信息资源摘要": "户籍人口的基本信息",
    "信息资源格式分类": "数据库",
    "信息资源格式类型": "mysql",
    "共享类型": "有条件共享",
    "共享条件": "依职责使用",
    "共享方式类型": "接口",
    "是否向社会开放": "否",
    "更新周期": "每日",
    "发布日期": "2026-01-05",
    "资源标识": "police_population",
    "报送方式": "全量",
    "报送期限": 1,
    "所属系统编码": "S1",
    "基础库角色": "natural_person.resident",
    "保密审查人": "丙",
    "保密审查日期": "2026-01-04",
}
ITEMS: tuple[dict[str, Any], ...] = (
    {"信息项名称": "公民身份号码", "数据类型": "字符型C", "数据长度": 18, "信息项标识": "id_number", "是否主键": "是", "是否必填": "是",
     "标识类型": "公民身份号码", "敏感级别": "个人信息", "信息主体": "是", "可查询": "是"},
    {"信息项名称": "性别代码", "数据类型": "字符型C", "数据长度": 1, "信息项标识": "sex_code", "是否主键": "否", "是否必填": "是",
     "代码表": "GB/T 2261.1", "敏感级别": "个人信息"},
)  # fmt: skip


def write(
    path: Path,
    *,
    resource: Mapping[str, Any] | None = None,
    item: Mapping[str, Any] | None = None,
    department: Mapping[str, Any] | None = None,
    project: Mapping[int, Any] | None = None,
) -> Path:
    """A workbook of one department with one resource; `resource` and `item` change cells of its first row,
    `department` facts, `project` cells of the one system by column."""
    book = Workbook()
    sheet = book.active
    sheet.title = DEPARTMENT_SHEET
    for pair in {**DEPARTMENT, **(department or {})}.items():
        sheet.append(pair)
    sheet = book.create_sheet(PROJECT_SHEET)
    sheet.append(["项目编码", "项目名称", "项目类型", "建设状态", "上线日期", "系统编码", "系统名称"])
    system = dict(enumerate(("P1", "人口项目", "软件开发", "已建成", "2024-01-01", "S1", "人口系统")))
    sheet.append(list({**system, **(project or {})}.values()))
    sheet = book.create_sheet(CATALOG_SHEET)
    sheet.append(["大同市政务信息资源目录"])
    headings = [*RESOURCE_HEADINGS, *ITEM_HEADINGS]
    sheet.append(headings)
    for number, each in enumerate(ITEMS):
        cells = {**RESOURCE, **(resource or {}), **each, **(item or {})} if number == 0 else each
        sheet.append([cells.get(heading) for heading in headings])
    book.save(path)
    return path
