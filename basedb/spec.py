"""How a base describes itself, and how the machinery finds that description.

A base is a package `basedb/<name>/` with
- `spec.py`: `TITLE`, `TABLES`, `INPUTS`, `AUTHORITY`, `KEYS`, `REFERENCES`, `LINKS` (see `Spec`), and
  `EXTENSIONS = ("spatial",)` when its models need it;
- `models/010_<thing>.sql`: one table per file, run in name order on one connection, the first
  line a comment with the grain; they read `input.<role>`; scratch tables are `temp`;
- `STEPS = {"075_<thing>": function}` in `spec.py` when SQL does not suffice: the function gets the
  connection and runs in its place among the models;
- `NAMED_BY = {"<base>.<table>.<column>": "<table>.<column>"}` in `spec.py` when other bases name its records by a
  value that may be looked up: an address as it is written;
- `data/<table>.csv` (optional): small fixed tables, loaded under the file's name, all text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Protocol

import duckdb

from catalog.errors import BuildFailed, NotFound
from catalog.vocab import Base as BaseName
from catalog.vocab import Column, IdentifierKind, Mask, Sensitivity, ShareType, TableSpec, is_witness


class Spec(Protocol):
    """What every `basedb/<name>/spec.py` offers.

    TABLES: the tables of a release; the first column of each is `record_key`.
    INPUTS: role -> the columns that models read; other delivered columns are not seen. Rows
    of a role named `check_...` are only held against the base's own.
    AUTHORITY: `<table>.<attribute>` -> roles, most trusted first, unless the register says otherwise.
    CALLED: `<table>.<column>` -> the `<role>.<item>` that it is drawn from, where these have other names.
    KEYS: key map kind -> (table, natural key column): the tables that give out platform keys.
    REFERENCES: `<table>.<column>` -> `<table>.<column>` inside the base, counted as orphans.
    LINKS: `<table>.<column>` -> `<base>.<table>`: platform keys of records that another base holds, or none.
    SOURCE_KEYS (optional): table -> ways to find its rows in their sources, where one natural key does not suffice.
    DERIVED (optional): tables that are computed from others of the base, and have no source of their own.
    """

    TITLE: str
    TABLES: tuple[TableSpec, ...]
    INPUTS: Mapping[str, TableSpec]
    AUTHORITY: Mapping[str, tuple[str, ...]]
    CALLED: Mapping[str, tuple[str, ...]]
    KEYS: Mapping[str, tuple[str, str]]
    REFERENCES: Mapping[str, str]
    LINKS: Mapping[str, str]


Run = Callable[[duckdb.DuckDBPyConnection], None]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a build: what runs on its connection."""

    name: str
    run: Run


@dataclass(frozen=True, slots=True)
class Base:
    """One base, ready to build."""

    name: str
    folder: Path
    spec: Spec

    @property
    def models(self) -> tuple[Path, ...]:
        return tuple(sorted((self.folder / "models").glob("*.sql")))

    @property
    def steps(self) -> tuple[Step, ...]:
        """Models and `STEPS` of the spec, in name order."""
        functions: Mapping[str, Run] = getattr(self.spec, "STEPS", {})
        steps = [Step(name, run) for name, run in functions.items()]
        steps += [Step(path.stem, partial(run_model, model=path)) for path in self.models]
        return tuple(sorted(steps, key=lambda step: step.name))

    @property
    def files(self) -> tuple[Path, ...]:
        """Everything in the base's folder that decides what a build gives."""
        own = (path for path in self.folder.iterdir() if path.suffix in (".py", ".json"))
        return (*self.models, *self.data, *sorted(own))

    @property
    def extensions(self) -> tuple[str, ...]:
        """DuckDB extensions that the models need: `EXTENSIONS` of the spec, else none."""
        return tuple(getattr(self.spec, "EXTENSIONS", ()))

    @property
    def prompt(self) -> tuple[str, ...]:
        """Roles whose news must be in the base the same day: `PROMPT` of the spec, else none."""
        return tuple(getattr(self.spec, "PROMPT", ()))

    @property
    def derived(self) -> frozenset[str]:
        """Tables without a source of their own: `DERIVED` of the spec, else none."""
        return frozenset(getattr(self.spec, "DERIVED", ()))

    @property
    def named_by(self) -> Mapping[str, str]:
        """Columns of other bases whose values name records of this one: `NAMED_BY` of the spec, else none."""
        found: Mapping[str, str] = getattr(self.spec, "NAMED_BY", {})
        return found

    @property
    def data(self) -> tuple[Path, ...]:
        return tuple(sorted((self.folder / "data").glob("*.csv")))

    @property
    def kinds(self) -> frozenset[str]:
        """Kinds of natural keys whose platform keys stand in the base: its own and those of its links."""
        linked = {kind for target in self.spec.LINKS.values() for kind in _kinds_of(target)}
        return frozenset(self.spec.KEYS) | linked

    def home(self, kind: str) -> str:
        """The published table whose records a kind of keys names; keys that scratch tables give out bear its name."""
        table, _ = self.spec.KEYS[kind]
        return table if table in {each.name for each in self.spec.TABLES} else kind

    def table(self, name: str) -> TableSpec:
        """The table of that name; NotFound when the base has none."""
        found = next((t for t in self.spec.TABLES if t.name == name), None)
        if found is None:
            raise NotFound(f"{self.name} 库没有数据表 {name}", base=self.name, table=name)
        return found


def base(name: str) -> Base:
    """The base of that name, its spec imported; NotFound for a word that names none."""
    if name not in BaseName.__members__.values():
        raise NotFound(f"没有名为 {name} 的基础库", base=name)
    module = import_module(f"basedb.{name}.spec")
    return Base(name, Path(str(module.__file__)).parent, module)


def run_model(connection: duckdb.DuckDBPyConnection, model: Path) -> None:
    """Run one model file; BuildFailed names it, without any value of a row."""
    try:
        connection.execute(model.read_text(encoding="utf-8"))
    except (duckdb.DataError, duckdb.IntegrityError) as error:  # their texts quote the value
        raise BuildFailed(f"{model.name}: {type(error).__name__}: {_without_values(error)}") from None
    except duckdb.Error as error:
        raise BuildFailed(f"{model.name}: {error}") from error


def _without_values(error: duckdb.Error) -> str:
    first = str(error).splitlines()[0]
    return re.sub(r"\"[^\"]*\"|'[^']*'|\d{4,}\w*", "…", first)


def _kinds_of(target: str) -> list[str]:
    """The kinds of key that `<base>.<table>` gives out."""
    other, table = target.split(".")
    return [kind for kind, (owner, _) in base(other).spec.KEYS.items() if owner == table]


def input_table(role: str, title: str, *columns: Column, needs: tuple[str, ...] = ()) -> TableSpec:
    """The columns that models read of a role; every identifier item gets its `<item>_raw` companion.

    needs: those without which a row makes no record; whoever fills the role registers them as required.
    """
    marked = (replace(each, required=each.name in needs) for each in columns)
    return TableSpec(role, title, key=("_key",), columns=tuple(c for item in marked for c in with_raw(item)))


def items_of(item: str, *roles: str) -> tuple[str, ...]:
    """`<role>.<item>` of several roles."""
    return tuple(f"{role}.{item}" for role in roles)


def items_in(inputs: Mapping[str, TableSpec], *items: str) -> tuple[str, ...]:
    """`<role>.<item>` of every role that brings one of the items and is not only held against the base's own."""
    roles = {role: table.names for role, table in inputs.items() if not is_witness(role)}
    return tuple(f"{role}.{item}" for item in items for role, names in roles.items() if item in names)


def with_raw(column: Column) -> tuple[Column, ...]:
    """A column and, when it is an identifier, the restricted text of its invalid values."""
    if column.identifier is None:
        return (column,)
    raw = Column(
        f"{column.name}_raw",
        "VARCHAR",
        f"{column.title}（原文）",
        title_en=f"{column.title_en} as delivered" if column.title_en else "",
        sensitivity=Sensitivity.SENSITIVE,
    )
    return (column, raw)


def text(name: str, title: str = "") -> Column:
    """A text column of an input."""
    return Column(name, "VARCHAR", title or name)


def day(name: str, title: str = "") -> Column:
    """A date column of an input."""
    return Column(name, "DATE", title or name)


def citizen_id(name: str, title: str = "公民身份号码") -> Column:
    """A citizen identifier column of an input; brings `<name>_raw`."""
    return Column(name, "VARCHAR", title, identifier=IdentifierKind.CITIZEN_ID)


def credit_code(name: str, title: str = "统一社会信用代码") -> Column:
    """A unified social credit code column of an input; brings `<name>_raw`."""
    return Column(name, "VARCHAR", title, identifier=IdentifierKind.CREDIT_CODE)


def record_key(share_type: ShareType = ShareType.UNCONDITIONAL) -> Column:
    """The first column of every base table."""
    return Column("record_key", "VARCHAR", "记录键", "Record key", required=True, share_type=share_type)


def record_source(share_type: ShareType = ShareType.UNCONDITIONAL) -> Column:
    """The code of the source that a whole row came from, where a row is of one source or of none."""
    return Column("record_source", "UTINYINT", "数据来源", "Source of the row", share_type=share_type)


def source(share_type: ShareType = ShareType.UNCONDITIONAL) -> Column:
    """The code of the source that states a row, where every row is stated by one."""
    return Column("source", "UTINYINT", "来源", "Source", required=True, share_type=share_type)


def classes(of: str = "本人", of_en: str = "the person") -> tuple[Column, Column]:
    """The classes of the persons whom a row is about: minors by the day of birth, and the deceased.

    Every table that holds keys of persons has both: its rows are shown by them, not those of `person` alone.
    """
    birth = Column(
        "birth_date", "DATE", f"{of}出生日期", f"Birth date of {of_en}", share_type=ShareType.CONDITIONAL,
        sensitivity=Sensitivity.PERSONAL, mask=Mask.YEAR,
    )  # fmt: skip
    death = Column(
        "is_deceased", "BOOLEAN", f"{of}已死亡", f"Death of {of_en}", share_type=ShareType.CONDITIONAL,
        sensitivity=Sensitivity.PERSONAL,
    )  # fmt: skip
    return (birth, death)


def golden(column: Column) -> tuple[Column, Column]:
    """An attribute chosen among sources, with the code of the source it came from."""
    source = Column(
        f"{column.name}_source",
        "UTINYINT",
        f"{column.title}来源",
        title_en=f"Source of {column.title_en[:1].lower()}{column.title_en[1:]}" if column.title_en else "",
        share_type=column.share_type,
    )
    return (column, source)
