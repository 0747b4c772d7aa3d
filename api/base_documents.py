"""What the tables of the bases are, for the OpenAPI document and the pages: out of their specifications."""

from __future__ import annotations

from typing import Any

from basedb.spec import Base, base
from catalog.errors import NotFound
from catalog.models import Resource
from catalog.vocab import Base as BaseName
from catalog.vocab import Column, TableSpec

_TYPES = {"BOOLEAN": "boolean", "DOUBLE": "number"}
_FORMATS = {"DATE": "date"}


def schemas() -> dict[str, dict[str, Any]]:
    """A JSON schema per base table, called `Record_<table>`: a record as it is before masks."""
    return {
        f"Record_{table.name}": _schema(owner, table) for owner in map(base, BaseName) for table in owner.spec.TABLES
    }


def _schema(owner: Base, table: TableSpec) -> dict[str, Any]:
    key = "、".join(table.key)
    return {
        "title": f"{table.title} {table.title_en}",
        "description": f"{owner.spec.TITLE}；粒度：{table.grain}；键：{key}。遮盖后的值类型可能不同，未授权的列不出现。",
        "type": "object",
        "properties": {column.name: _property(owner, table, column) for column in table.columns},
        "required": ["record_key"],
    }


def _property(owner: Base, table: TableSpec, column: Column) -> dict[str, Any]:
    kind = _TYPES.get(column.type, "integer" if "INT" in column.type else "string")
    told = [
        column.title_en,
        f"标准 {column.source}" if column.source else "",
        f"代码表 {column.code_list}" if column.code_list else "",
        f"单位 {column.unit}" if column.unit else "",
        f"数源 {' > '.join(roles)}" if (roles := authority(owner, table.name).get(column.name)) else "",
        f"关联 {target}" if (target := links(owner, table.name).get(column.name)) else "",
    ]
    found: dict[str, Any] = {"title": column.title, "description": "；".join(filter(None, told))}
    found["type"] = kind if column.name == "record_key" else [kind, "null"]
    if column.type in _FORMATS:
        found["format"] = _FORMATS[column.type]
    return found


def authority(owner: Base, table: str) -> dict[str, tuple[str, ...]]:
    """Column of a table -> the roles that may say it, most trusted first, as long as the register says nothing else."""
    return {a.split(".")[1]: roles for a, roles in owner.spec.AUTHORITY.items() if a.split(".")[0] == table}


def links(owner: Base, table: str) -> dict[str, str]:
    """Column of a table -> `<base>.<table>` whose records its keys name."""
    inside = {s: f"{owner.name}.{t.split('.')[0]}" for s, t in owner.spec.REFERENCES.items()}
    every = inside | dict(owner.spec.LINKS)
    return {s.split(".")[1]: target for s, target in every.items() if s.split(".")[0] == table}


def of_resource(found: Resource) -> tuple[Base, TableSpec] | None:
    """The base and table that a resource is; None for a department's, and for a table that is no more."""
    if not found.is_base_table:
        return None
    try:
        owner = base(found.unit)
        return owner, owner.table(found.table_name)
    except NotFound:
        return None
