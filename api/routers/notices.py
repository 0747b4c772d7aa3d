"""Notices to the caller's department."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from api.catalog_schemas import NoticeOut
from api.deps import GUARDED, Db, House, SignedIn
from catalog import notices
from catalog.roles import Action, require

router = APIRouter(prefix="/v1/notices", tags=["authoring"], dependencies=GUARDED)


@router.get("")
def list_notices(
    db: Db, caller: SignedIn, unread: bool = False, limit: Annotated[int, Query(ge=1, le=200)] = 200
) -> list[NoticeOut]:
    """What the caller's department was told, unread and newest first."""
    require(caller, Action.READ_NOTICES)
    found = notices.listed(db, caller.department_id, unread_only=unread, limit=limit)
    return [NoticeOut.model_validate(each) for each in found]


@router.post("/{notice_id}/reading")
def read(notice_id: str, db: Db, house: House, caller: SignedIn) -> NoticeOut:
    """Mark a notice read."""
    found = notices.get(db, notice_id)
    require(caller, Action.READ_NOTICES, found.department_id)
    notices.read(db, found, by=caller.client_id, now=house.clock())
    return NoticeOut.model_validate(found)
