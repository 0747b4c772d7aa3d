"""Explanations (情况说明): what a department says with evidence instead of mending; the authority approves or rejects.

Approved, the rows become accepted exceptions until a day, and are reported apart from then on.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import BinaryIO

from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from catalog import build_findings, departments, exceptions, projects, standing, verdicts, wrong_rows
from catalog.departments import require_authority
from catalog.errors import Conflict, Invalid, NotAllowed, NotFound
from catalog.models import AcceptedException, Delivery, FindingRow, OrderExplanation, QualityOrder
from catalog.models.base import new_id
from catalog.notices import tell
from catalog.order_states import ACCEPTED, CLOSED, EXPLAINED, OPEN, move, note
from catalog.standing import Checks
from catalog.store import Store

APPROVED, REJECTED = "approved", "rejected"
MOST_EVIDENCE = 20 << 20


@dataclass(frozen=True, slots=True)
class Evidence:
    """A file that a department hands in: its name, and its bytes in the store by digest."""

    name: str
    digest: str
    size: int


def keep_evidence(store: Store, file: BinaryIO, name: str) -> Evidence:
    """Store a file of evidence; raises Invalid for an empty one and for one that is too large."""
    size = file.seek(0, 2)
    file.seek(0)
    if not 0 < size <= MOST_EVIDENCE:
        raise Invalid("佐证材料为空或超过 20 MB", remedy="重新选择文件，或压缩后上传")
    digest, size = store.keep(file)
    return Evidence(name.replace("\\", "/").rsplit("/", 1)[-1][:200], digest, size)


def explain(
    db: Session,
    found: QualityOrder,
    *,
    text: str,
    department_id: str,
    by: str,
    now: datetime,
    evidence: Evidence | None = None,
) -> OrderExplanation:
    """Put an explanation before the authority; raises NotAllowed for another department, Invalid without words."""
    if department_id != found.department_id:
        raise NotAllowed("只有责任部门可以说明情况", remedy=f"由{found.department.name}办理")
    if not text.strip():
        raise Invalid("说明不能为空", remedy="写明为何这些数据属实或无法整改；不要写出个人信息")
    move(db, found, EXPLAINED, out_of=(OPEN,))
    made = OrderExplanation(
        text=text.strip()[:2000], made_at=now, made_by=by, delivery_id=found.delivery_id, release_id=found.release_id
    )
    if evidence is not None:
        made.evidence_name, made.evidence_digest, made.evidence_size = evidence.name, evidence.digest, evidence.size
    found.explanations.append(made)
    note(found, "explained", by=by, now=now)
    told = f"{found.department.name}对「{found.resource.name}」的整改通知单提交了说明，请审核"
    tell(db, departments.authority(db).id, "order_explained", found.id, told, now=now)
    db.flush()
    return made


def get(found: QualityOrder, explanation_id: str) -> OrderExplanation:
    """The explanation of that id under an order; raises NotFound."""
    each = next((each for each in found.explanations if each.id == explanation_id), None)
    if each is None:
        raise NotFound(f"没有说明 {explanation_id}", order=found.id)
    return each


def waiting(found: QualityOrder) -> OrderExplanation | None:
    """The explanation that waits for the authority."""
    return next((each for each in reversed(found.explanations) if each.outcome is None), None)


def reject(db: Session, found: QualityOrder, *, reason: str, department_id: str, by: str, now: datetime) -> None:
    """Send the order back to the department, its term unchanged."""
    require_authority(db, department_id)
    if not reason.strip():
        raise Invalid("不予认可须写明理由", remedy="填写理由")
    each = _decide(db, found, REJECTED, OPEN, reason, by, now)
    note(found, REJECTED, by=by, now=now, text=each.reason)
    text = f"「{found.resource.name}」的说明未获认可，请继续整改：{each.reason}"
    tell(db, found.department_id, "order_rejected", found.id, text, now=now)
    db.flush()


def approve(
    db: Session,
    checks: Checks,
    found: QualityOrder,
    *,
    until: date | None,
    department_id: str,
    by: str,
    now: datetime,
    today: date,
    reason: str = "",
) -> AcceptedException:
    """Close the order by its explanation; its rows are accepted exceptions up to a day, a year at the most by rule.

    until None: as long as the rule `exception_days` allows.
    """
    require_authority(db, department_id)
    last = _last_day(db, until, today)
    values = {"closed_at": now, "closed_how": ACCEPTED}
    kept_as = new_id()
    stood = standing.keep(db, checks, found, kept_as, today)
    each = _decide(db, found, APPROVED, CLOSED, reason, by, now, **values)
    made = AcceptedException(
        id=kept_as, explanation=each, resource_id=found.resource_id, rule=found.rule, count=found.count
    )
    made.valid_from, made.valid_to = today, last
    db.add(made)
    db.flush()
    _report_apart(db, checks, found, made, stood, today)
    note(found, APPROVED, by=by, now=now, text=each.reason)
    text = f"「{found.resource.name}」的说明已获认可，整改通知单销号，例外有效至 {last}"
    tell(db, found.department_id, "order_approved", found.id, text, now=now)
    db.flush()
    return made


def _last_day(db: Session, until: date | None, today: date) -> date:
    rule = projects.rule(db, "exception_days", today)
    longest = today + timedelta(days=int(rule.value)) if rule is not None and rule.value else None
    last = until or longest
    if last is None or last < today or (longest is not None and last > longest):
        raise Invalid("例外的有效期不对", remedy=f"填写今天至 {longest} 之间的日期" if longest else "填写日期")
    return last


def _decide(
    db: Session,
    found: QualityOrder,
    outcome: str,
    state: str,
    reason: str,
    by: str,
    now: datetime,
    **values: object,
) -> OrderExplanation:
    each = waiting(found)
    if each is None:
        raise Conflict("没有待审核的说明", remedy="刷新后查看", order=found.id)
    if each.made_by == by:
        raise NotAllowed("提交说明的人不能审核自己的说明", remedy="由另一名数据管理员审核")
    move(db, found, state, out_of=(EXPLAINED,), **values)
    each.outcome, each.reason, each.decided_at, each.decided_by = outcome, reason.strip()[:500], now, by
    return each


def _report_apart(
    db: Session, checks: Checks, found: QualityOrder, made: AcceptedException, stood: Mapping[str, int], today: date
) -> None:
    """Count the rows as exceptions in the findings and the verdict of the deliveries they came with."""
    own = [FindingRow.rule == found.rule, FindingRow.resource_id == found.resource_id]
    own.append(FindingRow.department_id == found.department_id)
    if found.delivery_id is None:
        if found.release_id is not None:
            _count(db, *own, FindingRow.release_id == found.release_id)
            made.count = build_findings.keep(db, checks, found, made.id) or made.count
        return
    if stood:
        made.count = sum(stood.values())
    else:
        _count(db, *own, FindingRow.delivery_id == found.delivery_id)
        delivery = db.get_one(Delivery, found.delivery_id)
        made.count = exceptions.keep(checks.store, delivery, found.rule, made.id, checks.secret) or made.count
    for each in stood or (found.delivery_id,):
        judge_again(db, checks, db.get_one(Delivery, each), found.rule if stood else "", today)


def judge_again(db: Session, checks: Checks, delivery: Delivery, rule: str, today: date) -> None:
    """The verdict of a delivery with what is now accepted of it. rule: whose findings to count anew, "" for none."""
    covered = exceptions.covered(db, checks.store, delivery, checks.secret, today)
    for row in delivery.findings:
        if row.rule == rule:
            row.accepted = min(row.count, covered.findings.get((row.rule, row.item), 0))
    delivery.excepted = min(delivery.bad or 0, covered.rows)
    wrong_rows.count(db, checks, delivery, today)
    delivery.verdict = verdicts.judge(db, delivery, today)


def _count(db: Session, *where: ColumnElement[bool]) -> None:
    accepted = update(FindingRow).where(*where).values(accepted=FindingRow.count)
    db.execute(accepted.execution_options(synchronize_session="fetch"))
