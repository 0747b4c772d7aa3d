"""One delivery checked: the file read, its rows typed, judged by Great Expectations and split."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

import duckdb

from catalog.errors import BuildFailed
from catalog.vocab import Finding, Outcome, Report, TableSpec
from quality import library
from quality.gx_duckdb import counts_of, validate
from quality.gx_store import Kept, facts_of, keep, suite_of
from quality.normalise import CHECKED, normalise
from quality.profile import profile
from quality.reading import Form, Staged, stage
from quality.reference import Reference
from quality.rules import Rule, blocked
from quality.scratch import Bounds, scratch
from quality.split import split
from quality.suites import delivery
from quality.suites import own as own_rules
from quality.suites.own import OwnRule


def check(
    path: Path,
    filename: str,
    spec: TableSpec,
    out: Path,
    *,
    as_of: date,
    reference: Reference,
    bounds: Bounds,
    own: Sequence[OwnRule] = (),
    kept: Kept | None = None,
    zero_report: bool = False,
) -> Report:
    """What is right and wrong in one delivered file.

    Unless the delivery is blocked, `out` then holds good.parquet, bad.parquet and
    findings.parquet, all three or none. filename: the name under which the file came.
    own: rules that its verifier added. kept: where GX's suite and result go, None for nowhere. zero_report: the
    department declared that there is nothing to deliver.
    Raises BuildFailed when GX and the split disagree; never for bad input: a delivery that no thread alone can
    check within the bounds is blocked, too.
    """
    work = partial(_check, path, filename, spec, out, as_of, reference, own, kept, zero_report)
    try:
        return work(bounds)
    except duckdb.OutOfMemoryException:
        pass
    try:
        # every thread holds buffers of its own for each column: one needs the least
        return work(replace(bounds, threads=1))
    except duckdb.OutOfMemoryException:
        return Report(0, 0, 0, (_too_large(spec, bounds),))


def _check(
    path: Path,
    filename: str,
    spec: TableSpec,
    out: Path,
    as_of: date,
    reference: Reference,
    own: Sequence[OwnRule],
    kept: Kept | None,
    zero_report: bool,
    bounds: Bounds,
) -> Report:
    with scratch(bounds) as (connection, folder):
        staged = stage(connection, path, filename, spec, folder)
        staged = _accept_nothing(connection, staged, spec) if zero_report else _refuse_nothing(staged)
        if staged.is_blocked:
            return Report(staged.rows, 0, 0, staged.findings)
        prepare(connection, staged, spec, as_of=as_of, reference=reference)
        suite = (
            *delivery.rules(spec),
            *library.rules(connection, spec, reference),
            *own_rules.rules(connection, spec, own),
        )
        return _judge(connection, staged, spec, suite, out, kept)


def _too_large(spec: TableSpec, bounds: Bounds) -> Finding:
    return blocked(
        "FILE_TOO_LARGE",
        f"文件有 {len(spec.columns)} 个信息项，检查所需内存超过平台上限 {bounds.memory}",
        "请按期间或地区拆成几份后重新报送；无法拆分的，请平台调高检查内存（SIXBASE_DUCKDB_MEMORY）后重报",
    )


def prepare(
    connection: duckdb.DuckDBPyConnection, staged: Staged, spec: TableSpec, *, as_of: date, reference: Reference
) -> None:
    """Table `checked` out of the staged rows."""
    normalise(
        connection,
        "staged",
        spec,
        as_of=as_of,
        area_codes=reference.area_codes,
        working_days=reference.working_days,
        serials=staged.form is Form.XLSX,
        period_end=reference.period_end,
    )


def _judge(
    connection: duckdb.DuckDBPyConnection,
    staged: Staged,
    spec: TableSpec,
    suite: Sequence[Rule],
    out: Path,
    kept: Kept | None,
) -> Report:
    stated = suite_of(spec.name, suite, kept.owner if kept else "")
    judged = validate(connection, CHECKED, stated)
    counts = counts_of(judged, [rule.predicate for rule in suite])
    broken = {rule: count for rule, count in zip(suite, counts, strict=True) if count}
    with _replacing(out) as folder:
        result = split(connection, spec, list(broken), folder)
        if result.counts != list(broken.values()) or result.good + result.bad != staged.rows:
            raise BuildFailed("the split of the rows and Great Expectations disagree", table=spec.name)
    if kept is not None:
        keep(kept, connection, stated, judged)
    findings = [rule.finding(broken[rule], result.first_rows[i]) for i, rule in enumerate(broken)]
    return Report(
        staged.rows,
        result.good,
        result.bad,
        (*staged.findings, *findings),
        profile(connection, spec),
        facts_of(stated, suite),
    )


def _refuse_nothing(staged: Staged) -> Staged:
    if staged.rows or staged.is_blocked:
        return staged
    empty = blocked("FILE_EMPTY", "文件只有表头，没有数据行", "请重新导出后报送；确无数据的请作零报送")
    return Staged(staged.form, 0, (*staged.findings, empty))


def _accept_nothing(connection: duckdb.DuckDBPyConnection, staged: Staged, spec: TableSpec) -> Staged:
    """A zero report may be an empty file; one with rows is checked like any other."""
    if any(f.rule != "FILE_EMPTY" for f in staged.findings if f.outcome is Outcome.BLOCK_DELIVERY):
        return staged
    if staged.is_blocked:
        columns = ", ".join(f'"{name}" varchar' for name in spec.names)
        connection.execute(f"create or replace table staged (_row bigint, {columns})")
    return Staged(staged.form, staged.rows, tuple(f for f in staged.findings if f.rule != "FILE_EMPTY"))


@contextmanager
def _replacing(out: Path) -> Iterator[Path]:
    """A new folder that takes the place of `out` when the block ends without an error."""
    out.parent.mkdir(parents=True, exist_ok=True)
    new = Path(tempfile.mkdtemp(prefix=f"{out.name}.", suffix=".part", dir=out.parent))
    try:
        yield new
        shutil.rmtree(out, ignore_errors=True)
        new.rename(out)
    finally:
        shutil.rmtree(new, ignore_errors=True)
