"""The comparison tells right from wrong, and fails when anything is wrong."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from sample.desk import PLANT_COLUMNS
from sample.truth import compare, main

TABLES = """
    create table publication (id integer primary key, unit text, release_id text);
    create table department (id text, slug text);
    create table resource (id text, slug text, provider_id text);
    create table delivery (id text, resource_id text, period text, sequence integer, filename text, state text);
    create table finding (id integer primary key, resource_id text, delivery_id text, release_id text, rule text,
        dimension text, outcome text, side text, department_id text, item text, count integer, period text);
    insert into department values ('d1', 'police'), ('d2', 'transport'), ('d3', 'health');
    insert into resource values ('r1', 'people', 'd1'), ('r2', 'trucks', 'd2'), ('r3', 'clinics', 'd3');
    insert into delivery values ('x1', 'r1', '2026-11', 1, 'a.csv', 'accepted_in_part'),
        ('x3', 'r3', '2026-11', 1, 'c.csv', 'returned');
"""
PLANTS = [
    ("wrong_check_digit", "police", "people", "2026-11", 3, "id_number", "warned", "check", "ID_CHECK"),
    ("duplicate", "police", "people", "2026-11", 5, "id_number", "blocked", "check", "KEY_DUPLICATE"),
    ("old_area_code", "police", "people", "2026-11", 4, "id_number", "none", "check", None),
    ("late_department", "transport", "trucks", "2026-W47", None, None, "late", "schedule", "DELIVERY_LATE"),
    ("missing_column", "health", "clinics", "2026-11", None, "day", "delivery_blocked", "check", "COLUMN_MISSING"),
    ("name_conflict", "police", "people", "2026-11", 6, "name", "conflict", "build", "NAME_CONFLICT", "health"),
]
FINDINGS = [
    ("r1", "x1", None, "ID_CHECK", "warn", "d1", "id_number", ""),
    ("r1", "x1", None, "KEY_DUPLICATE", "block_row", "d1", "", ""),
    ("r2", None, None, "DELIVERY_LATE", "warn", "d2", "", "2026-W46"),
    ("r3", "x3", None, "COLUMN_MISSING", "block_delivery", "d3", "", ""),
]


class Home:
    """A home folder in which everything was found, to be spoilt by a test."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.findings = list(FINDINGS)
        self.rows = [("ID_CHECK", "id_number", 3), ("KEY_DUPLICATE", "", 5)]
        self.built = [("NAME_CONFLICT", "people", "police", "name", "x1", 6, "health")]
        self.bad = [5]

    def compare(self) -> dict[str, Any]:
        self._register()
        checked = self.folder / "checked" / "x1"
        checked.mkdir(parents=True)
        schema = {"rule": pl.String, "item": pl.String, "row": pl.Int64}
        pl.DataFrame(self.rows, schema=schema, orient="row").write_parquet(checked / "findings.parquet")
        pl.DataFrame({"_row": self.bad}).write_parquet(checked / "bad.parquet")
        pl.DataFrame({"_row": [n for n in range(2, 9) if n not in self.bad]}).write_parquet(checked / "good.parquet")
        self._built()
        self._plants()
        return compare(self.folder)

    def _register(self) -> None:
        with sqlite3.connect(self.folder / "register.sqlite") as db:
            db.executescript(TABLES)
            db.executemany(
                "insert into finding (resource_id, delivery_id, release_id, rule, outcome, department_id, item, period)"
                " values (?, ?, ?, ?, ?, ?, ?, ?)",
                self.findings,
            )
        db.close()

    def _built(self) -> None:
        folder = self.folder / "findings" / "natural_person"
        folder.mkdir(parents=True)
        names = ("rule", "resource", "department", "item", "delivery_id", "row", "other")
        schema = dict.fromkeys(names, pl.String) | {"row": pl.Int64}
        pl.DataFrame(self.built, schema=schema, orient="row").write_parquet(folder / "r1.parquet")

    def _plants(self) -> None:
        folder = self.folder / "sample" / "truth"
        folder.mkdir(parents=True)
        names = ("kind", "department", "resource", "period", "row", "item", "expected", "stage", "rule", "told")
        schema = {name: PLANT_COLUMNS[name] for name in names}
        plants = [(*plant, None)[: len(names)] for plant in PLANTS]
        frame = pl.DataFrame(plants, schema=schema, orient="row").with_row_index("plant_id", offset=1)
        frame.with_columns(file=pl.lit(None, pl.String)).write_parquet(folder / "plants.parquet")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def figures(found: dict[str, Any]) -> dict[str, int]:
    names = ("found", "wrong_rule", "wrong_department", "wrong_told", "wrong_outcome", "missed", "false_findings")
    return {name: found[name] for name in names if found[name]}


def test_all_plants_found_is_all_right(home: Home) -> None:
    found = home.compare()
    assert found["planted"] == 6
    assert figures(found) == {"found": 6}
    assert found["by_kind"]["duplicate"] == {
        "planted": 1, "found": 1, "expected": "blocked", "rule": "KEY_DUPLICATE",
    }  # fmt: skip


def test_a_row_that_was_not_found_is_missed(home: Home) -> None:
    home.rows, home.findings = home.rows[1:], home.findings[1:]
    assert figures(home.compare()) == {"found": 5, "missed": 1}


def test_another_rule_on_the_row_is_a_wrong_rule(home: Home) -> None:
    home.rows[0] = ("ID_DATE", "id_number", 3)
    home.findings[0] = ("r1", "x1", None, "ID_DATE", "warn", "d1", "id_number", "")
    assert figures(home.compare()) == {"found": 5, "wrong_rule": 1}


def test_a_finding_in_another_item_is_no_find(home: Home) -> None:
    home.rows[0] = ("ID_CHECK", "other_number", 3)
    assert figures(home.compare()) == {"found": 5, "wrong_rule": 1}


def test_a_finding_for_another_department_is_wrong(home: Home) -> None:
    home.built = [("NAME_CONFLICT", "people", "health", "name", "x1", 6, "health")]
    assert figures(home.compare()) == {"found": 5, "wrong_department": 1}


def test_a_conflict_of_which_the_other_side_is_not_told_is_wrong(home: Home) -> None:
    home.built = [("NAME_CONFLICT", "people", "police", "name", "x1", 6, None)]
    assert figures(home.compare()) == {"found": 5, "wrong_told": 1}


def test_a_blocked_row_that_went_on_has_the_wrong_outcome(home: Home) -> None:
    home.bad = [8]
    assert figures(home.compare()) == {"found": 5, "wrong_outcome": 1}


def test_a_warning_that_blocks_has_the_wrong_outcome(home: Home) -> None:
    home.findings[0] = ("r1", "x1", None, "ID_CHECK", "block_row", "d1", "id_number", "")
    assert figures(home.compare()) == {"found": 5, "wrong_outcome": 1}


def test_a_clean_row_with_a_finding_is_false(home: Home) -> None:
    home.rows.append(("ID_AREA", "id_number", 7))
    assert figures(home.compare()) == {"found": 6, "false_findings": 1}


def test_a_finding_on_a_row_that_expects_none_is_wrong(home: Home) -> None:
    home.rows.append(("ID_AREA", "id_number", 4))
    assert figures(home.compare()) == {"found": 5, "wrong_rule": 1}


def test_a_finding_of_the_register_without_its_row_is_missed_and_false(home: Home) -> None:
    home.rows = home.rows[1:]
    assert figures(home.compare()) == {"found": 5, "missed": 1, "false_findings": 1}


def test_a_second_finding_on_a_planted_row_is_false(home: Home) -> None:
    home.rows.append(("ID_AREA", "id_number", 3))
    assert figures(home.compare()) == {"found": 6, "false_findings": 1}


def test_a_late_resource_that_is_not_late_is_false(home: Home) -> None:
    home.findings.append(("r1", None, None, "DELIVERY_LATE", "warn", "d1", "", "2026-11"))
    assert figures(home.compare()) == {"found": 6, "false_findings": 1}


def test_a_returned_delivery_that_should_be_accepted_is_false(home: Home) -> None:
    home.findings.append(("r1", "x1", None, "FILE_EMPTY", "block_delivery", "d1", "", ""))
    assert figures(home.compare()) == {"found": 6, "false_findings": 1}


def test_the_exit_status_tells_whether_all_is_right(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    home.compare()
    assert main([str(home.folder), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["found"] == 6
    with sqlite3.connect(home.folder / "register.sqlite") as db:
        db.execute("delete from finding where rule = 'DELIVERY_LATE'")
    db.close()
    assert main([str(home.folder)]) == 1
    assert main([]) == 2
