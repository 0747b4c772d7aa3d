"""Rows of a workbook with cells by heading, and what is wrong with them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from openpyxl.utils import get_column_letter

from catalog.field_help import HELP
from catalog.vocab import Term

DEPARTMENT_SHEET, PROJECT_SHEET, CATALOG_SHEET = "部门信息", "项目与系统", "信息资源目录"
_T = TypeVar("_T", bound=Term)


@dataclass(frozen=True, slots=True)
class Fault:
    """One wrong cell: where, what, and the way out. cell: its address such as F12, "" when there is none."""

    sheet: str
    row: int
    column: str
    rule: str
    remedy: str
    cell: str = ""


@dataclass(frozen=True, slots=True)
class Fix:
    """One safe correction that is proposed: what stands there, what would stand there, and why."""

    sheet: str
    row: int
    column: str
    found: str
    proposed: str
    rule: str


@dataclass(slots=True)
class Line:
    """One row of a sheet, cells by heading; `row` as a person sees it. Wrong cells go to `faults`.

    places: heading -> column number.
    """

    sheet: str
    row: int
    cells: Mapping[str, Any]
    faults: list[Fault]
    places: Mapping[str, int] = field(default_factory=dict)

    def fault(self, column: str, rule: str, remedy: str) -> None:
        place = self.places.get(column)
        cell = f"{get_column_letter(place)}{self.row}" if place else ""
        self.faults.append(Fault(self.sheet, self.row, column, rule, remedy, cell))

    def text(self, column: str, *, required: bool = False) -> str:
        found = plain(self.cells.get(column))
        if required and not found:
            self.fault(column, "必填", f"填写「{column}」")
        known = HELP.get(column)
        if known and len(found) > known.limit:
            self.fault(column, f"超过 {known.limit} 个字符", "缩短内容")
            return found[: known.limit]
        return found

    def term(self, column: str, kind: type[_T], default: _T, *, required: bool = False) -> _T:
        found = self.text(column, required=required)
        term = kind.of_label(found) if found else default
        if term is None:
            self.fault(column, "枚举值", "填写其中之一：" + "、".join(m.label for m in kind))
        return term or default

    def flag(self, column: str, *, default: bool = False) -> bool:
        found = self.text(column)
        if found not in ("", "是", "否"):
            self.fault(column, "是或否", "填写「是」或「否」")
        return found == "是" if found else default

    def number(self, column: str, *, minimum: float | None = None) -> float | None:
        found = self.text(column)
        try:
            number = float(found) if found else None
        except ValueError:
            number = math.nan
        if number is None:
            return None
        if not math.isfinite(number):
            self.fault(column, "数值", "填写阿拉伯数字，不带单位")
            return None
        if minimum is not None and number < minimum:
            self.fault(column, f"不得小于 {minimum:g}", "填写正确的数值")
            return None
        return number

    def whole(self, column: str, *, minimum: int) -> int | None:
        number = self.number(column, minimum=minimum)
        if number is None:
            return None
        if not number.is_integer() or number > 10**9:
            self.fault(column, "整数", "填写整数")
            return None
        return int(number)

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


def plain(value: Any) -> str:
    """A cell as text: whole numbers without a point, nothing as an empty text."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip()
