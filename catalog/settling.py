"""The last step to a grant: what all who agreed allow, combined to the strictest, becomes a grant or its next version."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from catalog import grants
from catalog.deadlines import ends_on
from catalog.errors import Conflict, Invalid
from catalog.models import DataItem, Grant, GrantVersion, RequestAnswer, Resource, SharingRequest
from catalog.notices import tell
from catalog.policy import default_masks, strictest_mask
from catalog.vocab import DataType, Mask


def check_masks(found: SharingRequest, masks: Mapping[str, str], columns: Iterable[str]) -> None:
    """Raise Invalid for a mask that is none, does not suit its item, or concerns an item one has no say about."""
    if stray := sorted(set(masks) - set(columns)):
        raise Invalid(f"脱敏方式指到了未申请的信息项：{'、'.join(stray)}", remedy="去掉这些信息项", columns=stray)
    check_suits(found.resource, masks)


def check_suits(resource: Resource, masks: Mapping[str, str]) -> None:
    """Raise Invalid for a word that is no mask, or a mask that does not suit its item."""
    if unknown := sorted(set(masks.values()) - set(Mask)):
        raise Invalid(f"没有脱敏方式 {'、'.join(unknown)}", remedy=f"可用：{'、'.join(Mask)}")
    types = {item.name: item.data_type for item in resource.items}
    if wrong := sorted(name for name, mask in masks.items() if not _suits(Mask(mask), types[name])):
        raise Invalid(f"脱敏方式不适用于 {'、'.join(wrong)} 的类型", remedy="改用其他脱敏方式", columns=wrong)


def masks_for(item: DataItem) -> list[Mask]:
    """The masks that suit an item."""
    return [mask for mask in Mask if _suits(mask, item.data_type)]


def _suits(mask: Mask, kind: DataType) -> bool:
    if mask is Mask.YEAR:
        return kind in (DataType.DATE, DataType.DATETIME)
    return kind not in (DataType.DOUBLE, DataType.FLOAT) or mask in (Mask.PLAIN, Mask.HIDDEN)


def check_days(found: SharingRequest, days: int | None) -> None:
    """Raise Invalid for a period longer than was asked for."""
    if days is not None and not 1 <= days <= found.days:
        raise Invalid(f"期限应为 1 至 {found.days} 天", remedy="期限不能长于申请")


def grant_agreed(
    db: Session, found: SharingRequest, *, mask_key_id: str, by: str, now: datetime, zone: ZoneInfo
) -> Grant:
    """The grant on which all answers agree: of each item the strictest mask, of the periods the shortest."""
    usual = usual_masks(db, found, now.astimezone(zone).date())
    masks = {name: strictest_mask(_opinions(found.answers, name, mask)) for name, mask in usual.items()}
    days = min([found.days, *(answer.days for answer in found.answers if answer.days)])
    return _grant(db, found, masks, days, mask_key_id, by, now, zone)


def _opinions(answers: Iterable[RequestAnswer], column: str, usual: Mask) -> list[Mask]:
    return [Mask(a.masks.get(column, usual)) for a in answers if column in a.columns] or [usual]


def grant_default(
    db: Session,
    found: SharingRequest,
    *,
    mask_key_id: str,
    by: str,
    now: datetime,
    zone: ZoneInfo,
    masks: Mapping[str, str] | None = None,
    days: int | None = None,
) -> Grant:
    """The grant by one voice: masks where it says so, the usual ones elsewhere."""
    chosen = {name: Mask((masks or {}).get(name, usual)) for name, usual in _usual(db, found, now, zone)}
    return _grant(db, found, chosen, days or found.days, mask_key_id, by, now, zone)


def _usual(db: Session, found: SharingRequest, now: datetime, zone: ZoneInfo) -> Iterable[tuple[str, Mask]]:
    return usual_masks(db, found, now.astimezone(zone).date()).items()


def usual_masks(db: Session, found: SharingRequest, on: date) -> dict[str, Mask]:
    """How items are shown when nobody says otherwise: as until now in a renewal, else by class."""
    renewed = _renewed(db, found)
    if renewed is None:
        usual = default_masks(db, found.resource, on)
        return {name: usual[name] for name in found.columns}
    return {name: Mask(mask) for name, mask in renewed.versions[-1].columns.items() if name in found.columns}


def _renewed(db: Session, found: SharingRequest) -> Grant | None:
    return db.get_one(Grant, found.renews_id) if found.renews_id else None


def _grant(
    db: Session,
    found: SharingRequest,
    masks: Mapping[str, Mask],
    days: int,
    mask_key_id: str,
    by: str,
    now: datetime,
    zone: ZoneInfo,
) -> Grant:
    renewed = _renewed(db, found)
    if renewed is None:
        grant = grants.give(db, found, masks, days=days, mask_key_id=mask_key_id, by=by, now=now)
    else:
        grant = renewed
        _prolong(db, found, grant, masks, days, by, now)
    ends = ends_on(grant.versions[-1].expires_at, zone)
    text = f"「{found.resource.name}」的共享申请已授权，共 {len(masks)} 个信息项"
    tell(db, found.department_id, "granted", found.id, text, ends, now=now)
    return grant


def _prolong(
    db: Session, found: SharingRequest, grant: Grant, masks: Mapping[str, Mask], days: int, by: str, now: datetime
) -> GrantVersion:
    """A version that ends later and opens nothing that the newest one does not."""
    if grant.revoked_at is not None:
        raise Conflict("授权已收回，不能续期", remedy="重新申请", grant=grant.id)
    newest = grant.versions[-1]
    if not masks:
        raise Conflict("授权中已没有可续期的信息项", remedy="重新申请", grant=grant.id)
    columns = {name: strictest_mask((mask, Mask(newest.columns[name]))).value for name, mask in masks.items()}
    until = max(now, newest.expires_at) + timedelta(days=days)
    facts = {"columns": columns, "expires_at": until, "purpose": found.purpose, "legal_basis": found.legal_basis}
    return grants.follow(db, grant, "renewed", reason=f"续期申请 {found.id}", by=by, now=now, **facts)
