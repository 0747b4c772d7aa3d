"""The spill procedure (泄密处置): freeze what should never have come in, see what came of it, erase it all.

Source: 保守国家秘密法; decisions: resources with state or work secrets are not registered here. Frozen bytes
answer nobody from the next look at the register's revisions on; erasing leaves a tombstone.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime

from sqlalchemy import String, cast, func, or_, select
from sqlalchemy.orm import Session

from catalog import extracts, notices, releases
from catalog.errors import Conflict, Invalid, NotFound
from catalog.held import BYTES, DELIVERY, ERASED, FROZEN, LIFTED, RELEASE, is_held
from catalog.lists import Listing
from catalog.models import Delivery, Extract, FindingRow, Publication, Release, Resource, Spill, SpillPart
from catalog.register import bump
from catalog.store import Store
from catalog.vocab import DeliveryState

Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Derived:
    """What came of some bytes. releases: `unit/release_id`, those of bases built from them included."""

    digests: list[str] = field(default_factory=list)
    deliveries: list[str] = field(default_factory=list)
    resources: list[str] = field(default_factory=list)
    releases: list[str] = field(default_factory=list)
    extracts: list[str] = field(default_factory=list)


def derived(db: Session, store: Store, delivery: Delivery) -> Derived:
    """Everything that holds something of a delivery's bytes, the same bytes delivered elsewhere included."""
    same = db.scalars(select(Delivery).where(Delivery.digest == delivery.digest).order_by(Delivery.id)).all()
    ids = {each.id for each in same}
    direct = {
        (release.unit, release.release_id)
        for unit in {each.resource.unit for each in same}
        for release in releases.listed(db, unit)
        if release.pruned_at is None and _holds(store, release, ids)
    }
    touched = _with_dependents(releases.listed(db), direct)
    living = db.scalars(select(Extract).where(Extract.deleted_at.is_(None)).order_by(Extract.id))
    return Derived(
        digests=[delivery.digest],
        deliveries=sorted(ids),
        resources=sorted({each.resource.slug for each in same}),
        releases=sorted(f"{unit}/{release_id}" for unit, release_id in touched),
        extracts=[e.id for e in living if (e.unit, e.release_id) in touched],
    )


def _holds(store: Store, release: Release, deliveries: set[str]) -> bool:
    """Whether a release was folded from one of the deliveries; one whose manifest is gone may have been."""
    try:
        manifest = store.manifest(release.unit, release.release_id)
    except NotFound:
        return True
    return any(part["delivery_id"] in deliveries for part in manifest.get("deliveries", ()))


def _with_dependents(every: Iterable[Release], direct: set[Key]) -> set[Key]:
    """The releases and all that were built from them, over any number of steps."""
    living = [r for r in every if r.pruned_at is None]
    found: set[Key] = set(direct)
    while True:
        more = {
            (r.unit, r.release_id)
            for r in living
            if (r.unit, r.release_id) not in found and any((s["unit"], s["release_id"]) in found for s in r.built_from)
        }
        if not more:
            return found
        found |= more


def freeze(db: Session, store: Store, delivery: Delivery, *, reason: str, by: str, now: datetime) -> Spill:
    """Hold back a delivery's bytes and all that came of them; reads are refused at once.

    Raises Conflict when the bytes are frozen or erased already.
    """
    if not reason.strip():
        raise Invalid("冻结须写明理由", remedy="填写理由，不要写出涉密内容")
    if is_held(db, BYTES, delivery.digest):
        raise Conflict("该文件已在处置中或已清除", remedy="查看已有的处置记录", delivery=delivery.id)
    found = derived(db, store, delivery)
    spill = Spill(state=FROZEN, reason=reason.strip(), derived=asdict(found), frozen_at=now, frozen_by=by)
    db.add(spill)
    db.flush()
    parts = ((BYTES, found.digests), (DELIVERY, found.deliveries), (RELEASE, found.releases))
    db.add_all(SpillPart(spill_id=spill.id, kind=kind, subject=each) for kind, many in parts for each in many)
    bump(db, "suppressions")
    _tell(db, found, f"报送批次涉嫌含有不应入库的内容，已冻结，处置编号 {spill.id}", spill, now)
    db.flush()
    return spill


def _tell(db: Session, found: Derived, text: str, spill: Spill, now: datetime) -> None:
    providers = {db.get_one(Delivery, each).resource.provider_id for each in found.deliveries}
    for department_id in sorted(providers):
        notices.notify(db, department_id, kind="spill", subject=spill.id, text=text, now=now)


def lift(db: Session, spill: Spill, *, by: str, now: datetime) -> None:
    """End a freeze that proved unfounded; everything answers again."""
    _end(spill, LIFTED, by, now)
    for part in _parts(db, spill):
        part.is_active = False
    bump(db, "suppressions")
    _tell(db, Derived(**spill.derived), f"处置 {spill.id} 已解除冻结", spill, now)
    db.flush()


def erase(db: Session, store: Store, spill: Spill, *, by: str, now: datetime) -> list[Key]:
    """Delete bytes, checked rows, releases and extracts; (unit, release_id) of what is in force in their place.

    A unit goes back to its newest release without the bytes; one that has none answers 410 until the next build.
    Row numbers of findings stay, values never were in them. What was built in the meantime is erased too.
    """
    _end(spill, ERASED, by, now)
    deliveries = [db.get_one(Delivery, each) for each in spill.derived["deliveries"]]
    found = derived(db, store, deliveries[0])
    spill.derived = asdict(found)
    _hold_more(db, spill, found)
    moved = [key for release in _releases(db, found) if (key := _withdraw(db, release, spill, found, by, now))]
    for name in found.extracts:
        # its opaque record keys stay: they answer who received the spilled rows
        extracts.discard(store, db.get_one(Extract, name), now=now)
    for delivery in deliveries:
        _entomb(db, delivery, spill)
    bump(db, "suppressions")
    bump(db, "releases")
    _tell(db, found, f"处置 {spill.id} 已清除该批次及其衍生数据，请核实后重新报送", spill, now)
    db.flush()
    _erase_files(store, found)
    return moved


def _end(spill: Spill, state: str, by: str, now: datetime) -> None:
    if spill.state != FROZEN:
        raise Conflict("该处置已结束", remedy="查看处置记录", spill=spill.id)
    spill.state, spill.ended_by, spill.ended_at = state, by, now


def _parts(db: Session, spill: Spill) -> Sequence[SpillPart]:
    return db.scalars(select(SpillPart).where(SpillPart.spill_id == spill.id)).all()


def _hold_more(db: Session, spill: Spill, found: Derived) -> None:
    """Releases published between freeze and erasure join the spill."""
    known = {(part.kind, part.subject) for part in _parts(db, spill)}
    db.add_all(
        SpillPart(spill_id=spill.id, kind=RELEASE, subject=each)
        for each in found.releases
        if (RELEASE, each) not in known
    )


def _releases(db: Session, found: Derived) -> list[Release]:
    return [db.get_one(Release, tuple(each.split("/", 1))) for each in found.releases]


def _withdraw(db: Session, release: Release, spill: Spill, found: Derived, by: str, now: datetime) -> Key | None:
    """Mark the release pruned; when it was in force, put the newest untouched one in its place."""
    release.pruned_at, release.pruned_reason = now, f"泄密处置 {spill.id}"
    if releases.current_ids(db).get(release.unit) != release.release_id:
        return None
    living = [r for r in releases.listed(db, release.unit) if r.pruned_at is None]
    rest = [r for r in living if f"{r.unit}/{r.release_id}" not in found.releases]
    if not rest:
        return None
    row = Publication(
        unit=release.unit, release_id=rest[0].release_id, action="spill", at=now, by=by, reason=release.pruned_reason
    )
    db.add(row)
    db.flush()
    return rest[0].unit, rest[0].release_id


def _entomb(db: Session, delivery: Delivery, spill: Spill) -> None:
    """The row stays as a tombstone: who delivered what when, its digest, and that it was erased."""
    delivery.state, delivery.held_reason = DeliveryState.ERASED, f"泄密处置 {spill.id}"
    delivery.lease_owner = delivery.lease_until = None
    for finding in db.scalars(select(FindingRow).where(FindingRow.delivery_id == delivery.id)):
        finding.first_rows = []


def _erase_files(store: Store, found: Derived) -> None:
    """The files themselves. Until the commit the spill stands as frozen, so a crash leaves nothing that answers."""
    for digest in found.digests:
        store.bytes_of(digest).unlink(missing_ok=True)
    for delivery_id in found.deliveries:
        shutil.rmtree(store.checked(delivery_id), ignore_errors=True)
    for each in found.releases:
        unit, release_id = each.split("/", 1)
        shutil.rmtree(store.release(unit, release_id), ignore_errors=True)
        shutil.rmtree(store.changes(unit, release_id), ignore_errors=True)
        shutil.rmtree(store.candidates / unit / release_id, ignore_errors=True)
        (store.findings / unit / f"{release_id}.parquet").unlink(missing_ok=True)


def to_fold_again(db: Session) -> set[str]:
    """Units that stand back, or without any release, since an erasure: the next run folds what is left of them."""
    newest = select(func.max(Publication.id)).group_by(Publication.unit)
    rows = db.execute(
        select(Publication.unit)
        .join(Release, (Release.unit == Publication.unit) & (Release.release_id == Publication.release_id))
        .where(Publication.id.in_(newest), or_(Publication.action == "spill", Release.pruned_reason != ""))
    )
    return {unit for (unit,) in rows}


def get(db: Session, spill_id: str) -> Spill:
    """The spill of that id; raises NotFound."""
    found = db.get(Spill, spill_id)
    if found is None:
        raise NotFound(f"没有处置 {spill_id}", spill=spill_id)
    return found


def listed(db: Session, department_id: str | None = None) -> Sequence[Spill]:
    """Every spill, newest first; only those of a department's resources when one is named."""
    return listing(department_id).all(db)


def listing(department_id: str | None = None) -> Listing[Spill]:
    """The same as a list to search, sort and cut; by words in their reasons and the slugs of resources."""
    query = select(Spill)
    if department_id is not None:
        held = select(SpillPart.spill_id).join(Delivery, Delivery.id == SpillPart.subject).join(Resource)
        query = query.where(Spill.id.in_(held.where(SpillPart.kind == DELIVERY, Resource.provider_id == department_id)))
    return Listing(
        query,
        {
            "id": Spill.id,
            "state": Spill.state,
            "reason": Spill.reason,
            "frozen": Spill.frozen_at,
            "by": Spill.frozen_by,
            "ended": Spill.ended_at,
        },
        [Spill.frozen_at.desc(), Spill.id],
        (Spill.id, Spill.reason, Spill.frozen_by, cast(Spill.derived["resources"], String)),
        ("state",),
    )


def providers(db: Session, spill: Spill) -> set[str]:
    """The departments whose deliveries a spill holds back."""
    query = select(Resource.provider_id).where(Resource.slug.in_(spill.derived.get("resources", ())))
    return set(db.scalars(query))
