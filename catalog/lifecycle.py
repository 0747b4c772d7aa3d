"""The life of a catalog entry: drafted, submitted, returned with reasons, published, retired; each step dated.

Who may take a step stands in `catalog.roles`; clocks are dated rules counted on the official calendar.
A published resource goes on answering while a change of it walks the same way as a revision.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import update
from sqlalchemy.orm import Session

from catalog import clocks, departments, notices, one_source, resources, revisions
from catalog.calendar import Due
from catalog.entries import resource_entry
from catalog.errors import Conflict, Invalid, NotAllowed
from catalog.guide import NOT_YET_BUILT
from catalog.life_steps import AUTHORITY, DEPARTMENT, write_step
from catalog.models import CatalogRevision, Resource
from catalog.register import bump
from catalog.vocab import ResourceState

_DRAFTS = (ResourceState.DRAFT, ResourceState.RETURNED)
_LIVING = (ResourceState.PUBLISHED, ResourceState.PLANNED)


def submit(
    db: Session,
    resource: Resource,
    *,
    now: datetime,
    today: date,
    by: str,
    version: int | None = None,
    zone: ZoneInfo | None = None,
) -> None:
    """Hand a complete draft, or the open change of a published resource, to the authority for review.

    version: the version that the caller looked at. zone: the city's, when what is handed in shall be compared with
    what other departments hold (一数一源). Raises Conflict when it is another one or nothing is to
    submit, Invalid with everything that is missing.
    """
    _require_version(resource, version)
    revision = _revision_to(db, resource, _DRAFTS, (revisions.DRAFT, revisions.RETURNED), "提交")
    content = resource_entry(revision.content) if revision is not None else None
    resources.require_complete(resource, content)
    if revision is None:
        _move(db, resource, _DRAFTS, ResourceState.SUBMITTED)
    else:
        revisions.move(db, revision, (revisions.DRAFT, revisions.RETURNED), revisions.SUBMITTED)
    if zone is not None:
        one_source.examine(db, resource, now=now, zone=zone, content=content)
    due = clocks.due_of(db, "catalog_review", today)
    write_step(db, resource, revision, "submitted", AUTHORITY, now=now, by=by, due=due)
    text = f"{resource.provider.name}提交「{resource.name}」，请审核"
    _tell(db, departments.authority(db).id, "catalog_submitted", resource, text, now, due)


def may_submit(db: Session, resource: Resource) -> bool:
    """Whether there is a draft, or a drafted change, to hand in."""
    if resource.state in _DRAFTS:
        return True
    found = revisions.open_of(db, resource) if resource.state in _LIVING else None
    return found is not None and found.state in (revisions.DRAFT, revisions.RETURNED)


def is_submitted(db: Session, resource: Resource) -> bool:
    """Whether something waits for the authority's review."""
    if resource.state is ResourceState.SUBMITTED:
        return True
    found = revisions.open_of(db, resource) if resource.state in _LIVING else None
    return found is not None and found.state == revisions.SUBMITTED


def send_back(
    db: Session,
    resource: Resource,
    reasons: Sequence[Mapping[str, str]],
    *,
    now: datetime,
    today: date,
    by: str,
    version: int | None = None,
) -> None:
    """Return what was submitted. reasons: {column, item, reason}, one for each thing to mend.

    Raises Invalid without a reason, Conflict when nothing is under review.
    """
    _require_version(resource, version)
    told = [_reason(each) for each in reasons]
    if not told:
        raise Invalid("退回须写明理由", remedy="逐项写明列名和理由")
    revision = _revision_to(db, resource, (ResourceState.SUBMITTED,), (revisions.SUBMITTED,), "退回")
    if revision is None:
        _move(db, resource, (ResourceState.SUBMITTED,), ResourceState.RETURNED)
    else:
        revisions.move(db, revision, (revisions.SUBMITTED,), revisions.RETURNED)
    due = clocks.due_of(db, "catalog_mend", today)
    write_step(db, resource, revision, "returned", DEPARTMENT, now=now, by=by, due=due, reasons=told)
    listed = "；".join(f"{each['column']}：{each['reason']}" for each in told)
    text = f"「{resource.name}」退回修改：{listed}"
    _tell(db, resource.provider_id, "catalog_returned", resource, text, now, due)


def _reason(given: Mapping[str, str]) -> dict[str, str]:
    found = {name: str(given.get(name, "")).strip()[:500] for name in ("column", "item", "reason")}
    if not found["column"] or not found["reason"]:
        raise Invalid("每条退回理由须写明列名和理由", remedy="补全 column 和 reason")
    return found


def publish(
    db: Session,
    resource: Resource,
    *,
    now: datetime,
    today: date,
    by: str,
    version: int | None = None,
    zone: ZoneInfo | None = None,
) -> CatalogRevision | None:
    """Publish what was submitted; the revision when it was a change, which may have to wait for its day.

    zone: as for `submit`; others may have published the same item meanwhile.

    A resource of a project that is not yet built becomes planned. Raises Conflict when nothing is under review.
    """
    _require_version(resource, version)
    revision = _revision_to(db, resource, (ResourceState.SUBMITTED,), (revisions.SUBMITTED,), "发布")
    resources.require_complete(resource, resource_entry(revision.content) if revision is not None else None)
    if revision is not None:
        at_once = revisions.approve(db, revision, now=now, today=today, by=by, zone=zone)
        note = "变更已生效" if at_once else f"变更将于 {revision.effective_date} 后生效"
        step = "published" if at_once else "approved"
    else:
        step, note = _publish_first(db, resource, today), ""
        if zone is not None:
            one_source.examine(db, resource, now=now, zone=zone)
    write_step(db, resource, revision, step, "", now=now, by=by, note=note)
    text = f"「{resource.name}」已通过审核" + (f"，{note}" if note else f"，状态为{resource.state.label}")
    _tell(db, resource.provider_id, "catalog_published", resource, text, now, None)
    return revision


def _publish_first(db: Session, resource: Resource, today: date) -> str:
    if is_planned(resource):
        _move(db, resource, (ResourceState.SUBMITTED,), ResourceState.PLANNED)
        return "planned"
    _move(db, resource, (ResourceState.SUBMITTED,), ResourceState.PUBLISHED)
    resource.published_date = resource.published_date or today
    db.flush()
    return "published"


def is_planned(resource: Resource) -> bool:
    """Whether the project that will bring the data is not yet built."""
    return resource.system is not None and resource.system.project.state == NOT_YET_BUILT


def go_live(db: Session, resource: Resource, *, now: datetime, today: date, by: str) -> None:
    """Turn a planned resource into a published one, whose deliveries are expected from now on."""
    if resource.state is not ResourceState.PLANNED:
        raise Conflict(f"「{resource.name}」不是拟建资源", resource=resource.slug)
    if is_planned(resource):
        raise Invalid("项目仍为拟建", remedy="先把项目的建设状态改为在建或已建成", resource=resource.slug)
    resources.publish(db, resource, on=today)
    write_step(db, resource, None, "live", "", now=now, by=by)


def retire(
    db: Session,
    resource: Resource,
    *,
    reason: str,
    now: datetime,
    today: date,
    by: str,
    version: int | None = None,
) -> CatalogRevision:
    """Retire a resource, after a notice where grants depend on it; the revision says when."""
    _require_version(resource, version)
    if resource.state not in _LIVING:
        raise Conflict(f"「{resource.name}」未发布，不能停用", resource=resource.slug)
    if not reason.strip():
        raise Invalid("停用须写明理由", remedy="填写理由")
    revision = revisions.retire(db, resource, now=now, today=today, by=by, reason=reason.strip())
    step = "retired" if revision.state == revisions.APPLIED else "retiring"
    write_step(db, resource, revision, step, "", now=now, by=by, note=reason.strip())
    return revision


def take_back(db: Session, resource: Resource, *, now: datetime, by: str) -> None:
    """Take back what was submitted or approved and is not in force."""
    if resource.state is ResourceState.SUBMITTED:
        _move(db, resource, (ResourceState.SUBMITTED,), ResourceState.DRAFT)
        write_step(db, resource, None, "taken_back", "", now=now, by=by)
    else:
        revision = revisions.withdraw(db, resource, now=now)
        write_step(db, resource, revision, "taken_back", "", now=now, by=by)


def ask_update(db: Session, resource: Resource, *, reason: str, now: datetime, today: date, by: str) -> None:
    """Tell the provider that law or duty changed; its catalog is due in so many working days."""
    if resource.state not in _LIVING:
        raise Conflict(f"「{resource.name}」未发布", resource=resource.slug)
    due = clocks.due_of(db, "catalog_update", today)
    write_step(db, resource, None, "update_asked", DEPARTMENT, now=now, by=by, due=due, note=reason)
    text = f"「{resource.name}」须更新目录：{reason}"
    _tell(db, resource.provider_id, "catalog_update", resource, text, now, due)


def _require_version(resource: Resource, version: int | None) -> None:
    if resource.is_base_table:
        raise NotAllowed(
            f"「{resource.name}」由平台登记，不走目录流程", remedy="由基础库结构决定", resource=resource.slug
        )
    if version is not None and version != resource.version:
        raise Conflict(
            f"「{resource.name}」已是第 {resource.version} 版，您看到的是第 {version} 版",
            remedy="重新打开后再操作",
            resource=resource.slug,
            version=resource.version,
        )


def _revision_to(
    db: Session, resource: Resource, states: Sequence[ResourceState], wanted: Sequence[str], act: str
) -> CatalogRevision | None:
    """The revision that the act is about, None when it is about the resource itself; raises Conflict for neither."""
    if resource.state in states:
        return None
    found = revisions.open_of(db, resource) if resource.state in _LIVING else None
    if found is None or found.state not in wanted:
        raise Conflict(
            f"「{resource.name}」现为{resource.state.label}，没有可{act}的内容",
            remedy="刷新后再看",
            resource=resource.slug,
        )
    return found


def _move(db: Session, resource: Resource, states: Sequence[ResourceState], target: ResourceState) -> None:
    """Change the state by a conditional update: of two officials at once, the second is told."""
    moved = update(Resource).where(Resource.id == resource.id, Resource.state.in_(states)).values(state=target)
    db.flush()
    if not db.execute(moved.execution_options(synchronize_session=False)).rowcount:  # type: ignore[attr-defined]
        raise Conflict(f"「{resource.name}」的状态已被他人改变", remedy="刷新后再看", resource=resource.slug)
    db.refresh(resource, ["state"])
    bump(db, "definitions")


def _tell(
    db: Session, department_id: str, kind: str, resource: Resource, text: str, now: datetime, due: Due | None
) -> None:
    notices.notify(db, department_id, kind=kind, subject=resource.slug, text=text, now=now, due=due)
