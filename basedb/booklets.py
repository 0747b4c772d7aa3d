"""The written specification of a base, out of its spec: what `docs/bases/<base>.md` holds, in both languages."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from basedb.spec import Base
from catalog.base_roles import TEXT, kind_of
from catalog.vocab import Column, TableSpec

_HEAD = """\
# {title} · {name}

由 `basedb/{name}/spec.py` 生成（`sixbase bases docs`），请改规格，勿改本页。
Generated from `basedb/{name}/spec.py` by `sixbase bases docs`; change the spec, not this page.
"""
_COLUMNS = ("信息项 Item", "名称 Title", "类型 Type", "单位 Unit", "代码表 Code list", "标准 Standard",
            "共享 Sharing", "敏感性 Sensitivity", "开放 Opening", "脱敏 Mask")  # fmt: skip


def booklet(base: Base) -> str:
    """The page of a base as Markdown."""
    spec = base.spec
    parts = [
        _HEAD.format(title=spec.TITLE, name=base.name),
        _inputs(base),
        *(_table(base, table) for table in spec.TABLES),
        _authority(base),
        _keys(base),
    ]
    return "\n".join(part.strip("\n") + "\n" for part in parts)


def _inputs(base: Base) -> str:
    rows = [(f"`{role}`", table.title, _items(table)) for role, table in base.spec.INPUTS.items()]
    return "## 来源 Inputs\n\n" + _grid(("角色 Role", "资源 Resource", "读取的信息项 Items read"), rows)


def _items(table: TableSpec) -> str:
    return "、".join(_needed(column) for column in table.columns if not column.name.endswith("_raw"))


def _table(base: Base, table: TableSpec) -> str:
    facts = [
        f"- 粒度 Grain：{table.grain}" if table.grain else "",
        f"- 主键 Key：{_names(table.key)}",
        f"- 可查询 Look-up：{_names(table.lookup)}" if table.lookup else "",
        *(f"- 库内引用 Reference：`{s}` → `{t}`" for s, t in base.spec.REFERENCES.items() if _is_of(s, table)),
        *(f"- 跨库关联 Link：`{s}` → `{t}`" for s, t in base.spec.LINKS.items() if _is_of(s, table)),
    ]
    head = f"## {table.title} · {table.title_en or table.name} · `{table.name}`\n"
    return "\n".join([head, *(each for each in facts if each), "", _grid(_COLUMNS, map(_column, table.columns))])


def _is_of(source: str, table: TableSpec) -> bool:
    return source.split(".")[0] == table.name


def _column(column: Column) -> tuple[str, ...]:
    codes = column.code_list or "、".join(column.codes)
    return (
        _needed(column),
        " / ".join(each for each in (column.title, column.title_en) if each),
        column.type,
        column.unit,
        codes,
        column.source,
        column.share_type.label,
        column.sensitivity.label,
        "是" if column.is_open else "否",
        column.mask.label,
    )


def _needed(column: Column) -> str:
    """Its name, with a star where it is never empty."""
    return f"`{column.name}`" + (" *" if column.required else "")


def _authority(base: Base) -> str:
    rows = [
        (f"`{attribute}`", " > ".join(f"`{role}`" for role in roles))
        for attribute, roles in base.spec.AUTHORITY.items()
    ]
    if not rows:
        return "## 数源 Authority\n\n每行取自一个来源，来源列即数源。Every row is one source's; its source column names it."
    return "## 数源 Authority\n\n" + _grid(("属性 Attribute", "默认来源顺序 Default ranking"), rows)


def _keys(base: Base) -> str:
    rows = [(f"`{kind}`", f"`{table}`", f"`{column}`") for kind, (table, column) in base.spec.KEYS.items()]
    return "## 平台主键 Platform keys\n\n" + _grid(("类别 Kind", "表 Table", "自然键 Natural key"), rows)


def _names(names: Sequence[str]) -> str:
    return "、".join(f"`{each}`" for each in names)


def _grid(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [headings, ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines) + "\n"


def roles(bases: Iterable[Base]) -> str:
    """What departments' resources may fill and what they must bring, as the register reads it, in CSV."""
    rows = (
        (f"{base.name}.{role}", table.title, _listed(c.name for c in table.columns if c.required), _kinds(table))
        for base in bases
        for role, table in base.spec.INPUTS.items()
    )
    return _csv(("role", "title", "needs", "kinds"), rows)


def _kinds(table: TableSpec) -> str:
    return _listed(f"{c.name}:{kind_of(c.type)}" for c in table.columns if kind_of(c.type) != TEXT)


def called(bases: Iterable[Base]) -> str:
    """The columns that are drawn from items of other names, as the register reads it, in CSV."""
    rows = ((f"{base.name}.{column}", _listed(items)) for base in bases for column, items in base.spec.CALLED.items())
    return _csv(("column", "items"), rows)


def _listed(words: Iterable[str]) -> str:
    return " ".join(words)


def _csv(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    written = io.StringIO()
    csv.writer(written, lineterminator="\n").writerows([headings, *rows])
    return written.getvalue()
