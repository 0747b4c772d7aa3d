"""Correction requests (校核申请): a consumer disputes a value that it may read; who collected it mends or says why not.

Source: 政务数据共享条例第二十六条; the term is the dated rule `correct`. What people write may hold values, and is sealed;
the register keeps the record's opaque key, and says to whom it matters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, aliased, joinedload

from catalog import departments, lineage, order_lists, quality_orders, record_history, releases, resources, sealing
from catalog.correction_states import ASKED, CLOCK, REFUSED, WITHDRAWN, move, note
from catalog.deadlines import Deadline, deadline, due_of
from catalog.errors import Conflict, Invalid, NotAllowed, NotFound
from catalog.faults import Fault
from catalog.keys import Keys
from catalog.lists import Listing
from catalog.models import Correction, Department, Release, Resource
from catalog.models.base import new_id
from catalog.notices import tell
from catalog.order_states import LIVING
from catalog.quality_orders import Look
from catalog.roles import Action, Caller, may
from catalog.store import Store
from catalog.view import View
from catalog.vocab import Dimension, Mask, Side

# what the platform itself may have done wrong -> the rule of the authority's order
FAULTS = {"link": "LINK_WRONG", "merge": "MERGE_WRONG", "choose": "CHOICE_WRONG"}
_TEXTS = {"LINK_WRONG": "记录关联错误", "MERGE_WRONG": "记录合并错误", "CHOICE_WRONG": "取值选择错误"}
MOST = 1000


@dataclass(frozen=True, slots=True)
class Words:
    """What was written in a request, unsealed for those who may read it."""

    claim: str
    grounds: str
    answer: str


def ask(
    db: Session,
    store: Store,
    keys: Keys,
    view: View,
    *,
    record_key: str,
    item: str,
    claim: str,
    grounds: str,
    department_id: str,
    by: str,
    now: datetime,
    zone: ZoneInfo,
) -> Correction:
    """A request for the department that collected the value. view: what the asker's grant shows, the record in it.

    Raises Invalid for an item that the grant does not show and for missing words, Conflict for a request that is open.
    """
    resource = resources.get(db, view.resource)
    _check(view, item, claim, grounds)
    known = select(Correction.id).where(Correction.record_key == record_key, Correction.state == ASKED)
    same = (Correction.resource_id == resource.id, Correction.item == item, Correction.department_id == department_id)
    if db.scalar(known.where(*same)):
        raise Conflict("本部门对这一数据项已有未办结的校核申请", remedy="查看已有的申请")
    release = releases.get(db, resource.unit, view.release_id)
    source = _collector(db, store, resource, release, item, record_key, now.astimezone(zone).date())
    found = Correction(
        id=new_id(), resource=resource, record_key=record_key, item=item, release_id=view.release_id,
        grant_id=view.grant_id, department_id=department_id, asked_at=now, asked_by=by, source=source,
        assigned_id=source.provider_id, state=ASKED,
    )  # fmt: skip
    found.claim = sealing.seal(keys, f"{found.id}.claim", claim.strip())
    found.grounds = sealing.seal(keys, f"{found.id}.grounds", grounds.strip())
    _set_due(found, deadline(db, CLOCK, now, zone))
    db.add(found)
    note(found, "ask", department_id, by=by, now=now)
    db.flush()
    text = f"{found.department.name}对「{resource.name}」一条记录的「{title(found)}」提出校核申请，请核实答复"
    tell(db, found.assigned_id, "correction_to_answer", found.id, text, due_of(found, zone), now=now)
    return found


def _check(view: View, item: str, claim: str, grounds: str) -> None:
    shown = {column.name for column in view.columns if column.mask is not Mask.HIDDEN}
    if item not in shown:
        raise Invalid(f"授权不含信息项 {item}", remedy=f"可提出异议的信息项：{'、'.join(sorted(shown))}", item=item)
    texts = {"正确值": claim, "依据": grounds}
    if missing := [name for name, text in texts.items() if not text.strip()]:
        raise Invalid(f"应写明{'、'.join(missing)}", remedy="补全后重新提交", missing=missing)
    if max(map(len, texts.values())) > MOST:
        raise Invalid("文字过长", remedy=f"每项不超过 {MOST} 字")


def _collector(
    db: Session, store: Store, resource: Resource, release: Release, item: str, record_key: str, on: date
) -> Resource:
    """The resource that a value was collected in; a base that cannot say answers itself.

    For what a base worked out, or knows from many, it is the first by lineage of those that its record came from.
    """
    if not resource.is_base_table:
        return resource
    slug = record_history.source_of(store, release, resource.table_name, item, record_key)
    if slug:
        return resources.get(db, slug)
    brought = [resources.get(db, s) for s in record_history.sources_of(store, release, resource.table_name, record_key)]
    lineal = {source.resource_id for source in lineage.sources_of(db, resource, on).get(item, ())}
    return next((each for each in brought if each.id in lineal), next(iter(brought), resource))


def title(found: Correction) -> str:
    """What the disputed item is called."""
    return next((item.title for item in found.resource.items if item.name == found.item), found.item)


def words(keys: Keys, found: Correction) -> Words:
    """What was written in the request."""
    parts = ("claim", "grounds", "answer")
    return Words(*(sealing.unseal(keys, f"{found.id}.{part}", getattr(found, part)) for part in parts))


def get(db: Session, correction_id: str) -> Correction:
    """The request of that id; raises NotFound."""
    found = db.get(Correction, correction_id)
    if found is None:
        raise NotFound(f"没有校核申请 {correction_id}", correction=correction_id)
    return found


def refuse(
    db: Session, keys: Keys, found: Correction, *, text: str, department_id: str, by: str, now: datetime
) -> None:
    """Say why the value stands; the department that asked is told that there is an answer."""
    require_assigned(found, department_id)
    answer = sealed_answer(keys, found, text)
    move(db, found, REFUSED, answer=answer, closed_at=now, due_at=None)
    note(found, "refuse", department_id, by=by, now=now)
    end_of_fault(db, found, now=now)
    told = f"「{found.resource.name}」的校核申请不予更正，理由见申请"
    tell(db, found.department_id, "correction_refused", found.id, told, now=now)
    db.flush()


def sealed_answer(keys: Keys, found: Correction, text: str) -> str:
    """The words of an answer, sealed; raises Invalid for none and for too many."""
    if not text.strip() or len(text) > MOST:
        raise Invalid("答复须写明理由或核实情况", remedy=f"填写答复，不超过 {MOST} 字")
    return sealing.seal(keys, f"{found.id}.answer", text.strip())


def blame(
    db: Session, found: Correction, *, fault: str, department_id: str, by: str, now: datetime, zone: ZoneInfo
) -> None:
    """Say that the department's data is right, and linking, merging or choosing is at fault: the authority's own then.

    Raises Invalid for a fault that is none, and for a value that no base was built from.
    """
    require_assigned(found, department_id)
    if fault not in FAULTS or not found.resource.is_base_table:
        raise Invalid("只有六库中的记录会有关联、合并或取值的错误", remedy=f"可用：{'、'.join(FAULTS)}")
    authority = departments.authority(db)
    if found.fault:
        raise Conflict("这件申请已转主管部门", remedy="由主管部门更正或说明理由", correction=found.id)
    due = deadline(db, CLOCK, now, zone)
    move(db, found, ASKED, fault=fault, assigned_id=authority.id, escalated_at=None, reminded_at=None)
    _set_due(found, due)
    note(found, "blame", department_id, by=by, now=now)
    rule = FAULTS[fault]
    facts = Fault(
        rule, found.resource_id, authority.id, Dimension.ACCURATE, Side.VERIFIER, _open(db, found), _TEXTS[rule]
    )
    quality_orders.open_fault(db, facts, Look(now, zone, unit=found.resource.unit, release_id=found.release_id))
    text = f"「{found.resource.name}」的校核申请转由主管部门更正：{_TEXTS[rule]}"
    for each in (authority.id, found.department_id):
        tell(db, each, "correction_moved", found.id, text, due_of(found, zone), now=now)
    db.flush()


def _open(db: Session, found: Correction) -> int:
    """How many open requests lie with the authority for the same fault of the same resource."""
    same = (Correction.resource_id == found.resource_id, Correction.fault == found.fault, Correction.state == ASKED)
    return db.scalar(select(func.count()).where(*same)) or 0


def end_of_fault(db: Session, found: Correction, *, now: datetime) -> None:
    """Close the authority's order when the last request for its fault has ended."""
    if not found.fault or _open(db, found):
        return
    order = order_lists.find(db, FAULTS[found.fault], found.resource_id, found.assigned_id)
    if order is not None and order.state in LIVING:
        quality_orders.end_fault(db, order, now=now)


def withdraw(db: Session, found: Correction, *, department_id: str, by: str, now: datetime) -> None:
    """Take an open request back."""
    if department_id != found.department_id:
        raise NotAllowed("只有提出申请的部门可以撤回", remedy=f"由{found.department.name}办理")
    move(db, found, WITHDRAWN, closed_at=now, due_at=None)
    note(found, "withdraw", department_id, by=by, now=now)
    end_of_fault(db, found, now=now)
    tell(db, found.assigned_id, "correction_withdrawn", found.id, f"「{found.resource.name}」的校核申请已撤回", now=now)
    db.flush()


def remind(db: Session, found: Correction, *, by: str, now: datetime, zone: ZoneInfo) -> None:
    """Remind the department that has an open request (催办)."""
    if found.state != ASKED:
        raise Conflict("校核申请不在答复环节", remedy="刷新后查看", correction=found.id)
    note(found, "remind", departments.authority(db).id, by=by, now=now)
    text = f"催办：请答复「{found.resource.name}」的校核申请"
    tell(db, found.assigned_id, "correction_reminder", found.id, text, due_of(found, zone), now=now)
    db.flush()


def require_assigned(found: Correction, department_id: str) -> None:
    """Raise NotAllowed unless the department has the request."""
    if department_id != found.assigned_id:
        raise NotAllowed("只有承办部门可以答复校核申请", remedy=f"由{found.assigned.name}办理")


def concerned(found: Correction) -> tuple[str, ...]:
    """The departments whose business a request is: who asked, who has it, who collected the value."""
    return found.department_id, found.assigned_id, found.source.provider_id


def may_read_words(caller: Caller, found: Correction) -> bool:
    """Whether a caller asks or answers for one of them; nobody else reads what may hold a value."""
    asks = found.department_id == caller.department_id and may(caller, Action.DISPUTE_VALUE)
    answers = caller.department_id in concerned(found)[1:] and may(caller, Action.ANSWER_CORRECTION)
    return asks or answers


def open_to(caller: Caller, found: Correction) -> frozenset[str]:
    """What a caller may do now: answer, blame, withdraw."""
    is_open = found.state == ASKED
    answers = is_open and found.assigned_id == caller.department_id and may(caller, Action.ANSWER_CORRECTION)
    steps = {
        "answer": answers,
        "blame": answers and found.resource.is_base_table and not found.fault,
        "withdraw": is_open and found.department_id == caller.department_id and may(caller, Action.DISPUTE_VALUE),
    }
    return frozenset(name for name, may_now in steps.items() if may_now)


def listing(department_id: str | None) -> Listing[Correction]:
    """Requests that a department made or has to answer, open ones first, the soonest due first; None for all."""
    asker, holder, about = aliased(Department), aliased(Department), aliased(Resource)
    query = select(Correction).join(asker, Correction.department_id == asker.id)
    query = query.join(holder, Correction.assigned_id == holder.id).join(about, Correction.resource_id == about.id)
    own = or_(Correction.department_id == department_id, Correction.assigned_id == department_id)
    return Listing(
        query if department_id is None else query.where(own),
        {
            "resource": about.name,
            "department": asker.name,
            "assigned": holder.name,
            "asked": Correction.asked_at,
            "due": Correction.due_at,
            "state": Correction.state,
        },
        [Correction.state != ASKED, Correction.due_at, Correction.asked_at.desc(), Correction.id],
        (about.name, about.slug, asker.name, holder.name),
        ("department", "assigned", "state"),
        load=[joinedload(Correction.resource), joinedload(Correction.department), joinedload(Correction.assigned)],
    )


def listed(db: Session, department_id: str | None) -> Sequence[Correction]:
    """The same for programs, whole."""
    return listing(department_id).all(db)


def _set_due(found: Correction, due: Deadline | None) -> None:
    found.due_at, found.is_due_provisional = (due.at, due.is_provisional) if due else (None, False)
