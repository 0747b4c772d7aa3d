"""More time for an answer: once per request, asked for in time, given by the authority, never to itself."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from catalog import departments
from catalog.answerers import answer_of
from catalog.deadlines import due_of, prolonged
from catalog.departments import require_authority
from catalog.errors import Conflict, Invalid, NotAllowed
from catalog.models import RequestExtension, SharingRequest
from catalog.notices import tell
from catalog.request_states import ASKED, hold, note

APPROVED, REJECTED = "approved", "rejected"


def ask(
    db: Session, found: SharingRequest, *, reason: str, department_id: str, by: str, now: datetime, zone: ZoneInfo
) -> None:
    """Ask for a longer term as a department that still owes its answer.

    Raises Conflict after the term, for a second extension, or when nothing is owed.
    """
    hold(db, found, in_state=ASKED)
    authority = departments.authority(db)
    if answer_of(found, department_id).outcome is not None:
        raise Conflict("本部门已经答复，无需延期", request=found.id)
    if department_id == authority.id:
        raise NotAllowed("主管部门不能批准自己的延期", remedy="按期答复")
    if not reason.strip():
        raise Invalid("申请延期须写明理由", remedy="填写理由")
    if found.extension is not None or found.due_at is None or now >= found.due_at:
        raise Conflict("每件申请只能在期限内延期一次", remedy="尽快答复", request=found.id)
    found.extension = RequestExtension(department_id=department_id, reason=reason.strip(), asked_at=now, asked_by=by)
    note(found, "extend", "asked", department_id, by=by, now=now, reason=reason)
    text = f"答复「{found.resource.name}」共享申请需要延期：{reason.strip()}"
    tell(db, authority.id, "extension_to_decide", found.id, text, due_of(found, zone), now=now)


def decide(
    db: Session, found: SharingRequest, *, approve: bool, department_id: str, by: str, now: datetime, zone: ZoneInfo
) -> None:
    """The authority's word on an extension; approved, the term ends so many working days later as the rule says."""
    require_authority(db, department_id)
    hold(db, found, in_state=ASKED)
    extension = found.extension
    if extension is None or extension.outcome is not None:
        raise Conflict("没有待批准的延期", remedy="查看申请的办理记录", request=found.id)
    extension.outcome, extension.decided_at, extension.decided_by = APPROVED if approve else REJECTED, now, by
    if approve:
        _prolong(db, found, now, zone)
    note(found, "extend", extension.outcome, department_id, by=by, now=now)
    text = f"「{found.resource.name}」共享申请的答复延期：{'已批准' if approve else '未批准'}"
    for each in {extension.department_id, found.department_id}:
        tell(db, each, "extension_decided", found.id, text, due_of(found, zone), now=now)


def _prolong(db: Session, found: SharingRequest, now: datetime, zone: ZoneInfo) -> None:
    assert found.due_at is not None
    later = prolonged(db, found.due_at, "extend_conditional", now, zone)
    if later is None:
        raise Conflict("现行规则没有规定延期", remedy="由管理员维护规则", request=found.id)
    found.is_due_provisional = found.is_due_provisional or later.is_provisional
    found.due_at = later.at
    if later.at > now:
        found.escalated_at = None
    db.flush()
