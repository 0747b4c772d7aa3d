"""A delivery against its resource's history: what is unusual is told, what is very unusual waits for a steward."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from math import inf

from sqlalchemy.orm import Session

from catalog import deliveries, histories
from catalog.models import Delivery
from catalog.vocab import Outcome, Report, TableSpec
from quality.history import Limits, compare


def with_history(db: Session, delivery: Delivery, spec: TableSpec, report: Report, on: date) -> Report:
    """The report with what differs from earlier deliveries. A zero report and a returned delivery are not compared."""
    if report.profile is None or delivery.is_zero_report or report.state not in deliveries.SETTLED_GOOD:
        return report
    before = histories.before(db, delivery)
    unusual = compare(spec, delivery.resource.delivery_mode, report.profile, before, limits(db, on))
    return replace(report, findings=(*report.findings, *unusual))


def why_held(report: Report) -> str:
    """What of a delivery is so unusual that it waits for a steward, "" when nothing is."""
    return "；".join(found.message for found in report.findings if found.outcome is Outcome.HOLD)


def keep(db: Session, delivery: Delivery, report: Report) -> None:
    """Keep the delivery's counts for those after it."""
    if report.profile is not None:
        histories.keep(db, delivery, report.profile)


def limits(db: Session, on: date) -> Limits:
    """The thresholds in force on a day; one that no rule states is never reached."""

    def steps(code: str) -> tuple[float, float]:
        return _limit(db, f"{code}_warn", on), _limit(db, f"{code}_hold", on)

    return Limits(
        fewest=_fewest(db, on),
        rows=steps("history_rows"),
        times=steps("history_times"),
        empty=steps("history_empty"),
        shares=steps("history_shares"),
    )


def _limit(db: Session, code: str, on: date) -> float:
    value = histories.limit(db, code, on)
    return inf if value is None else value


def _fewest(db: Session, on: date) -> int:
    value = histories.limit(db, "history_fewest", on)
    return histories.LOOKED_AT + 1 if value is None else int(value)
