"""GX's own artefacts after checks: they open as GX's objects, and hold no value of a row."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import great_expectations as gx
import pytest

from quality.gx_duckdb import DuckDBDatasource
from quality.gx_store import KEPT_RESULTS, Kept, build_docs
from tests.quality.conftest import Checker

ROWS = """
    id_number          | name   | sex_code | birth_date | income
    140213199003070018 | 王机密 | 7        |            | 4711.17
    140203197812310024 |        | 2        | 不详的日子 |
"""
SECRETS = ("140213199003070018", "140203197812310024", "王机密", "不详的日子", "4711.17")


def kept(root: Path, number: int = 1) -> Kept:
    return Kept(root, "people", "police", f"d{number}", datetime(2026, 11, 20, tzinfo=UTC) + timedelta(days=number))


def texts(root: Path) -> list[str]:
    return [
        path.read_text(errors="replace")
        for path in (root / "gx").rglob("*")
        if path.suffix in (".json", ".html", ".yml")
    ]


@pytest.fixture
def home(checked: Checker, tmp_path: Path) -> Path:
    checked(ROWS, kept=kept(tmp_path / "home"))
    return tmp_path / "home"


def test_the_suite_names_each_rule_with_its_owner_and_severity(home: Path) -> None:
    suite = gx.get_context(mode="file", project_root_dir=home).suites.get("people")
    told = {(e.meta["code"], e.meta["item"]): (e.severity.value, e.meta["owner"]) for e in suite.expectations}
    assert told["REQUIRED", "name"] == ("critical", "police")
    assert told["ID_CHECK", "id_number"] == ("warning", "police")
    assert told["ID_15", "id_number"] == ("info", "police")


def test_the_checkpoint_opens_with_its_suite_and_its_rows(home: Path) -> None:
    context = gx.get_context(mode="file", project_root_dir=home)
    [definition] = context.checkpoints.get("people").validation_definitions
    assert (definition.name, definition.suite.name) == ("people", "people")
    assert definition.data.data_asset.table_name == "checked"
    assert isinstance(context.data_sources.get("duckdb"), DuckDBDatasource)


def test_further_resources_leave_the_settings_as_they_are(home: Path, checked: Checker) -> None:
    settings = home / "gx" / "great_expectations.yml"
    before = settings.read_text("utf-8")
    checked(ROWS, kept=replace(kept(home), resource="households"))
    assert settings.read_text("utf-8") == before
    context = gx.get_context(mode="file", project_root_dir=home)
    assert {each.name for each in context.checkpoints.all()} == {"people", "households"}


def test_results_and_docs_hold_counts_and_no_value(home: Path) -> None:
    index = build_docs(home)
    assert index.exists()
    assert len(list(index.parent.rglob("validations/people/**/*.html"))) == 1
    found = texts(home)
    assert any('"unexpected_count": 1' in text for text in found)
    assert [secret for secret in SECRETS for text in found if secret in text] == []


def test_the_rules_pages_name_the_source_of_each_rule(home: Path) -> None:
    build_docs(home)
    (page,) = (home / "gx").rglob("expectations/people.html")
    for source in ("GB 11643-1999", "GB/T 2260", "政务信息资源目录登记的信息项"):
        assert source in page.read_text("utf-8")
    suite = gx.get_context(mode="file", project_root_dir=home).suites.get("people")
    assert all(expectation.meta["source"] for expectation in suite.expectations)


def test_no_page_fetches_anything_from_outside(home: Path) -> None:
    for page in build_docs(home).parent.rglob("*.html"):
        fetched = re.findall(r"<(?:script|link|img|iframe|form)[^>]*https?:[^>]*>", page.read_text())
        assert [tag for tag in fetched if "data:" not in tag] == []


def test_old_results_go(checked: Checker, tmp_path: Path) -> None:
    for number in range(KEPT_RESULTS + 2):
        checked(ROWS, kept=kept(tmp_path / "home", number))
    results = list((tmp_path / "home/gx/uncommitted/validations/people").glob("*"))
    assert len(results) == KEPT_RESULTS
    assert "d0" not in {path.name for path in results}
