"""The end of a correction request by a fix: proved by the releases, told to all who had read the wrong value."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from catalog import corrections, deliveries, departments, record_history, releases, resources
from catalog.correction_states import MENDED, move, note
from catalog.errors import Conflict, Invalid, NotFound
from catalog.keys import Keys
from catalog.models import Correction, Delivery, Release
from catalog.notices import tell
from catalog.reads import Read, reads_of
from catalog.receipts import ANSWERED, Digests
from catalog.spread import Place, places
from catalog.store import Store
from catalog.vocab import DeliveryState, Mask

_GOOD = (DeliveryState.ACCEPTED, DeliveryState.ACCEPTED_IN_PART)


def mend(
    db: Session,
    store: Store,
    keys: Keys,
    digests: Digests,
    found: Correction,
    *,
    text: str,
    department_id: str,
    by: str,
    now: datetime,
    delivery_id: str = "",
) -> list[str]:
    """End the request: the release in force no longer holds the value. The slugs of the departments that were told.

    delivery_id: the delivery that mends it, of the resource that the value was collected in; the authority, mending its
    own linking, merging or choosing, names none. Raises Conflict while the value stands, Invalid for a delivery that
    is not in the release.
    """
    corrections.require_assigned(found, department_id)
    answer = corrections.sealed_answer(keys, found, text)
    release = releases.in_force(db, found.resource.unit)
    delivery = None if found.fault else _delivery(db, store, found, release, delivery_id)
    disputed = releases.get(db, found.resource.unit, found.release_id)
    about = (found.resource.table_name, found.item, found.record_key)
    if release.release_id == disputed.release_id or record_history.is_same(store, disputed, release, *about):
        raise Conflict(
            "现行发布版本中这一数据项的值没有变化", remedy="重新报送并等新版本发布后再答复；值无误的，答复不予更正"
        )
    shown = places(db, store, found)
    move(db, found, MENDED, answer=answer, closed_at=now, due_at=None, wrong_since=shown[0].since)
    found.fix_delivery_id, found.fix_release_id = delivery.id if delivery else None, release.release_id
    note(found, "mend", department_id, by=by, now=now)
    corrections.end_of_fault(db, found, now=now)
    told = f"「{found.resource.name}」的校核申请已更正，现行版本 {release.release_id}"
    tell(db, found.department_id, "correction_mended", found.id, told, now=now)
    readers = _tell_readers(db, readers_of(store, digests, shown), now)
    found.told = len(readers)
    db.flush()
    return sorted(readers)


def _delivery(db: Session, store: Store, found: Correction, release: Release, delivery_id: str) -> Delivery:
    if not delivery_id:
        raise Invalid("没有写明更正数据的报送批次", remedy="填写批次编号", field="delivery")
    delivery = deliveries.get(db, delivery_id)
    if delivery.resource_id != found.source_id or delivery.received_at < found.asked_at or delivery.state not in _GOOD:
        raise Invalid(
            "这一批次不能作为更正的依据",
            remedy=f"填写「{found.source.name}」在申请之后报送并通过检查的批次",
            delivery=delivery_id,
        )
    if not record_history.holds(store, release, found.source.unit, delivery_id):
        raise Conflict("这一批次还没有进入现行发布版本", remedy="等待发布后再答复", delivery=delivery_id)
    return delivery


def readers_of(store: Store, digests: Digests, shown: Iterable[Place]) -> dict[Place, list[Read]]:
    """Every answer under a grant that showed the value, by place, since it came in, by the receipts."""
    return {each: _reads(store, digests, each) for each in shown}


def _reads(store: Store, digests: Digests, place: Place) -> list[Read]:
    return [
        read
        for read in reads_of(store, digests, place.resource, place.record_key)
        if read.outcome == ANSWERED
        and read.grant
        and read.columns.get(place.item, Mask.HIDDEN) != Mask.HIDDEN
        and (place.since is None or read.at >= place.since)
    ]


def _tell_readers(db: Session, readers: Mapping[Place, list[Read]], now: datetime) -> set[str]:
    """Tell each department which records to read again; the slugs of those that were told."""
    return {
        slug
        for place, reads in readers.items()
        for slug in sorted({read.department for read in reads})
        if _tell_reader(db, place, slug, now)
    }


def _tell_reader(db: Session, place: Place, slug: str, now: datetime) -> bool:
    """Tell a department which record to read again, by its opaque key; whether the department still is."""
    try:
        owner = departments.get(db, slug)
    except NotFound:
        return False
    read = resources.get(db, place.resource)
    title = next((item.title for item in read.items if item.name == place.item), place.item)
    text = f"「{read.name}」中贵单位读取过的一条记录的「{title}」已更正，请按记录键 {place.record_key} 重新读取"
    tell(db, owner.id, "value_mended", read.slug, text, now=now)
    return True
