"""What others do to a request: the authority checks it, departments answer, the authority settles a dispute.

Source: 政务数据共享条例; the check of conformity and the settling of disputes after the local rule for Shanxi.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from catalog import departments, reasons, settling, wanted
from catalog.answerers import answer_of, call_upon
from catalog.deadlines import deadline, due_of
from catalog.departments import require_authority
from catalog.errors import Conflict, Invalid, NotAllowed
from catalog.models import Grant, RequestAnswer, SharingRequest
from catalog.notices import tell
from catalog.request_states import ASKED, CHECKING, DISPUTED, GRANTED, REFUSED, RETURNED, hold, is_overdue, move, note


def check(
    db: Session,
    found: SharingRequest,
    *,
    conforms: bool,
    department_id: str,
    by: str,
    now: datetime,
    zone: ZoneInfo,
    missing: Sequence[Mapping[str, str]] = (),
) -> None:
    """The authority's check: on to the departments that must agree, or back, once, with everything that is missing.

    missing: each `{"field", "text"}`, field being one of the request's own. Raises Conflict for a second return.
    """
    require_authority(db, department_id)
    if conforms:
        _pass_on(db, found, department_id, by, now, zone)
    else:
        _return(db, found, missing, department_id, by, now)


def _pass_on(db: Session, found: SharingRequest, department_id: str, by: str, now: datetime, zone: ZoneInfo) -> None:
    wanted.items_of(db, found.resource, found.columns, now.astimezone(zone).date())
    move(db, found, ASKED, out_of=(CHECKING,), due=deadline(db, "answer_conditional", now, zone))
    note(found, "check", ASKED, department_id, by=by, now=now, reason="符合要求，转请答复")
    for answer in call_upon(db, found, now.astimezone(zone).date()):
        text = f"{found.department.name}申请共享「{found.resource.name}」的 {len(answer.columns)} 个信息项，请答复"
        tell(db, answer.department_id, "request_to_answer", found.id, text, due_of(found, zone), now=now)


FIELDS = ("columns", "row_condition", "modes", "purpose", "legal_basis", "days", "other")


def _return(
    db: Session, found: SharingRequest, missing: Sequence[Mapping[str, str]], department_id: str, by: str, now: datetime
) -> None:
    if not missing or any(m.get("field") not in FIELDS or not m.get("text", "").strip() for m in missing):
        raise Invalid(
            "退回须一次列明全部需要补正的内容", remedy=f"逐条写明 field 和 text；field 可用 {'、'.join(FIELDS)}"
        )
    if found.returned_at is not None:
        raise Conflict("申请已退回补正过一次，不能再次退回", remedy="转请提供部门答复", request=found.id)
    move(db, found, RETURNED, out_of=(CHECKING,))
    found.returned_at = now
    found.missing = [{"field": m["field"], "text": m["text"].strip()} for m in missing]
    reason = "；".join(m["text"] for m in found.missing)
    note(found, "check", RETURNED, department_id, by=by, now=now, reason=reason[:500])
    text = f"「{found.resource.name}」的共享申请需补正：{reason}"
    tell(db, found.department_id, "request_returned", found.id, text, now=now)


def decide(
    db: Session,
    found: SharingRequest,
    *,
    approve: bool,
    department_id: str,
    by: str,
    now: datetime,
    zone: ZoneInfo,
    mask_key_id: str,
    reason: str = "",
    reason_code: str = "",
    masks: Mapping[str, str] | None = None,
    days: int | None = None,
) -> Grant | None:
    """One department's answer; the grant when it was the last that agreed, None otherwise.

    department_id: whose answer it is. reason_code: of `catalog.reasons`, needed for a refusal together with words.
    masks: item -> mask where it differs from the usual one; of several answers the strictest counts. days: shortens
    the period. Raises NotAllowed, Invalid, Conflict when it is answered already.
    """
    hold(db, found, in_state=ASKED)
    answer = answer_of(found, department_id)
    if answer.outcome is not None:
        raise Conflict("本部门已经答复", remedy="查看已有的答复", request=found.id)
    if approve:
        _check_terms(db, found, masks or {}, days, answer.columns, now.astimezone(zone).date())
    else:
        reasons.require(db, reasons.SHARING, reason_code, reason, now.astimezone(zone).date())
    answer.outcome = GRANTED if approve else REFUSED
    answer.masks, answer.days, answer.answered_at = dict(masks or {}), days, now
    code = "" if approve else reason_code
    note(found, "answer", answer.outcome, department_id, by=by, now=now, reason=reason, reason_code=code)
    return _conclude(db, found, answer, reason, mask_key_id=mask_key_id, by=by, now=now, zone=zone)


def _check_terms(
    db: Session,
    found: SharingRequest,
    masks: Mapping[str, str],
    days: int | None,
    columns: Iterable[str],
    on: date,
) -> None:
    settling.check_masks(found, masks, columns)
    settling.check_days(found, days)
    wanted.items_of(db, found.resource, found.columns, on)


def _conclude(
    db: Session,
    found: SharingRequest,
    answer: RequestAnswer,
    reason: str,
    *,
    mask_key_id: str,
    by: str,
    now: datetime,
    zone: ZoneInfo,
) -> Grant | None:
    """The request's end when this answer brings it: the first no, or the last yes."""
    if answer.outcome == REFUSED:
        move(db, found, REFUSED, out_of=(ASKED,))
        text = (
            f"{answer.department.name}不予共享「{found.resource.name}」：{reason.strip()}；有异议的可提请主管部门处理"
        )
        tell(db, found.department_id, "request_refused", found.id, text, now=now)
        return None
    db.flush()
    if any(each.outcome != GRANTED for each in found.answers):
        return None
    move(db, found, GRANTED, out_of=(ASKED,))
    return settling.grant_agreed(db, found, mask_key_id=mask_key_id, by=by, now=now, zone=zone)


def dispute(
    db: Session, found: SharingRequest, *, reason: str, department_id: str, by: str, now: datetime, zone: ZoneInfo
) -> None:
    """Bring a refusal, or an answer that did not come in time, before the authority; once per request."""
    if found.department_id != department_id:
        raise NotAllowed("只有申请部门可以提请处理争议", remedy=f"由{found.department.name}提出")
    if not reason.strip():
        raise Invalid("提请处理争议须写明理由", remedy="填写理由")
    if found.disputed_at is not None:
        raise Conflict("这一申请的争议已处理过", remedy="情况有变化的，重新申请", request=found.id)
    if found.state == ASKED and not is_overdue(found, now):
        raise Conflict("答复期限未到", remedy="等待答复；逾期未答复的可提请处理", request=found.id)
    move(db, found, DISPUTED, out_of=(REFUSED, ASKED), due=deadline(db, "settle_dispute", now, zone))
    found.disputed_at, found.dispute_reason = now, reason.strip()
    note(found, "dispute", DISPUTED, department_id, by=by, now=now, reason=reason)
    text = f"{found.department.name}对「{found.resource.name}」的共享申请提出争议：{reason.strip()}"
    for each in {departments.authority(db).id, *(a.department_id for a in found.answers)}:
        tell(db, each, "request_disputed", found.id, text, due_of(found, zone), now=now)


def settle_dispute(
    db: Session,
    found: SharingRequest,
    *,
    approve: bool,
    reason: str,
    department_id: str,
    by: str,
    now: datetime,
    zone: ZoneInfo,
    mask_key_id: str,
    reason_code: str = "",
    masks: Mapping[str, str] | None = None,
    days: int | None = None,
) -> Grant | None:
    """The authority's decision of a dispute, which is the end of it; the grant, None when the refusal stands."""
    require_authority(db, department_id)
    hold(db, found, in_state=DISPUTED)
    if not reason.strip():
        raise Invalid("处理争议须写明意见", remedy="填写处理意见")
    if approve:
        _check_terms(db, found, masks or {}, days, found.columns, now.astimezone(zone).date())
    else:
        reasons.require(db, reasons.SHARING, reason_code, reason, now.astimezone(zone).date())
    outcome = GRANTED if approve else REFUSED
    move(db, found, outcome, out_of=(DISPUTED,))
    code = "" if approve else reason_code
    note(found, "dispute", outcome, department_id, by=by, now=now, reason=reason, reason_code=code)
    text = f"「{found.resource.name}」共享争议的处理结果：{'予以共享' if approve else '不予共享'}；{reason.strip()}"
    for each in {found.department_id, *(a.department_id for a in found.answers)}:
        tell(db, each, "dispute_settled", found.id, text, now=now)
    if not approve:
        return None
    return settling.grant_default(db, found, mask_key_id=mask_key_id, by=by, now=now, zone=zone, masks=masks, days=days)
