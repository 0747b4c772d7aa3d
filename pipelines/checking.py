"""One resource's new deliveries: claimed, checked, settled, folded into a release, published.

A bad delivery is news: a returned row, its findings, a green run. Only a fault of the house raises.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from basedb import fold, publish
from catalog import claims, deliveries, exceptions, own_rules, releases, resources, verdicts
from catalog.calendar import last_day
from catalog.errors import NoRelease, ReleaseExpired
from catalog.keys import Purpose
from catalog.models import Delivery, Resource
from catalog.verdicts import QualityVerdict
from catalog.vocab import DeliveryMode, DeliveryState, Dimension, Report, TableSpec
from pipelines import attempts
from pipelines.histories import keep, why_held, with_history
from pipelines.house import House
from pipelines.increments import want_prompt_builds
from pipelines.references import bounds, own_rule, reference, spec_for


@dataclass(frozen=True, slots=True)
class Conclusion:
    """How a dimension of a delivery came out."""

    dimension: Dimension
    share: float
    verdict: QualityVerdict


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one resource's new deliveries. release_id: the one in force afterwards, or "".

    conclusions: of the last delivery, by dimension the share of right rows and the verdict on it. failed: how many
    deliveries could not be checked or folded, which are tried again or were returned.
    """

    slug: str
    states: tuple[tuple[str, str], ...]
    reports: tuple[Report, ...]
    release_id: str
    rows: int
    is_new: bool
    conclusions: tuple[Conclusion, ...] = ()
    failed: int = 0


@dataclass(frozen=True, slots=True)
class _Task:
    """What checking needs to know, read from the register once."""

    slug: str
    spec: TableSpec
    claimed: list[Delivery]


def take(house: House, slug: str, owner: str) -> Taken:
    """Check every waiting delivery of the resource and publish its new state.

    owner: the run that holds the claims; they are given back when the run is stopped. A delivery whose check fails
    keeps no other waiting: it is tried again a few times and then returned.
    """
    task = _claim(house, slug, owner)
    try:
        reports = [report for delivery in task.claimed if (report := _try(house, task, delivery))]
        (release_id, rows, is_new), unfolded = _try_fold(house, task)
    except BaseException:
        with house.transaction() as db:
            claims.give_back(db, owner)
        raise
    with house.transaction() as db:
        settled = [deliveries.get(db, each.id) for each in task.claimed]
        states = tuple((each.period, each.state.value) for each in settled)
        judged = [each for each in settled if each.state is not DeliveryState.RECEIVED]
        conclusions = _conclusions(house, db, judged[-1]) if judged else ()
    house.told(slug)
    failed = len(task.claimed) - len(reports) + unfolded
    return Taken(slug, states, tuple(reports), release_id, rows, is_new, conclusions, failed)


def _try(house: House, task: _Task, delivery: Delivery) -> Report | None:
    """The report on one delivery; None when its check failed."""
    if not attempts.begin(house, delivery.id):
        return None
    try:
        return _check(house, task, delivery)
    except Exception as error:  # noqa: BLE001 - whatever one delivery does to its check, the others are taken
        attempts.failed(house, [delivery.id], error)
        return None


def _try_fold(house: House, task: _Task) -> tuple[tuple[str, int, bool], int]:
    """The fold, and how many new deliveries it failed on: those are tried again, and the release in force stays."""
    try:
        return _fold(house, task.slug, task.spec), 0
    except Exception as error:  # what came before was folded before, so it is the new ones
        with house.transaction() as db:
            found = [deliveries.get(db, each.id) for each in task.claimed]
            new = [each.id for each in found if each.state in deliveries.SETTLED_GOOD]
        if not new:
            raise
        attempts.failed(house, new, error)
    return _in_force(house, task.slug), len(new)


def _in_force(house: House, slug: str) -> tuple[str, int, bool]:
    with house.transaction() as db:
        try:
            current = releases.in_force(db, resources.get(db, slug).unit)
        except (NoRelease, ReleaseExpired):
            return "", 0, False
        return current.release_id, int(current.tables[slug]), False


def _conclusions(house: House, db: Session, delivery: Delivery) -> tuple[Conclusion, ...]:
    limits = verdicts.thresholds(db, house.today)
    shares = verdicts.judged_rows(delivery).shares.items()
    return tuple(Conclusion(dimension, share, limits.of(share)) for dimension, share in shares)


def _claim(house: House, slug: str, owner: str) -> _Task:
    with house.transaction() as db:
        resource = resources.get(db, slug)
        claimed = claims.claim(db, resource, owner=owner, now=house.clock(), lease=house.lease)
        return _Task(slug, resources.table_spec(db, resource), claimed)


def _check(house: House, task: _Task, delivery: Delivery) -> Report:
    # Great Expectations takes seconds to import; only a check pays for it
    from quality.check import check
    from quality.gx_store import Kept

    with house.transaction() as db:
        row = deliveries.get(db, delivery.id)
        spec = spec_for(db, row)
        facts = reference(house, db, row, [deliveries.get(db, each.id) for each in task.claimed])
        own = [own_rule(house, db, rule) for rule in own_rules.in_force(db, row)]
        slug, owner = row.resource.slug, row.resource.provider.slug
    report = check(
        house.store.bytes_of(delivery.digest),
        delivery.filename,
        spec,
        house.store.checked(delivery.id),
        as_of=house.today,
        reference=facts,
        bounds=bounds(house),
        own=own,
        kept=Kept(house.store.home, slug, owner, delivery.id, house.clock()),
        zero_report=delivery.is_zero_report,
    )
    with house.transaction() as db:
        row = deliveries.get(db, delivery.id)
        report = with_history(db, row, spec, report, house.today)
        accepted = exceptions.covered(db, house.store, row, house.checks.secret, house.today)
        deliveries.settle(
            db,
            row,
            report,
            house.checks,
            now=house.clock(),
            zone=house.settings.zone,
            accepted=accepted,
            held_reason=_why_held(house, db, row, report),
        )
        keep(db, row, report)
    return report


def _why_held(house: House, db: Session, delivery: Delivery, report: Report) -> str:
    """Why the delivery waits for a steward, "" when it does not."""
    if report.state not in deliveries.SETTLED_GOOD:
        return ""
    reasons = (_why_too_much_goes(house, db, delivery), why_held(report))
    return "；".join(reason for reason in reasons if reason)[:300]


def _why_too_much_goes(house: House, db: Session, delivery: Delivery) -> str:
    """That a snapshot would drop more keys than the resource's limit."""
    resource = delivery.resource
    if resource.delivery_mode is not DeliveryMode.SNAPSHOT:
        return ""
    try:
        current = releases.in_force(db, resource.unit)
    except (NoRelease, ReleaseExpired):
        return ""
    prior = house.store.release(resource.unit, current.release_id)
    spec = resources.table_spec(db, resource)
    share = 100.0 * fold.share_dropped(prior, spec, _folded(house, delivery), house.engine)
    if share > resource.drop_limit_pct:
        return f"本次全量将删除 {share:.1f}% 的记录，超过上限 {resource.drop_limit_pct:g}%"
    return ""


def _fold(house: House, slug: str, spec: TableSpec) -> tuple[str, int, bool]:
    """Fold the accepted deliveries into a release and put it in force; (release id, rows, whether it is new)."""
    with house.transaction() as db:
        resource = resources.get(db, slug)
        parts = [_folded(house, delivery) for delivery in deliveries.folded(db, resource)]
        prior = _prior(house, db, resource)
    if not parts:
        return "", 0, False
    job = fold.Fold(
        table=spec,
        mode=resource.delivery_mode,
        deliveries=parts,
        engine=house.engine,
        secret=house.keys.current(Purpose.PLATFORM).secret,
        prior=prior,
        operation=resource.operation_item,
    )
    candidate = fold.fold(job, house.store.candidates)
    publish.publish(candidate, house.store.releases)
    with house.transaction() as db:
        release = releases.record(db, house.store, candidate.manifest, now=house.clock())
        is_new = not releases.is_rolled_back(db, release.unit, release.release_id) and releases.publish(
            db, release, now=house.clock(), by="pipelines"
        )
        if is_new:
            want_prompt_builds(db, slug)
    return release.release_id, int(release.tables[slug]), is_new


def _prior(house: House, db: Session, resource: Resource) -> Path | None:
    """The folder of the release in force, which the fold goes on from."""
    try:
        current = releases.in_force(db, resource.unit)
    except (NoRelease, ReleaseExpired):
        return None
    return house.store.release(resource.unit, current.release_id)


def _folded(house: House, delivery: Delivery) -> fold.Delivery:
    checked = house.store.checked(delivery.id)
    return fold.Delivery(
        delivery_id=delivery.id,
        digest=delivery.digest,
        period=delivery.period,
        sequence=delivery.sequence,
        as_of=last_day(delivery.period),
        good=None if delivery.is_zero_report else checked / "good.parquet",
        bad=None if delivery.is_zero_report else checked / "bad.parquet",
    )
