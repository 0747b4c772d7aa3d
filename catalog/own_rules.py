"""Rules that a verifier adds to its resource: drafted, tried on the last delivery, adopted, ended.

A version never changes once it is drafted; a change is the next version of the same number, and adopting it ends the
one before. A rule holds for deliveries received after it was adopted.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, selectinload

from catalog import own_parameters
from catalog.deliveries import SETTLED_GOOD
from catalog.errors import Conflict, Invalid, NotFound
from catalog.held import DELIVERY, subjects
from catalog.models import AddedRule, Delivery, Resource, RuleTrial
from catalog.vocab import Outcome, RuleKind, RuleState, TrialState

OUTCOMES = (Outcome.WARN, Outcome.BLOCK_ROW, Outcome.BLOCK_DELIVERY)


def get(db: Session, rule_id: str) -> AddedRule:
    """The rule; raises NotFound."""
    found = db.get(AddedRule, rule_id)
    if found is None:
        raise NotFound(f"没有自定规则 {rule_id}", rule=rule_id)
    return found


def of(db: Session, resource: Resource) -> Sequence[AddedRule]:
    """All versions of the resource's rules, the newest version of each first."""
    query = select(AddedRule).where(AddedRule.resource_id == resource.id).options(selectinload(AddedRule.trials))
    return db.scalars(query.order_by(AddedRule.number, AddedRule.version.desc())).all()


def draft(
    db: Session,
    resource: Resource,
    *,
    kind: str,
    item: str,
    parameters: Mapping[str, Any],
    outcome: str,
    title: str,
    by: str,
    now: datetime,
    changes: AddedRule | None = None,
) -> AddedRule:
    """A new rule, or the next version of one; it takes no effect before its trial.

    Raises Invalid, naming the field, and Conflict where another rule of the resource tests the same.
    """
    if kind not in set(RuleKind):
        raise Invalid(f"没有规则种类「{kind}」", remedy=f"可用：{'、'.join(RuleKind)}", field="kind")
    if outcome not in OUTCOMES:
        raise Invalid(f"不能有处理方式「{outcome}」", remedy="提示，阻断该行，或退回整批", field="outcome")
    if not title.strip() or len(title) > 100:
        raise Invalid("应写明规则名称，不超过 100 字", remedy="写明什么样的行是不对的", field="title")
    settled = own_parameters.settled(db, resource, item, RuleKind(kind), parameters)
    number, version = _place(db, resource, changes)
    _require_other(db, resource, number, kind, item, settled)
    made = AddedRule(
        resource=resource,
        number=number,
        version=version,
        kind=RuleKind(kind),
        item=item,
        parameters=settled,
        outcome=Outcome(outcome),
        title=title.strip(),
        state=RuleState.DRAFT,
        created_at=now,
        created_by=by,
    )
    db.add(made)
    db.flush()
    return made


def _place(db: Session, resource: Resource, changes: AddedRule | None) -> tuple[int, int]:
    """The number and version of the next draft."""
    same = AddedRule.resource_id == resource.id
    if changes is None:
        return (db.scalar(select(func.max(AddedRule.number)).where(same)) or 0) + 1, 1
    if changes.resource_id != resource.id:
        raise NotFound(f"「{resource.name}」没有自定规则 {changes.id}", rule=changes.id)
    last = select(func.max(AddedRule.version)).where(same, AddedRule.number == changes.number)
    return changes.number, (db.scalar(last) or 0) + 1


def _require_other(
    db: Session, resource: Resource, number: int, kind: str, item: str, settled: Mapping[str, Any]
) -> None:
    """Raises Conflict for a rule that another one tests already: each row would be found at fault twice."""
    said = (kind, item, dict(settled))
    for each in of(db, resource):
        is_live = each.number != number and each.state in (RuleState.DRAFT, RuleState.IN_FORCE)
        if is_live and (each.kind.value, each.item, dict(each.parameters)) == said:
            raise Conflict("已有内容相同的规则", remedy="查看已有的规则，要改处理方式的在它上面修改", rule=each.id)


def ask_trial(db: Session, rule: AddedRule, *, by: str, now: datetime) -> RuleTrial:
    """A trial run on the last delivery, to be run soon; the one that waits already when there is one."""
    _require(rule, RuleState.DRAFT)
    if rule.last_trial is not None and rule.last_trial.state is TrialState.WAITING:
        return rule.last_trial
    trial = RuleTrial(state=TrialState.WAITING, asked_at=now, asked_by=by, first_rows=[])
    rule.trials.append(trial)
    db.flush()
    return trial


def waiting_trials(db: Session) -> Sequence[RuleTrial]:
    """Trials that nobody has run, the oldest first."""
    query = select(RuleTrial).where(RuleTrial.state == TrialState.WAITING).order_by(RuleTrial.asked_at, RuleTrial.id)
    return db.scalars(query).all()


def last_delivery(db: Session, resource: Resource) -> Delivery | None:
    """The newest delivery that went on and has rows: what a trial is run on."""
    query = select(Delivery).where(
        Delivery.resource_id == resource.id,
        Delivery.state.in_(SETTLED_GOOD),
        Delivery.is_zero_report.is_(False),
        Delivery.id.not_in(subjects(DELIVERY)),
    )
    return db.scalar(query.order_by(Delivery.period.desc(), Delivery.sequence.desc()).limit(1))


def record_trial(
    trial: RuleTrial, delivery_id: str, *, rows: int, count: int, first_rows: Sequence[int], now: datetime
) -> None:
    """What the trial found: how many rows, how many of them break the rule, the first row numbers."""
    trial.state, trial.done_at, trial.delivery_id = TrialState.DONE, now, delivery_id
    trial.rows, trial.count, trial.first_rows = rows, count, list(first_rows)


def fail_trial(trial: RuleTrial, reason: str, *, now: datetime) -> None:
    """The trial could not be run, and why."""
    trial.state, trial.done_at, trial.reason = TrialState.FAILED, now, reason[:300]


def adopt(db: Session, rule: AddedRule, *, by: str, now: datetime) -> None:
    """Let a tried rule hold from the next delivery on; an older version of it ends. Raises Conflict without a trial."""
    _require(rule, RuleState.DRAFT)
    if rule.last_trial is None or rule.last_trial.state is not TrialState.DONE:
        raise Conflict("规则还没有试运行的结果", remedy="先在最近一次报送上试运行，看过结果再生效", rule=rule.id)
    same = select(AddedRule).where(
        AddedRule.resource_id == rule.resource_id,
        AddedRule.number == rule.number,
        AddedRule.state == RuleState.IN_FORCE,
    )
    for older in db.scalars(same):
        end(db, older, by=by, now=now)
    rule.state, rule.adopted_at, rule.adopted_by = RuleState.IN_FORCE, now, by
    db.flush()


def end(db: Session, rule: AddedRule, *, by: str, now: datetime) -> None:
    """End a rule, or drop a draft; what it found stays."""
    _require(rule, RuleState.DRAFT, RuleState.IN_FORCE)
    rule.state, rule.ended_at, rule.ended_by = RuleState.ENDED, now, by
    db.flush()


def in_force(db: Session, delivery: Delivery) -> Sequence[AddedRule]:
    """The rules that hold for a delivery: those in force when it was received, by number."""
    at = delivery.received_at
    query = select(AddedRule).where(
        AddedRule.resource_id == delivery.resource_id,
        AddedRule.adopted_at <= at,
        or_(AddedRule.ended_at.is_(None), AddedRule.ended_at > at),
    )
    return db.scalars(query.order_by(AddedRule.number)).all()


def _require(rule: AddedRule, *states: RuleState) -> None:
    if rule.state not in states:
        raise Conflict(
            f"规则{rule.state.label}，不能做这一步", remedy="刷新后再看", rule=rule.id, state=rule.state.value
        )
