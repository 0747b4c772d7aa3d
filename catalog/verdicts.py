"""The verdict on a delivery (批次结论) by stated thresholds: dated rule rows, shown wherever a verdict is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog import projects
from catalog.models import Delivery, FindingRow, Release, Resource
from catalog.vocab import DeliveryState, Dimension, Term


class QualityVerdict(Term):
    """What the share of right rows, accepted exceptions counted in, makes of a delivery."""

    PASSED = "passed", "合格"
    FAIR = "fair", "基本合格"
    FAILED = "failed", "不合格"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The least share of right rows for each verdict, in percent; None where no rule is in force."""

    passed: float | None
    fair: float | None

    def of(self, share: float) -> QualityVerdict:
        """The verdict on a share between 0 and 1."""
        percent = 100.0 * share
        if self.passed is None or percent >= self.passed:
            return QualityVerdict.PASSED
        return QualityVerdict.FAIR if self.fair is not None and percent >= self.fair else QualityVerdict.FAILED


def thresholds(db: Session, on: date) -> Thresholds:
    """Those of a day: the rules `verdict_passed` and `verdict_fair`."""
    passed, fair = (projects.rule(db, code, on) for code in ("verdict_passed", "verdict_fair"))
    return Thresholds(passed.value if passed else None, fair.value if fair else None)


def share_right(delivery: Delivery) -> float | None:
    """The share of rows that are right or accepted exceptions; None before the check, 1 for a delivery of none."""
    if delivery.rows is None:
        return None
    return ((delivery.good or 0) + delivery.excepted) / delivery.rows if delivery.rows else 1.0


def judge(db: Session, delivery: Delivery, on: date) -> str:
    """The verdict of the thresholds in force; a delivery that was returned failed whatever its rows."""
    share = share_right(delivery)
    if share is None:
        return ""
    if delivery.state is DeliveryState.RETURNED:
        return QualityVerdict.FAILED
    return thresholds(db, on).of(share)


@dataclass(frozen=True, slots=True)
class Standing:
    """The verdict that served data carries. share: of right rows, exceptions left out; period: of the delivery judged.

    excepted: rows that accepted exceptions cover, which the verdict counts in and the share does not.
    """

    verdict: QualityVerdict
    share: float | None
    excepted: int
    period: str
    limits: Thresholds


def standing(db: Session, resource: Resource, release: Release | None, on: date) -> Standing | None:
    """The verdict on what a resource serves: its newest accepted delivery; of a base table, the build in force.

    None where nothing is served or nothing was judged.
    """
    return standings(db, [(resource, release)], on).get(resource.id)


def standings(db: Session, served: Sequence[tuple[Resource, Release | None]], on: date) -> dict[str, Standing]:
    """The same of many resources, by their ids; those of which nothing is served or judged are left out."""
    limits = thresholds(db, on)
    of_departments = [each.id for each, release in served if release is not None and not each.is_base_table]
    newest = _newest(db, of_departments)
    found: dict[str, Standing] = {}
    for resource, release in served:
        if resource.is_base_table:
            share = release.share_passed if release is not None else None
            told = None if share is None else Standing(limits.of(share), share, 0, "", limits)
        else:
            told = _of_delivery(newest.get(resource.id), limits)
        if told is not None:
            found[resource.id] = told
    return found


def _of_delivery(newest: Delivery | None, limits: Thresholds) -> Standing | None:
    right = share_right(newest) if newest is not None else None
    if newest is None or right is None:
        return None
    share = (newest.good or 0) / newest.rows if newest.rows else 1.0
    return Standing(QualityVerdict(newest.verdict or limits.of(right)), share, newest.excepted, newest.period, limits)


# what rules judge row by row; whether data can be reached at all is no row's fault
OF_ROWS = tuple(each for each in Dimension if each is not Dimension.ACCESSIBLE)


@dataclass(frozen=True, slots=True)
class Judged:
    """The shares of right rows by dimension, accepted exceptions counted as right, and the rules that judged."""

    shares: Mapping[Dimension, float]
    rules: str


def judged(
    db: Session,
    resource: Resource,
    release: Release,
    manifest: Mapping[str, Any],
    wrong_rows: Mapping[Dimension, int] | None = None,
) -> Judged:
    """By dimension what a resource serves: its newest accepted delivery; of a base table, the build.

    manifest: of the release; a base's rules are its models, whose version is the code's. wrong_rows: of the build, each
    row once; where nobody can count them any more, findings stand for rows.
    """
    if resource.is_base_table:
        rows = int(manifest.get("quality", {}).get("rows") or 0)
        wrong = wrong_rows if wrong_rows is not None else _by_findings(db, release)
        return Judged(_shares(wrong, rows), str(manifest["code_version"]))
    newest = _newest(db, [resource.id]).get(resource.id)
    return judged_rows(newest) if newest is not None else Judged({}, "")


def _by_findings(db: Session, release: Release) -> dict[Dimension, int]:
    found = func.sum(FindingRow.count - FindingRow.accepted)
    query = select(FindingRow.dimension, found).where(FindingRow.release_id == release.release_id)
    return dict(db.execute(query.group_by(FindingRow.dimension)).all())


def judged_rows(delivery: Delivery) -> Judged:
    """By dimension a delivery that was checked."""
    wrong = {each.dimension: each.rows for each in delivery.wrong_rows}
    return Judged(_shares(wrong, delivery.rows or 0), delivery.rules_version)


def _shares(wrong: Mapping[Dimension, int], rows: int) -> dict[Dimension, float]:
    return {each: max(0.0, 1 - int(wrong.get(each) or 0) / rows) if rows else 1.0 for each in OF_ROWS}


def _newest(db: Session, resource_ids: Sequence[str]) -> dict[str, Delivery]:
    """Resource -> its newest accepted delivery that is no zero report."""
    good = (DeliveryState.ACCEPTED, DeliveryState.ACCEPTED_IN_PART)
    order = (Delivery.period.desc(), Delivery.sequence.desc())
    place = func.row_number().over(partition_by=Delivery.resource_id, order_by=order)
    ranked = select(Delivery.id, place.label("place")).where(Delivery.resource_id.in_(resource_ids))
    first = ranked.where(Delivery.state.in_(good), Delivery.is_zero_report.is_(False)).subquery()
    query = select(Delivery).join(first, first.c.id == Delivery.id).where(first.c.place == 1)
    return {each.resource_id: each for each in db.scalars(query)}
