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
from catalog.vocab import DeliveryMode, Dimension, Report, TableSpec
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

    conclusions: of the last delivery, by dimension the share of right rows and the verdict on it.
    """

    slug: str
    states: tuple[tuple[str, str], ...]
    reports: tuple[Report, ...]
    release_id: str
    rows: int
    is_new: bool
    conclusions: tuple[Conclusion, ...] = ()


@dataclass(frozen=True, slots=True)
class _Task:
    """What checking needs to know, read from the register once."""

    spec: TableSpec
    claimed: list[Delivery]


def take(house: House, slug: str, owner: str) -> Taken:
    """Check every waiting delivery of the resource and publish its new state.

    owner: the run that holds the claims; they are given back when the house itself fails.
    """
    task = _claim(house, slug, owner)
    try:
        reports = [_check(house, task, delivery) for delivery in task.claimed]
        release_id, rows, is_new = _fold(house, slug, task.spec)
    except BaseException:
        with house.transaction() as db:
            claims.give_back(db, owner)
        raise
    with house.transaction() as db:
        settled = [deliveries.get(db, each.id) for each in task.claimed]
        states = tuple((each.period, each.state.value) for each in settled)
        conclusions = _conclusions(house, db, settled[-1]) if settled else ()
    house.told(slug)
    return Taken(slug, states, tuple(reports), release_id, rows, is_new, conclusions)


def _conclusions(house: House, db: Session, delivery: Delivery) -> tuple[Conclusion, ...]:
    limits = verdicts.thresholds(db, house.today)
    shares = verdicts.judged_rows(delivery).shares.items()
    return tuple(Conclusion(dimension, share, limits.of(share)) for dimension, share in shares)


def _claim(house: House, slug: str, owner: str) -> _Task:
    with house.transaction() as db:
        resource = resources.get(db, slug)
        claimed = claims.claim(db, resource, owner=owner, now=house.clock(), lease=house.lease)
        return _Task(resources.table_spec(db, resource), claimed)


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
        is_new = releases.publish(db, release, now=house.clock(), by="pipelines")
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
