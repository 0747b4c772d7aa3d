"""Deliveries written as text tables: a specification, rows, and what the check finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from catalog.vocab import Column, DataType, IdentifierKind, Report, TableSpec
from quality.check import check
from quality.reference import Reference
from quality.scratch import Bounds

AS_OF = date(2026, 11, 23)
AREAS = {"000000": 9999, "140202": 2017, "140203": 2017, "140211": 2017, "140213": 9999, "140227": 2017, "142132": 1992,
         "110105": 9999}  # fmt: skip
WORKING_DAYS = [d for d in (date(2026, 1, 1) + timedelta(i) for i in range(365)) if d.weekday() < 5]


def table(text: str) -> list[list[str]]:
    """The cells of a text table, its header first."""
    return [[cell.strip() for cell in line.split("|")] for line in text.strip().splitlines()]


def spec(text: str, *, orders: tuple[tuple[str, str], ...] = ()) -> TableSpec:
    """A specification out of lines `item | title | type | flags | domain`, as the sample city writes them."""
    columns, key = [], []
    for name, title, kind, flags, domain in table(text):
        columns.append(_column(name, title, kind, flags, domain))
        key += [name] * ("K" in flags)
    return TableSpec("thing", "事项", tuple(key), tuple(columns), orders=orders)


def _column(name: str, title: str, kind: str, flags: str, domain: str) -> Column:
    facts = dict(part.split(":", 1) for part in domain.split(";") if part)
    low, _, high = facts.get("range", "").partition("..")
    return Column(
        name, DataType(kind[0]).duckdb, title,
        required="R" in flags,
        identifier=IdentifierKind(facts["id"]) if "id" in facts else None,
        codes=tuple(facts["codes"].split(",")) if "codes" in facts else (),
        pattern=facts.get("pattern", ""),
        max_length=int(kind[1:]) if kind[1:] and kind[0] == "C" else None,
        minimum=float(low) if low else None,
        maximum=float(high) if high else None,
    )  # fmt: skip


PERSON = spec("""
    id_number  | 公民身份号码 | C18 | KR | id:citizen_id
    name       | 姓名         | C10 | R  |
    sex_code   | 性别代码     | C1  |    | codes:0,1,2,9
    birth_date | 出生日期     | D   |    |
    income     | 收入         | Y18 |    | range:0..1000000
""")
RIGHT = """
    公民身份号码       | 姓名 | 性别代码 | 出生日期   | 收入
    140213199003070018 | 张一 | 1        | 1990-03-07 | 12.50
    140203197812310024 | 李二 | 2        | 1978-12-31 |
"""


@dataclass
class Checked:
    """A report and the files beside it."""

    report: Report
    out: Path

    @property
    def found(self) -> dict[str, tuple[int, ...]]:
        """Rule -> row numbers."""
        return {f.rule: f.rows for f in self.report.findings}

    @property
    def messages(self) -> str:
        return "\n".join(f"{f.message} {f.remedy}" for f in self.report.findings)

    def rows(self, columns: str, file: str = "good") -> list[tuple[object, ...]]:
        """Columns of good, bad or findings rows, in the file's order."""
        with duckdb.connect() as connection:
            return connection.execute(f"select {columns} from read_parquet('{self.out / file}.parquet')").fetchall()


FACTS = {field.name for field in fields(Reference)}

Checker = Callable[..., Checked]


@pytest.fixture
def checked(tmp_path: Path) -> Checker:
    """Check bytes, or the rows of a text table sent as CSV, against a specification."""

    def run(content: bytes | str | Path, of: TableSpec = PERSON, *, name: str = "x.csv", **options: object) -> Checked:
        path = content if isinstance(content, Path) else tmp_path / "delivered"
        if isinstance(content, str):
            path.write_text("".join(",".join(row) + "\n" for row in table(content)), encoding="utf-8")
        elif isinstance(content, bytes):
            path.write_bytes(content)
        facts: dict[str, Any] = {"area_codes": AREAS, "working_days": WORKING_DAYS}
        facts |= {name: options.pop(name) for name in FACTS & options.keys()}
        settings = {
            "as_of": AS_OF, "reference": Reference(**facts), "bounds": Bounds(2, "500MB", tmp_path / "tmp"),
        } | options  # fmt: skip
        return Checked(check(path, name, of, tmp_path / "out", **settings), tmp_path / "out")  # type: ignore[arg-type]

    return run
