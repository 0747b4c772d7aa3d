"""Grants: given, prolonged, the one that opens a read, their end, and the records that no grant opens."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, case, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from catalog.errors import Conflict, Invalid, NotFound, NotGranted
from catalog.lists import Listing
from catalog.models import Department, Grant, GrantVersion, Resource, SharingRequest, Suppression
from catalog.notices import tell
from catalog.register import bump
from catalog.vocab import Mask
from catalog.walks import Part, part

LOOKUP, BULK = "lookup", "bulk"
MODES = (LOOKUP, BULK)
MODE_LABELS = {LOOKUP: "按记录查询", BULK: "批量文件"}


def give(
    db: Session,
    found: SharingRequest,
    masks: Mapping[str, Mask],
    *,
    days: int,
    mask_key_id: str,
    by: str,
    now: datetime,
) -> Grant:
    """The grant of a request; the request's state is not looked at here. masks: each item with its mask."""
    version = GrantVersion(
        version=1,
        columns={name: mask.value for name, mask in masks.items()},
        row_condition=found.row_condition,
        modes=found.modes,
        includes_minors=found.includes_minors,
        includes_deceased=found.includes_deceased,
        purpose=found.purpose,
        legal_basis=found.legal_basis,
        mask_key_id=mask_key_id,
        valid_from=now,
        expires_at=now + timedelta(days=days),
        created_at=now,
        created_by=by,
    )
    grant = Grant(request_id=found.id, resource=found.resource, department=found.department, versions=[version])
    grant.is_probe = found.is_probe
    db.add(grant)
    bump(db, "grants")
    db.flush()
    return grant


def follow(
    db: Session, grant: Grant, kind: str, *, reason: str, by: str, now: datetime, **changes: Any
) -> GrantVersion:
    """The next version of a grant: the newest one with changes; every door goes by it from the next look on.

    Masks keep their key, that what a consumer has joined on stays joined. Of two who write at once, one gets Conflict.
    """
    old = grant.versions[-1]
    kept = ("columns", "row_condition", "modes", "includes_minors", "includes_deceased", "purpose", "legal_basis")
    facts = {name: getattr(old, name) for name in (*kept, "mask_key_id", "expires_at")} | changes
    version = GrantVersion(
        version=old.version + 1, kind=kind, reason=reason, created_by=by, valid_from=now, created_at=now, **facts
    )
    grant.versions.append(version)
    grant.end_told_at = None
    bump(db, "grants")
    try:
        db.flush()
    except IntegrityError as error:
        raise Conflict("授权刚刚被他人变更", remedy="刷新后重试", grant=grant.id) from error
    return version


def require_living(grant: Grant, now: datetime) -> GrantVersion:
    """The newest version of a grant in force; raises Conflict when it has ended."""
    newest = grant.versions[-1]
    if grant.revoked_at is not None or newest.expires_at <= now:
        raise Conflict("授权已到期或已收回", remedy="需要继续使用的，重新申请", grant=grant.id)
    return newest


def revoke(db: Session, grant: Grant, *, reason: str, by: str, now: datetime) -> None:
    """End a grant; every door refuses it as soon as it sees the new revision."""
    if not reason.strip():
        raise Invalid("收回授权须写明理由", remedy="填写理由")
    if grant.revoked_at is not None:
        raise Conflict("授权已收回", remedy="无需再次收回", grant=grant.id)
    grant.revoked_at, grant.revoked_by, grant.revoked_reason = now, by, reason.strip()
    bump(db, "grants")
    text = f"「{grant.resource.name}」的授权已收回：{grant.revoked_reason}"
    if not grant.is_probe:
        tell(db, grant.department_id, "grant_revoked", grant.id, text, now=now)


def grant_of(
    db: Session, resource: Resource, *, department_id: str, mode: str, now: datetime, grant_id: str | None = None
) -> GrantVersion:
    """The newest version of the one live grant that opens a mode of the resource to a department.

    Raises NotGranted, Invalid with the ids when several are live and none was named.
    """
    query = select(Grant).where(
        Grant.resource_id == resource.id, Grant.department_id == department_id, Grant.revoked_at.is_(None)
    )
    found = db.scalars(query.where(Grant.id == grant_id) if grant_id else query.where(~Grant.is_probe)).all()
    live = [v for v in (g.versions[-1] for g in found) if v.valid_from <= now < v.expires_at and mode in v.modes]
    if not live:
        raise NotGranted(
            f"本部门没有读取「{resource.name}」的有效授权（{MODE_LABELS.get(mode, mode)}）",
            remedy="提交共享申请；授权到期或被收回的，重新申请",
            resource=resource.slug,
        )
    if len(live) > 1:
        ids = sorted(v.grant_id for v in live)
        raise Invalid("有多个有效授权，请用参数 grant 指明", remedy=f"grant 取其一：{'、'.join(ids)}", grants=ids)
    return live[0]


def get_grant(db: Session, grant_id: str) -> Grant:
    """The grant of that id; raises NotFound."""
    found = db.get(Grant, grant_id)
    if found is None:
        raise NotFound(f"没有共享授权 {grant_id}", grant=grant_id)
    return found


def listed(db: Session, department_id: str | None = None) -> Sequence[Grant]:
    """Grants that a department holds or gave; None for all."""
    return db.scalars(_listed(department_id)).all()


def listed_from(db: Session, department_id: str | None, *, limit: int, cursor: str = "") -> Part[Grant]:
    """The same in parts; raises Invalid for a cursor that is none of theirs."""
    return part(db, _listed(department_id), Grant.id, lambda last: Grant.id > last.id, limit=limit, cursor=cursor)


def _listed(department_id: str | None) -> Select[Grant]:
    query = select(Grant).join(Resource).where(~Grant.is_probe).order_by(Grant.id).options(*_LOADED)
    return query.where(*concerns(Grant.department_id, department_id))


def held_by(db: Session, department_id: str) -> Sequence[Grant]:
    """The grants of a department that were not revoked, probes left out."""
    query = select(Grant).where(Grant.department_id == department_id, Grant.revoked_at.is_(None), ~Grant.is_probe)
    return db.scalars(query.order_by(Grant.id).options(*_LOADED)).all()


_LOADED = (
    joinedload(Grant.department),
    joinedload(Grant.resource).joinedload(Resource.provider),
    selectinload(Grant.versions),
)
LIVING, EXPIRED, REVOKED = "living", "expired", "revoked"


def state_of(grant: Grant, now: datetime) -> str:
    """Whether a grant opens anything now: living, expired or revoked."""
    if grant.revoked_at is not None:
        return REVOKED
    return LIVING if grant.versions[-1].expires_at > now else EXPIRED


def listing(department_id: str | None, now: datetime) -> Listing[Grant]:
    """Grants that a department holds or gave as a list to search, sort and cut; None for all."""
    holder, giver, version = aliased(Department), aliased(Department), aliased(GrantVersion)
    newest = select(func.max(GrantVersion.version)).where(GrantVersion.grant_id == Grant.id).correlate(Grant)
    last = (version.grant_id == Grant.id) & (version.version == newest.scalar_subquery())
    query = select(Grant).join(Resource, Grant.resource_id == Resource.id).join(version, last)
    query = query.join(holder, Grant.department_id == holder.id).join(giver, Resource.provider_id == giver.id)
    each = func.json_each(version.columns).table_valued("key")
    return Listing(
        query.where(~Grant.is_probe, *concerns(Grant.department_id, department_id)),
        {
            "resource": Resource.name,
            "department": holder.name,
            "provider": giver.name,
            "purpose": version.purpose,
            "items": select(func.count()).select_from(each).correlate(version).scalar_subquery(),
            "expires": version.expires_at,
            "state": case((Grant.revoked_at.is_not(None), REVOKED), (version.expires_at > now, LIVING), else_=EXPIRED),
        },
        [Grant.id],
        (Resource.name, holder.name, giver.name, version.purpose),
        ("department", "provider", "state"),
        load=_LOADED,
    )


def concerns(holder: Any, department_id: str | None) -> list[ColumnElement[bool]]:
    """The filter for what a department holds or provides."""
    return [] if department_id is None else [or_(holder == department_id, Resource.provider_id == department_id)]


def suppress(
    db: Session,
    resource: Resource,
    record_key: str,
    *,
    reason: str,
    valid_from: date,
    by: str,
    now: datetime,
    valid_to: date | None = None,
) -> Suppression:
    """Keep a record from every door between two days, whatever the release."""
    found = Suppression(
        resource_id=resource.id,
        record_key=record_key,
        reason=reason,
        valid_from=valid_from,
        valid_to=valid_to,
        ordered_by=by,
        ordered_at=now,
    )
    db.add(found)
    bump(db, "suppressions")
    db.flush()
    return found


def of_request(db: Session, request_id: str) -> Grant | None:
    """The grant that a request led to or prolonged, None while there is none."""
    return of_requests(db, [request_id]).get(request_id)


def of_requests(db: Session, request_ids: Sequence[str]) -> dict[str, Grant]:
    """Request -> the grant that it led to or prolonged; requests without one are left out."""
    renewed = select(SharingRequest.id, Grant).join(Grant, Grant.id == SharingRequest.renews_id)
    renewed = renewed.where(SharingRequest.id.in_(request_ids), SharingRequest.state == "granted")
    found = dict(db.execute(renewed).all())
    given = db.scalars(select(Grant).where(Grant.request_id.in_(request_ids)))
    return found | {grant.request_id: grant for grant in given}
