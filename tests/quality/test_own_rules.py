"""Rules that verifiers add: each kind out of its parameters, and a trial of one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest

from catalog.errors import Invalid
from catalog.vocab import Outcome, RuleKind, TableSpec
from quality.reference import Reference
from quality.scratch import Bounds
from quality.suites.own import OwnRule
from quality.trial import Tried, try_rule
from tests.quality.conftest import AREAS, AS_OF, Checker, spec

BUILDING = spec("""
    code    | 编号     | C10 | KR |
    name    | 名称     | C20 |    |
    floors  | 层数     | I   |    |
    height  | 高度     | N18 |    |
    begun   | 开工日期 | D   |    |
    ended   | 竣工日期 | D   |    |
""")
ROWS = """
    code | name | floors | height | begun      | ended
    A1   | 甲   | 3      | 9.5    | 2020-01-01 | 2021-01-01
    A2   | 乙   | 200    | 9.5    | 2022-01-01 | 2021-01-01
    B3   | 丙   |        |        |            |
"""


def own(kind: RuleKind, item: str, outcome: Outcome = Outcome.WARN, table: Path | None = None, **said: Any) -> OwnRule:
    return OwnRule("OWN_001", 2, kind, item, said, outcome, "名称", table)


def listed(path: Path, *values: str) -> Path:
    with duckdb.connect() as connection:
        connection.execute("create table t as select unnest($1) as code", [list(values)])
        connection.execute(f"copy t to '{path}' (format parquet)")
    return path


@pytest.mark.parametrize(
    ("rule", "rows"),
    [
        (own(RuleKind.BETWEEN, "floors", low="1", high="99"), (3,)),
        (own(RuleKind.BETWEEN, "height", high="9.4"), (2, 3)),
        (own(RuleKind.BETWEEN, "begun", low="2021-06-01"), (2,)),
        (own(RuleKind.IN_LIST, "name", values=["甲", "丙", "x'"]), (3,)),
        (own(RuleKind.PATTERN, "code", pattern=r"A\d"), (4,)),
        (own(RuleKind.COMPARE, "begun", operator="<=", other="ended"), (3,)),
        (own(RuleKind.COMPARE, "floors", operator="<", other="height"), (3,)),
    ],
)
def test_a_rule_of_each_kind_finds_its_rows_and_an_empty_value_breaks_none(
    checked: Checker, rule: OwnRule, rows: tuple[int, ...]
) -> None:
    result = checked(ROWS, BUILDING, own=[rule])
    assert result.found == {"OWN_001": rows}
    [finding] = result.report.findings
    assert (finding.outcome, finding.column) == (Outcome.WARN, rule.item)
    assert "名称（部门自定规则第 2 版）" in finding.message


def test_a_value_must_exist_in_the_other_resource(checked: Checker, tmp_path: Path) -> None:
    there = listed(tmp_path / "other.parquet", "A1", "A2")
    rule = own(RuleKind.EXISTS_IN, "code", Outcome.BLOCK_ROW, there, resource="others", other="code")
    result = checked(ROWS, BUILDING, own=[rule])
    assert (result.found, result.report.good) == ({"OWN_001": (4,)}, 2)
    assert result.rows("_row, _rules", "bad") == [(4, ["OWN_001"])]


def test_a_rule_whose_other_side_is_gone_finds_nothing(checked: Checker, tmp_path: Path) -> None:
    there = listed(tmp_path / "other.parquet", "A1")
    gone = [
        own(RuleKind.EXISTS_IN, "code", resource="others", other="code"),
        own(RuleKind.EXISTS_IN, "code", table=there, resource="others", other="renamed"),
        own(RuleKind.COMPARE, "begun", operator="<", other="renamed"),
        own(RuleKind.PATTERN, "renamed", pattern="x"),
    ]
    assert checked(ROWS, BUILDING, own=gone).found == {}


def test_texts_of_a_rule_cannot_leave_their_quotes(checked: Checker) -> None:
    rule = own(RuleKind.IN_LIST, "name", values=["x') or true or ('", "甲", "乙", "丙"])
    assert checked(ROWS, BUILDING, own=[rule]).found == {}
    assert checked(ROWS, BUILDING, own=[own(RuleKind.PATTERN, "name", pattern="'|甲|乙|丙")]).found == {}


def tried(tmp_path: Path, rule: OwnRule, of: TableSpec = BUILDING) -> Tried:
    path = tmp_path / "delivered.csv"
    path.write_text(
        "".join(line.strip().replace(" ", "").replace("|", ",") + "\n" for line in ROWS.strip().splitlines())
    )
    return try_rule(
        path, "x.csv", of, rule, as_of=AS_OF, reference=Reference(AREAS), bounds=Bounds(1, "500MB", tmp_path)
    )


def test_a_trial_counts_and_writes_nothing(tmp_path: Path) -> None:
    assert tried(tmp_path, own(RuleKind.PATTERN, "code", pattern=r"A\d")) == Tried(3, 1, (4,))
    assert [path.name for path in tmp_path.iterdir()] == ["delivered.csv"]


def test_a_trial_says_why_it_cannot_be_run(tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="参数不能执行"):
        tried(tmp_path, own(RuleKind.PATTERN, "code", pattern=r"(?<x"))
    with pytest.raises(Invalid, match="没有数据"):
        tried(tmp_path, own(RuleKind.EXISTS_IN, "code", resource="others", other="code"))
    with pytest.raises(Invalid, match="不能按现在的目录读取"):
        tried(tmp_path, own(RuleKind.PATTERN, "code", pattern="x"), spec("else | 别的 | C10 | KR |"))
