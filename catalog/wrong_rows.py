"""How many rows of a delivery are at fault, by dimension: rows, not findings, for a row may break several rules."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from catalog import exceptions
from catalog.models import Delivery, FindingRow, WrongRows
from catalog.standing import Checks
from catalog.vocab import Dimension, Outcome


def count(db: Session, checks: Checks, delivery: Delivery, on: date) -> None:
    """Count a settled delivery's rows with a finding that no exception in force accepts.

    What keeps a whole delivery out concerns all of its rows. Findings of a delivery as a whole, such as an unusual
    number of rows, concern none. Where no check has left row numbers, findings stand for rows.
    """
    found = _counts(db, checks, delivery, on)
    kept_out = {row.dimension for row in delivery.findings if row.outcome is Outcome.BLOCK_DELIVERY}
    found |= dict.fromkeys(kept_out, delivery.rows or 0)
    known = {each.dimension: each for each in delivery.wrong_rows}
    for dimension in known.keys() | found.keys():
        each = known.get(dimension)
        if each is None:
            delivery.wrong_rows.append(WrongRows(dimension=dimension, rows=found[dimension]))
        else:
            each.rows = found.get(dimension, 0)
    db.flush()


def _counts(db: Session, checks: Checks, delivery: Delivery, on: date) -> dict[Dimension, int]:
    judged = [row for row in delivery.findings if row.outcome is not Outcome.NORMALISE]
    folder = checks.store.checked(delivery.id)
    if not Path(_findings(folder)).exists():
        return _by_findings(judged, delivery.rows or 0)
    accepted = exceptions.files(db, checks.store, delivery.resource_id, on)
    return _by_rows(folder, judged, accepted, checks.secret)


def _by_findings(judged: Iterable[FindingRow], rows: int) -> dict[Dimension, int]:
    found: dict[Dimension, int] = {}
    for row in judged:
        found[row.dimension] = min(rows, found.get(row.dimension, 0) + row.count - row.accepted)
    return found


def _by_rows(folder: Path, judged: Iterable[FindingRow], accepted: list[str], secret: bytes) -> dict[Dimension, int]:
    with exceptions.engine() as duck:
        duck.execute("create temp table kind (rule varchar, item varchar, dimension varchar)")
        for row in judged:
            duck.execute("insert into kind values (?, ?, ?)", [row.rule, row.item, row.dimension])
        found, parameters = "(select rule, coalesce(item, '') as item, row from read_parquet(?))", [_findings(folder)]
        if accepted:
            # digests of rows are for exceptions alone
            exceptions.identify(duck, folder, secret)
            duck.execute(exceptions.COVERED, [accepted])
            found, parameters = "identified anti join covered using (rule, item, row)", []
        query = f"select dimension, count(distinct row) from {found} join kind using (rule, item) group by dimension"
        return {Dimension(name): int(rows) for name, rows in duck.execute(query, parameters).fetchall()}


def _findings(folder: Path) -> str:
    return str(folder / exceptions.FINDINGS)
