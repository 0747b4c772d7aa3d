"""Requests as their departments list them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, Select, and_, case, or_, select
from sqlalchemy.orm import Session, aliased, joinedload, selectinload

from catalog import request_steps
from catalog.grants import concerns
from catalog.lists import Listing
from catalog.models import Department, RequestAnswer, Resource, SharingRequest
from catalog.roles import Caller
from catalog.walks import Part, part


def requests(db: Session, department_id: str | None = None) -> Sequence[SharingRequest]:
    """Requests that a department made or has to answer, newest first; None for all."""
    return db.scalars(_requests(department_id)).all()


def requests_from(db: Session, department_id: str | None, *, limit: int, cursor: str = "") -> Part[SharingRequest]:
    """The same in parts, each with its decisions; raises Invalid for a cursor that is none of theirs."""
    query = _requests(department_id).options(selectinload(SharingRequest.decisions))
    return part(db, query, SharingRequest.id, _behind, limit=limit, cursor=cursor)


def _requests(department_id: str | None) -> Select[SharingRequest]:
    query = select(SharingRequest).join(Resource).where(~SharingRequest.is_probe, *_concerning(department_id))
    return query.order_by(SharingRequest.asked_at.desc(), SharingRequest.id).options(*_LOADED)


def _behind(last: SharingRequest) -> ColumnElement[bool]:
    at = SharingRequest.asked_at
    return or_(at < last.asked_at, and_(at == last.asked_at, SharingRequest.id > last.id))


def _concerning(department_id: str | None) -> list[ColumnElement[bool]]:
    asked = select(RequestAnswer.request_id).where(RequestAnswer.department_id == department_id)
    concern = concerns(SharingRequest.department_id, department_id)
    return [or_(*concern, SharingRequest.id.in_(asked))] if concern else []


_LOADED = (
    joinedload(SharingRequest.resource).joinedload(Resource.provider),
    joinedload(SharingRequest.department),
    joinedload(SharingRequest.extension),
    selectinload(SharingRequest.answers).joinedload(RequestAnswer.department),
)


MINE, OTHERS = "mine", "others"


def request_list(caller: Caller, department_id: str | None, now: datetime) -> Listing[SharingRequest]:
    """The same as a list to search, sort and cut; whose turn it is and whose they are as the caller sees it."""
    asker, provider = aliased(Department), aliased(Department)
    query = select(SharingRequest).join(Resource, SharingRequest.resource_id == Resource.id)
    query = query.join(asker, SharingRequest.department_id == asker.id)
    query = query.join(provider, Resource.provider_id == provider.id)
    return Listing(
        query.where(~SharingRequest.is_probe, *_concerning(department_id)),
        {
            "resource": Resource.name,
            "turn": request_steps.turn_column(caller, now),
            "side": case((SharingRequest.department_id == caller.department_id, MINE), else_=OTHERS),
            "department": asker.name,
            "provider": provider.name,
            "purpose": SharingRequest.purpose,
            "asked": SharingRequest.asked_at,
            "due": SharingRequest.due_at,
            "state": SharingRequest.state,
        },
        [SharingRequest.asked_at.desc(), SharingRequest.id],
        (Resource.name, asker.name, provider.name, SharingRequest.purpose),
        ("turn", "side", "department", "provider", "state"),
        load=_LOADED,
    )
