"""Demand and supply (供需对接): a wish for data that nobody registered, until it ends in a resource or a reasoned no.

asked -> assigned            the authority finds the department whose duty it is
assigned -> asked            that department says it is not; the authority looks further
asked, assigned -> met       a published resource answers it
asked, assigned -> refused   with a reason of the list and words
asked, assigned -> withdrawn
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session, aliased, joinedload

from catalog import departments, reasons
from catalog.answers import require_authority
from catalog.deadlines import Deadline, deadline, due_of
from catalog.errors import Conflict, Invalid, NotAllowed, NotFound
from catalog.lists import Asked, Listing
from catalog.models import Demand, DemandEvent, Department, Resource
from catalog.notices import tell
from catalog.roles import Action, Caller, may, may_for_all, require, require_any
from catalog.vocab import ResourceState, UpdateCycle

ASKED, ASSIGNED, MET, REFUSED, WITHDRAWN = "asked", "assigned", "met", "refused", "withdrawn"
OPEN = (ASKED, ASSIGNED)
LABELS = {ASKED: "待指派", ASSIGNED: "待答复", MET: "已满足", REFUSED: "不予满足", WITHDRAWN: "已撤回"}


def ask(
    db: Session,
    department: Department,
    *,
    title: str,
    description: str,
    purpose: str,
    legal_basis: str,
    by: str,
    now: datetime,
    zone: ZoneInfo,
    update_cycle: str = "",
) -> Demand:
    """A demand for data that is not in the catalog, put before the authority; raises Invalid with every fault."""
    texts = {"数据名称": title, "数据说明": description, "应用场景": purpose, "使用依据": legal_basis}
    if missing := [name for name, text in texts.items() if not text.strip()]:
        raise Invalid(f"应写明{'、'.join(missing)}", remedy="补全后重新提交", missing=missing)
    if update_cycle and update_cycle not in set(UpdateCycle):
        raise Invalid(f"没有更新周期「{update_cycle}」", remedy=f"可用：{'、'.join(UpdateCycle)}")
    found = Demand(department=department, state=ASKED, asked_at=now, asked_by=by, update_cycle=update_cycle)
    found.title, found.description = title.strip(), description.strip()
    found.purpose, found.legal_basis = purpose.strip(), legal_basis.strip()
    db.add(found)
    _note(found, "ask", department.id, by=by, now=now)
    _set_due(found, deadline(db, "assign_demand", now, zone))
    db.flush()
    text = f"{department.name}提出数据需求「{found.title}」，请指派部门"
    tell(db, departments.authority(db).id, "demand_to_assign", found.id, text, due_of(found, zone), now=now)
    return found


def assign(
    db: Session,
    found: Demand,
    to: Department,
    *,
    department_id: str,
    by: str,
    now: datetime,
    zone: ZoneInfo,
    text: str = "",
) -> None:
    """Give the demand to the department whose duty the data is."""
    require_authority(db, department_id)
    _move(db, found, ASSIGNED, out_of=(ASKED,), due=deadline(db, "answer_demand", now, zone))
    found.assigned = to
    _note(found, "assign", department_id, by=by, now=now, text=text or f"指派{to.name}")
    db.flush()
    told = f"{found.department.name}需要的「{found.title}」指派本部门，请登记目录或说明理由"
    tell(db, to.id, "demand_to_answer", found.id, told, due_of(found, zone), now=now)
    tell(db, found.department_id, "demand_assigned", found.id, f"需求「{found.title}」已指派{to.name}", now=now)


def hand_back(
    db: Session, found: Demand, *, text: str, department_id: str, by: str, now: datetime, zone: ZoneInfo
) -> None:
    """Say, as the department it was given to, that the data is not its duty; the authority looks further."""
    _require_holder(db, found, department_id)
    if not text.strip():
        raise Invalid("退回指派须写明理由", remedy="说明为何不属于本部门职责，最好指出应由哪个部门负责")
    _move(db, found, ASKED, out_of=(ASSIGNED,), due=deadline(db, "assign_demand", now, zone))
    found.assigned = None
    _note(found, "hand_back", department_id, by=by, now=now, text=text)
    told = f"需求「{found.title}」被退回指派：{text.strip()}"
    tell(db, departments.authority(db).id, "demand_to_assign", found.id, told, due_of(found, zone), now=now)


def suitable(
    db: Session, found: Demand, *, department_id: str, words: str = "", limit: int = 50
) -> tuple[Sequence[Resource], int]:
    """Published resources that a department may end the demand with, by name, and how many there are.

    The authority is shown those of the department that has the demand until it looks for others by words.
    """
    query = select(Resource).join(Department, Resource.provider_id == Department.id)
    query = query.where(Resource.state == ResourceState.PUBLISHED, Resource.unit == Resource.slug)
    if not _is_authority(db, department_id):
        query = query.where(Resource.provider_id == department_id)
    elif not words.strip():
        query = query.where(Resource.provider_id == (found.assigned_id or department_id))
    texts = (Resource.name, Resource.slug, Resource.code, Department.name)
    loaded = [joinedload(Resource.provider)]
    listing: Listing[Resource] = Listing(query, {}, [Resource.name, Resource.slug], texts, load=loaded)
    return listing.cut(db, Asked(words, limit=limit))


def meet(
    db: Session, found: Demand, resource: Resource, *, department_id: str, by: str, now: datetime, text: str = ""
) -> None:
    """End the demand with a published resource: one of the department that has it, or any the authority points to."""
    _require_holder(db, found, department_id)
    if resource.state is not ResourceState.PUBLISHED:
        raise Conflict(f"「{resource.name}」尚未发布", remedy="目录发布后再关联", resource=resource.slug)
    if resource.provider_id != department_id and not _is_authority(db, department_id):
        raise NotAllowed("只能关联本部门的资源", remedy=f"由{resource.provider.name}或主管部门关联")
    _close(db, found, MET, now)
    found.resource = resource
    _note(found, "meet", department_id, by=by, now=now, text=text or resource.slug)
    told = f"需求「{found.title}」已有资源「{resource.name}」，可以申请共享"
    tell(db, found.department_id, "demand_met", found.id, told, now=now)


def refuse(
    db: Session, found: Demand, *, reason_code: str, text: str, department_id: str, by: str, now: datetime
) -> None:
    """End the demand with a no, for a reason of the list and in words."""
    _require_holder(db, found, department_id)
    reason = reasons.require(db, reasons.DEMAND, reason_code, text, now.date())
    _close(db, found, REFUSED, now)
    _note(found, "refuse", department_id, by=by, now=now, text=text, reason_code=reason_code)
    told = f"需求「{found.title}」不予满足：{reason.title}；{text.strip()}"
    tell(db, found.department_id, "demand_refused", found.id, told, now=now)


def withdraw(db: Session, found: Demand, *, department_id: str, by: str, now: datetime) -> None:
    """Take an open demand back."""
    if found.department_id != department_id:
        raise NotAllowed("只有提出需求的部门可以撤回", remedy=f"由{found.department.name}办理")
    holder = found.assigned_id
    _close(db, found, WITHDRAWN, now)
    _note(found, "withdraw", department_id, by=by, now=now)
    if holder:
        tell(db, holder, "demand_withdrawn", found.id, f"需求「{found.title}」已撤回", now=now)


def get(db: Session, demand_id: str) -> Demand:
    """The demand of that id; raises NotFound."""
    found = db.get(Demand, demand_id)
    if found is None:
        raise NotFound(f"没有需求 {demand_id}", demand=demand_id)
    return found


def listed(db: Session, department_id: str | None = None) -> Sequence[Demand]:
    """Demands that a department made or was given, newest first; None for all."""
    return listing(department_id).all(db)


def listing(department_id: str | None = None) -> Listing[Demand]:
    """The same as a list to search, sort and cut."""
    asker, holder = aliased(Department), aliased(Department)
    query = select(Demand).join(asker, Demand.department_id == asker.id)
    query = query.outerjoin(holder, Demand.assigned_id == holder.id)
    own = or_(Demand.department_id == department_id, Demand.assigned_id == department_id)
    return Listing(
        query if department_id is None else query.where(own),
        {
            "title": Demand.title,
            "department": asker.name,
            "assigned": holder.name,
            "asked": Demand.asked_at,
            "due": Demand.due_at,
            "state": Demand.state,
        },
        [Demand.asked_at.desc(), Demand.id],
        (Demand.title, asker.name, holder.name),
        ("department", "assigned", "state"),
        load=[joinedload(Demand.department), joinedload(Demand.assigned)],
    )


def open_to(db: Session, caller: Caller, found: Demand) -> frozenset[str]:
    """What a caller may do now: assign, meet, refuse, hand_back, withdraw."""
    holds = found.assigned_id == caller.department_id or _is_authority(db, caller.department_id)
    answers = found.state in OPEN and holds and may(caller, Action.ANSWER_DEMAND, found.assigned_id or "")
    asks = found.department_id == caller.department_id and may(caller, Action.DEMAND)
    steps = {
        "assign": found.state == ASKED and may_for_all(caller, Action.ASSIGN_DEMAND),
        "meet": answers,
        "refuse": answers,
        "hand_back": answers and found.assigned_id == caller.department_id,
        "withdraw": found.state in OPEN and asks,
    }
    return frozenset(name for name, is_open in steps.items() if is_open)


def require_answerer(caller: Caller, found: Demand) -> None:
    """Raise NotAllowed unless the caller answers for the department that has the demand, or for the authority."""
    if found.assigned_id:
        require(caller, Action.ANSWER_DEMAND, found.assigned_id)
    else:
        require_any(caller, Action.ANSWER_DEMAND)


def _require_holder(db: Session, found: Demand, department_id: str) -> None:
    """The department a demand was given to may answer, and the authority may at any time."""
    if department_id != found.assigned_id and not _is_authority(db, department_id):
        raise NotAllowed("只有承接部门或主管部门可以答复需求", remedy="由承接部门办理")


def _is_authority(db: Session, department_id: str) -> bool:
    return departments.authority(db).id == department_id


def _close(db: Session, found: Demand, state: str, now: datetime) -> None:
    _move(db, found, state, out_of=OPEN)
    found.closed_at = now


def _move(db: Session, found: Demand, to: str, *, out_of: Collection[str], due: Deadline | None = None) -> None:
    """Take the demand to another state; of two who try at once, the second gets Conflict."""
    db.flush()
    taken = update(Demand).where(Demand.id == found.id, Demand.state.in_(out_of))
    taken = taken.values(state=to, moves=Demand.moves + 1, escalated_at=None)
    won = db.execute(taken.execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined]
    db.refresh(found)
    if not won:
        raise Conflict(f"需求现在的状态是「{LABELS[found.state]}」，不能做这一步", remedy="刷新后查看", demand=found.id)
    _set_due(found, due)


def _set_due(found: Demand, due: Deadline | None) -> None:
    found.due_at, found.is_due_provisional = (due.at, due.is_provisional) if due else (None, False)


def _note(
    found: Demand, what: str, department_id: str, *, by: str, now: datetime, text: str = "", reason_code: str = ""
) -> None:
    found.events.append(
        DemandEvent(department_id=department_id, what=what, reason_code=reason_code, text=text.strip(), at=now, by=by)
    )
