"""What a View says of a release: its types, columns and rows, as the text of a query."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache
from pathlib import Path
from typing import Any

from basedb import lookup, manifest, masks
from basedb.conditions import Compiler, Engine, columns_in
from basedb.quote import literal, name
from catalog.errors import Misconfigured, NotGranted
from catalog.view import AllOf, Condition, View, ViewColumn
from catalog.vocab import Mask


def allowed(view: View, filter: Condition | None) -> list[Condition]:
    """The caller's filter, once it speaks only of columns shown unmasked."""
    if filter is None:
        return []
    plain = {column.name for column in view.columns if column.mask is Mask.PLAIN} | {"record_key"}
    refused = sorted(columns_in(filter) - plain)
    if refused:
        raise NotGranted(
            f"授权不允许按 {'、'.join(refused)} 筛选", remedy="只能按授权中以原值显示的列筛选", columns=refused
        )
    return [filter]


def where(compiler: Compiler, view: View, asked: list[Condition]) -> str:
    """The view's own rows, then what is asked of them; the order of the text is that of the parameters."""
    own = [view.where] if view.where is not None else []
    parts = [compiler.sql(AllOf((*own, *asked)))]
    if view.suppressed:
        parts.append(compiler.none_of_keys(sorted(view.suppressed)))
    if view.departed:
        named = [column for column, kind in types(view).items() if column.endswith("_key") and kind == "VARCHAR"]
        parts += [compiler.none_of_keys(sorted(view.departed), column) for column in named]
    return " and ".join(parts)


def duckdb_condition(view: View, filter: Condition | None) -> tuple[Compiler, str]:
    """The condition on the view's rows in DuckDB, and the compiler with its parameters."""
    compiler = Compiler(Engine.DUCKDB, types(view))
    return compiler, where(compiler, view, allowed(view, filter))


def shown(view: View) -> list[ViewColumn]:
    """The columns that an answer holds besides the key; raises Misconfigured for one that the release lacks."""
    found = [column for column in view.columns if column.mask is not Mask.HIDDEN and column.name != "record_key"]
    missing = sorted({column.name for column in found} - set(types(view)))
    if missing:
        raise Misconfigured(f"{view.table} 的版本 {view.release_id} 没有列 {'、'.join(missing)}", columns=missing)
    return found


def masked(view: View, column: ViewColumn) -> str:
    """A column in DuckDB, as its reader may see it."""
    kind = types(view)[column.name]
    return f"{masks.in_duckdb(column.mask, kind, name(column.name))} as {name(column.name)}"


def parquet(view: View) -> str:
    """The table of the view in DuckDB."""
    return f"read_parquet({literal(str(view.directory / entry(view.directory, view.table)['file']))})"


def types(view: View) -> dict[str, str]:
    """Column -> DuckDB type of what a view can speak of: what the look-up file holds, in both engines.

    SQLite reads an unknown quoted name as a text, so no name passes that is not in here. Raises
    Misconfigured when the view names a column twice: one mask could undo the other.
    """
    counted = Counter(column.name for column in view.columns)
    twice = [column for column, times in counted.items() if times > 1]
    if twice:
        raise Misconfigured(f"授权中列 {'、'.join(twice)} 重复", remedy="修改授权，每列只列一次", columns=twice)
    return lookup.columns_of(entry(view.directory, view.table))


@lru_cache(maxsize=256)
def entry(directory: Path, table: str) -> dict[str, Any]:
    """The table's entry in the manifest; a release never changes, so it is read once."""
    known = manifest.read(directory)["tables"]
    if table not in known:
        raise Misconfigured(f"发布版本 {directory.name} 没有数据表 {table}")
    found: dict[str, Any] = known[table]
    return found
