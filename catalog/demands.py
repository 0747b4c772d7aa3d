"""Demand and supply (供需对接): a wish for data that nobody registered, until it ends in a resource or a reasoned no."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from catalog import departments, reasons
from catalog.deadlines import deadline, due_of
from catalog.demand_states import ASKED, ASSIGNED, MET, OPEN, REFUSED, WITHDRAWN, close, move, note, set_due
from catalog.departments import is_authority, require_authority
from catalog.errors import Conflict, Invalid, NotAllowed, NotFound
from catalog.models import Demand, Department, Resource
from catalog.notices import tell
from catalog.roles import Action, Caller, may, may_for_all, require, require_any
from catalog.vocab import ResourceState, UpdateCycle


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
    note(found, "ask", department.id, by=by, now=now)
    set_due(found, deadline(db, "assign_demand", now, zone))
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
    move(db, found, ASSIGNED, out_of=(ASKED,), due=deadline(db, "answer_demand", now, zone))
    found.assigned = to
    note(found, "assign", department_id, by=by, now=now, text=text or f"指派{to.name}")
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
    move(db, found, ASKED, out_of=(ASSIGNED,), due=deadline(db, "assign_demand", now, zone))
    found.assigned = None
    note(found, "hand_back", department_id, by=by, now=now, text=text)
    told = f"需求「{found.title}」被退回指派：{text.strip()}"
    tell(db, departments.authority(db).id, "demand_to_assign", found.id, told, due_of(found, zone), now=now)


def meet(
    db: Session, found: Demand, resource: Resource, *, department_id: str, by: str, now: datetime, text: str = ""
) -> None:
    """End the demand with a published resource: one of the department that has it, or any the authority points to."""
    _require_holder(db, found, department_id)
    if resource.state is not ResourceState.PUBLISHED:
        raise Conflict(f"「{resource.name}」尚未发布", remedy="目录发布后再关联", resource=resource.slug)
    if resource.provider_id != department_id and not is_authority(db, department_id):
        raise NotAllowed("只能关联本部门的资源", remedy=f"由{resource.provider.name}或主管部门关联")
    close(db, found, MET, now)
    found.resource = resource
    note(found, "meet", department_id, by=by, now=now, text=text or resource.slug)
    told = f"需求「{found.title}」已有资源「{resource.name}」，可以申请共享"
    tell(db, found.department_id, "demand_met", found.id, told, now=now)


def refuse(
    db: Session,
    found: Demand,
    *,
    reason_code: str,
    text: str,
    department_id: str,
    by: str,
    now: datetime,
    zone: ZoneInfo,
) -> None:
    """End the demand with a no, for a reason that is on the list on the city's day, and in words."""
    _require_holder(db, found, department_id)
    reason = reasons.require(db, reasons.DEMAND, reason_code, text, now.astimezone(zone).date())
    close(db, found, REFUSED, now)
    note(found, "refuse", department_id, by=by, now=now, text=text, reason_code=reason_code)
    told = f"需求「{found.title}」不予满足：{reason.title}；{text.strip()}"
    tell(db, found.department_id, "demand_refused", found.id, told, now=now)


def withdraw(db: Session, found: Demand, *, department_id: str, by: str, now: datetime) -> None:
    """Take an open demand back."""
    if found.department_id != department_id:
        raise NotAllowed("只有提出需求的部门可以撤回", remedy=f"由{found.department.name}办理")
    holder = found.assigned_id
    close(db, found, WITHDRAWN, now)
    note(found, "withdraw", department_id, by=by, now=now)
    if holder:
        tell(db, holder, "demand_withdrawn", found.id, f"需求「{found.title}」已撤回", now=now)


def get(db: Session, demand_id: str) -> Demand:
    """The demand of that id; raises NotFound."""
    found = db.get(Demand, demand_id)
    if found is None:
        raise NotFound(f"没有需求 {demand_id}", demand=demand_id)
    return found


def open_to(db: Session, caller: Caller, found: Demand) -> frozenset[str]:
    """What a caller may do now: assign, meet, refuse, hand_back, withdraw."""
    holds = found.assigned_id == caller.department_id or is_authority(db, caller.department_id)
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
    if department_id != found.assigned_id and not is_authority(db, department_id):
        raise NotAllowed("只有承接部门或主管部门可以答复需求", remedy="由承接部门办理")
