"""The acceptance check (验收条件核验): does a project meet the conditions, item by item, with evidence.

Source: 大同市政务信息化项目建设应用管理办法, articles 10, 24, 32, 34, 35. The officer of the authority gives the
opinion; the building department accepts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import deliveries, lateness, projects, releases
from catalog.calendar import WorkCalendar, work_calendar
from catalog.errors import NoRelease, NotFound, ReleaseExpired, Suppressed
from catalog.models import AcceptanceReport, Delivery, Project, Resource, RuleRow
from catalog.vocab import DeliveryState, ResourceState, ShareType, Term


class Verdict(Term):
    """The officer's opinion."""

    READY = "ready", "具备验收条件"
    NOT_READY = "not_ready", "不具备验收条件"


class ItemState(Term):
    PASSED = "passed", "符合"
    FAILED = "failed", "不符合"
    NOT_APPLICABLE = "not_applicable", "不适用"


@dataclass(frozen=True, slots=True)
class ProbeResult:
    """What a live read through the exchange met; `receipt_id` is its evidence."""

    is_readable: bool
    detail: str
    receipt_id: str = ""


Probe = Callable[[str], ProbeResult]


@dataclass(frozen=True, slots=True)
class Item:
    """One item of the check. kind: `article` or `local rule`; blocks: a failure forbids acceptance."""

    rule: str
    title: str
    article: str
    kind: str
    blocks: bool
    resource: str
    state: ItemState
    reason: str
    evidence: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Case:
    """What the items of one check look at."""

    db: Session
    project: Project
    as_of: date
    working: WorkCalendar
    probe: Probe


Judgement = tuple[ItemState, str, dict[str, Any]]


def check(
    db: Session, project_code: str, *, as_of: date, now: datetime, probe: Probe, by: str = "command line"
) -> AcceptanceReport:
    """The report on one project as of a day; it is kept, with the digest of its items.

    probe: reads a resource through the exchange; the door gives it. Raises NotFound for an unknown project.
    """
    project = projects.get(db, project_code)
    case = _Case(db, project, as_of, work_calendar(db), probe)
    items = list(_items(case))
    failed = [item for item in items if item.blocks and item.state is ItemState.FAILED]
    plain = [asdict(item) for item in items]
    report = AcceptanceReport(
        project_id=project.id,
        as_of=as_of,
        verdict=(Verdict.NOT_READY if failed else Verdict.READY).value,
        items=plain,
        digest=hashlib.sha256(json.dumps(plain, sort_keys=True, ensure_ascii=False).encode()).hexdigest(),
        made_at=now,
        made_by=by,
    )
    db.add(report)
    db.flush()
    return report


def failed_items(report: AcceptanceReport) -> list[str]:
    """The failed blocking items as `rule:resource`."""
    return [f"{i['rule']}:{i['resource']}" for i in report.items if i["blocks"] and i["state"] == ItemState.FAILED]


def _items(case: _Case) -> Iterator[Item]:
    if case.project.kind not in projects.DATA_KINDS:
        yield from _made(case, "registered", "", _statement(case.project))
        return
    found = projects.resources_of(case.db, case.project)
    if not found:
        yield from _made(case, "registered", "", (ItemState.FAILED, "项目的系统下没有登记任何信息资源", {}))
    for resource in found:
        for rule, judge in _JUDGES.items():
            exempt = _exemption(resource, rule)
            yield from _made(case, rule, resource.slug, exempt or judge(case, resource))
    yield from _made(case, "security", "", _security(list(found)))


def _made(case: _Case, code: str, resource: str, judgement: Judgement) -> Iterator[Item]:
    """The item, when its rule was in force on the day of the check."""
    rule = projects.rule(case.db, code, case.as_of)
    if rule is not None:
        state, reason, evidence = judgement
        yield Item(code, rule.title, rule.article, rule.kind, rule.blocks, resource, state, reason, evidence)


def _statement(project: Project) -> Judgement:
    if project.statement:
        return ItemState.NOT_APPLICABLE, f"{project.kind}项目不产生数据，已提交声明", {"statement": project.statement}
    return ItemState.FAILED, f"{project.kind}项目不产生数据的，应提交签字声明", {}


def _exemption(resource: Resource, rule: str) -> Judgement | None:
    if rule != "registered" and resource.share_type is ShareType.NOT_SHARED:
        return ItemState.NOT_APPLICABLE, "不予共享的资源只需目录和依据", {"basis": resource.share_condition}
    return None


def _registered(case: _Case, resource: Resource) -> Judgement:
    evidence = {"code": resource.code, "version": resource.version, "state": resource.state.value}
    if resource.state is ResourceState.PUBLISHED:
        return ItemState.PASSED, "目录已发布", evidence
    return ItemState.FAILED, f"目录状态为「{resource.state.label}」，应为已发布", evidence


def _delivered(case: _Case, resource: Resource) -> Judgement:
    history = deliveries.history(case.db, resource, limit=1)
    if not history:
        return ItemState.FAILED, "从未报送数据", {}
    evidence = {"delivery": history[0].id, "period": history[0].period, "state": history[0].state.value}
    owed = lateness.owed(case.db, resource, case.as_of, case.working)
    if owed is not None:
        return ItemState.FAILED, f"{owed.period} 应于 {owed.due} 前报送，尚未报送", evidence
    return ItemState.PASSED, "按更新周期报送", evidence


def _quality(case: _Case, resource: Resource) -> Judgement:
    latest = next((d for d in deliveries.history(case.db, resource, limit=10) if d.settled_at), None)
    if latest is None:
        return ItemState.FAILED, "没有检查结果", {}
    evidence = {"delivery": latest.id, "rows": latest.rows, "good": latest.good, "findings": len(latest.findings)}
    return (*_verdict_on(latest, projects.rule(case.db, "quality", case.as_of)), evidence)


def _verdict_on(delivery: Delivery, rule: RuleRow | None) -> tuple[ItemState, str]:
    if delivery.state is DeliveryState.RETURNED:
        return ItemState.FAILED, "最近一次报送因质量问题退回"
    if not delivery.rows and delivery.is_zero_report:
        return ItemState.PASSED, "最近一次报送为零报送"
    wanted = rule.value if rule and rule.value is not None else 100.0
    share = 100.0 * (delivery.good or 0) / max(delivery.rows or 0, 1)
    if share < wanted:
        return ItemState.FAILED, f"合格率 {share:.2f}% 低于要求的 {wanted:g}%"
    return ItemState.PASSED, f"合格率 {share:.2f}%，要求 {wanted:g}%"


def _readable(case: _Case, resource: Resource) -> Judgement:
    try:
        release = releases.in_force(case.db, resource.unit)
    except (NoRelease, ReleaseExpired, Suppressed):
        return ItemState.FAILED, "没有可读取的数据版本", {}
    result = case.probe(resource.slug)
    evidence = {"release": release.release_id, "receipt": result.receipt_id}
    return (ItemState.PASSED if result.is_readable else ItemState.FAILED), result.detail, evidence


def _security(found: list[Resource]) -> Judgement:
    unreviewed = [r.slug for r in found if not r.secrecy_reviewer]
    if unreviewed:
        return ItemState.FAILED, "部分资源没有保密审查人", {"resources": unreviewed}
    return ItemState.PASSED, "各资源均有保密审查人", {"reviewers": sorted({r.secrecy_reviewer for r in found})}


_JUDGES: dict[str, Callable[[_Case, Resource], Judgement]] = {
    "registered": _registered,
    "delivered": _delivered,
    "quality": _quality,
    "readable": _readable,
}


def reports(db: Session, project: Project) -> Sequence[AcceptanceReport]:
    """The reports on a project, newest first."""
    query = select(AcceptanceReport).where(AcceptanceReport.project_id == project.id)
    return db.scalars(query.order_by(AcceptanceReport.made_at.desc(), AcceptanceReport.id)).all()


def report(db: Session, project: Project, report_id: str) -> AcceptanceReport:
    """One report on that project; raises NotFound."""
    found = db.get(AcceptanceReport, report_id)
    if found is None or found.project_id != project.id:
        raise NotFound(f"项目 {project.code} 没有核验报告 {report_id}", remedy="从项目页面进入")
    return found


def last_report(db: Session, project: Project) -> AcceptanceReport:
    """The newest report of a project; raises NotFound while it was never checked."""
    found = reports(db, project)
    if not found:
        raise NotFound(
            f"项目 {project.code} 还没有验收条件核验报告", remedy="由验收核验员先核验一次", project=project.code
        )
    return found[0]


def newest(db: Session) -> dict[str, AcceptanceReport]:
    """Project id -> the newest report on it."""
    return {each.project_id: each for each in db.scalars(select(AcceptanceReport).order_by(AcceptanceReport.made_at))}
