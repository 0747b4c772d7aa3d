"""GX's own artefacts, kept: a suite and a checkpoint for each resource, and the result of every check.

They lie in a file context under the home, `gx/`. Suites name rules, results hold counts, neither any value of a row;
`great_expectations.get_context(mode="file", project_root_dir=HOME)` opens them after importing `quality.gx_duckdb`.
"""

from __future__ import annotations

import hashlib
import json
import re
import shutil
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import great_expectations as gx
from great_expectations.checkpoint.checkpoint import Checkpoint
from great_expectations.core import ExpectationSuite, ExpectationSuiteValidationResult
from great_expectations.core.run_identifier import RunIdentifier
from great_expectations.core.validation_definition import ValidationDefinition
from great_expectations.data_context.types.base import ProgressBarsConfig
from great_expectations.data_context.types.resource_identifiers import (
    ExpectationSuiteIdentifier,
    ValidationResultIdentifier,
)
from great_expectations.exceptions.exceptions import DataContextError
from great_expectations.expectations.metadata_types import FailureSeverity

from catalog.vocab import Outcome, Suite
from quality.docs import FIRST_PAGE
from quality.gx_duckdb import COUNTS_ONLY, DuckDBDatasource, ExpectRowsToSatisfyPredicate, whole_table
from quality.normalise import CHECKED
from quality.rules import Rule

SOURCE = "duckdb"
SHOWN_VERSION = 16  # digits of a suite's digest: enough to tell versions apart, short enough to read
KEPT_RESULTS = 12  # of each resource; the findings themselves are rows of the register
SEVERITIES = {
    Outcome.BLOCK_DELIVERY: FailureSeverity.CRITICAL,
    Outcome.BLOCK_ROW: FailureSeverity.CRITICAL,
    Outcome.HOLD: FailureSeverity.CRITICAL,
    Outcome.WARN: FailureSeverity.WARNING,
    Outcome.NORMALISE: FailureSeverity.INFO,
}
# what a page of GX would fetch from outside: scripts, styles, fonts and pictures, and a form that posts there
_FETCHED = re.compile(
    r"""<script[^>]*src=["']https?:[^>]*>\s*</script>|<(?:link|img|iframe)[^>]*(?:href|src)=["']https?:[^>]*>"""
    r"""|url\(["']?https?:[^)]*\)|<form[^>]*action=["']https?:.*?</form>""",
    re.DOTALL | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Kept:
    """Where artefacts go, and of which check. owner: slug of the department that answers for the rules."""

    root: Path
    resource: str
    owner: str
    delivery: str
    at: datetime


def suite_of(name: str, rules: Sequence[Rule], owner: str = "") -> ExpectationSuite:
    """The rules as a suite: each with code, dimension, outcome, side, item, source and owner in its meta."""
    return ExpectationSuite(name=name, expectations=[_expectation(rule, owner) for rule in rules])


def _expectation(rule: Rule, owner: str) -> ExpectRowsToSatisfyPredicate:
    meta = {
        "code": rule.code,
        "dimension": rule.dimension.value,
        "outcome": rule.outcome.value,
        "side": rule.side.value,
        "item": rule.item,
        "source": rule.source,
        "owner": owner,
    }
    return ExpectRowsToSatisfyPredicate(
        column="_row",
        predicate=rule.predicate,
        meta=meta,
        notes=f"{rule.message}（依据：{rule.source}）",
        severity=SEVERITIES[rule.outcome],
    )


def facts_of(suite: ExpectationSuite, rules: Sequence[Rule]) -> Suite:
    """What a suite is known by where only counts are shown."""
    severities = Counter(SEVERITIES[rule.outcome].value for rule in rules)
    return Suite(version_of(suite)[:SHOWN_VERSION], severities, Counter(rule.dimension for rule in rules))


def keep(
    kept: Kept,
    connection: duckdb.DuckDBPyConnection,
    suite: ExpectationSuite,
    result: ExpectationSuiteValidationResult,
) -> None:
    """Keep the suite with its checkpoint where it changed, and the result of this delivery; old results go."""
    context = _context(kept.root)
    digest = version_of(suite)
    if _kept_digest(kept) != digest:
        _keep_suite(context, kept, connection, suite)
        _digest_file(kept).parent.mkdir(exist_ok=True)
        _digest_file(kept).write_text(digest, encoding="ascii")
    key = ValidationResultIdentifier(
        expectation_suite_identifier=ExpectationSuiteIdentifier(name=kept.resource),
        run_id=RunIdentifier(run_name=kept.delivery, run_time=kept.at),
        batch_identifier=f"{SOURCE}-{kept.resource}",
    )
    result.meta["run_id"] = key.run_id
    context.validation_results_store.set(key, result)
    _drop_old(kept)


def _keep_suite(context: Any, kept: Kept, connection: duckdb.DuckDBPyConnection, suite: ExpectationSuite) -> None:
    """The suite, its validation definition and its checkpoint, replaced together."""
    name = kept.resource
    for factory in (context.checkpoints, context.validation_definitions, context.suites):
        _forget(factory, name)
    source = context.data_sources.get(SOURCE)
    assert isinstance(source, DuckDBDatasource)
    source.attach(connection)
    try:
        # one for all resources, whose rows lie under one name while they are checked: GX writes its settings anew, all
        # of them, for every other one
        whole = whole_table(source, CHECKED)
        stored = context.suites.add(ExpectationSuite(name=name, expectations=[e.copy() for e in suite.expectations]))
        definition = context.validation_definitions.add(ValidationDefinition(name=name, data=whole, suite=stored))
        context.checkpoints.add(
            Checkpoint(name=name, validation_definitions=[definition], result_format=dict(COUNTS_ONLY))
        )
    finally:
        source.detach()


def _forget(factory: Any, name: str) -> None:
    try:
        factory.delete(name)
    except (DataContextError, KeyError, ValueError):
        return


@cache
def _context(root: Path) -> Any:
    """The file context of a home; made when there is none."""
    root.mkdir(parents=True, exist_ok=True)
    context = gx.get_context(mode="file", project_root_dir=root)
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    if SOURCE not in {source.name for source in context.data_sources.all().values()}:
        context.data_sources.add_duckdb(name=SOURCE)
    return context


def version_of(suite: ExpectationSuite) -> str:
    """The digest of what a suite says: rules, owners, outcomes and words; equal suites have equal versions."""
    said = [[e.predicate, e.meta, e.notes] for e in suite.expectations]  # type: ignore[attr-defined]
    return hashlib.sha256(json.dumps(said, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _digest_file(kept: Kept) -> Path:
    return kept.root / "gx" / "digests" / kept.resource


def _kept_digest(kept: Kept) -> str:
    path = _digest_file(kept)
    return path.read_text(encoding="ascii") if path.exists() else ""


def _drop_old(kept: Kept) -> None:
    runs = (kept.root / "gx" / "uncommitted" / "validations" / kept.resource).glob("*")
    for run in sorted(runs, key=lambda path: path.stat().st_mtime, reverse=True)[KEPT_RESULTS:]:
        shutil.rmtree(run, ignore_errors=True)


def build_docs(root: Path) -> Path:
    """GX's Data Docs of all suites and kept results; the page to open. Nothing in them is fetched from outside."""
    _context(root).build_data_docs()
    first = root / FIRST_PAGE
    for page in first.parent.rglob("*.html"):
        page.write_text(_FETCHED.sub("", page.read_text(encoding="utf-8")), encoding="utf-8")
    return first
