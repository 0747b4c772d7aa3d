"""Registration by form: one entry, judged and entered by the rules and functions that take workbooks."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from catalog import judgement, registration, resources, revisions, uploads, versions, writing
from catalog.booklet import cell_text
from catalog.cells import Filled, cells_of, form_of
from catalog.entries import Catalog, ResourceEntry, resource_entry
from catalog.errors import Conflict, NotAllowed, NotFound
from catalog.export import facts_of
from catalog.models import CatalogRevision, Department, Resource
from catalog.recognise import Group, Known, Recognised, complete
from catalog.sheets import DEPARTMENT_SHEET, PROJECT_SHEET, Fault, Fix, Line
from catalog.uploads import Hand
from catalog.vocab import ResourceState
from catalog.workbook import Taken, judged

FORM = "表单"


@dataclass(frozen=True, slots=True)
class Judged:
    """A form that was read. faults: row 0 stands for the resource's own cells, 1 for its first item.

    filled: the form with what follows from the rest filled in; fixes: which cells those are.
    """

    taken: Taken
    filled: Filled
    faults: list[Fault]
    fixes: list[Fix]


def entry_now(db: Session, resource: Resource) -> ResourceEntry:
    """What an editor goes on from: the change under way, else what is registered."""
    revision = _under_way(db, resource)
    return resource_entry(revision.content) if revision else writing.entry_of(db, resource)


def _under_way(db: Session, resource: Resource) -> CatalogRevision | None:
    found = revisions.open_of(db, resource) or revisions.waiting_of(db, resource)
    return found if found is not None and found.kind == revisions.CONTENT else None


def stamp_of(db: Session, resource: Resource) -> str:
    """Names the state that an editor looks at: the version, and the change under way."""
    revision = _under_way(db, resource)
    return f"{resource.version}.{revision.id if revision else ''}"


def form_at(db: Session, resource: Resource, stamp: str) -> Filled:
    """The form as it was at a stamp; raises NotFound for a made-up one."""
    version, _, revision_id = stamp.partition(".")
    if not revision_id:
        number = int(version) if version.isdecimal() and len(version) < 9 else 0
        return form_of(resource_entry(versions.get(db, resource, number).content))
    found = db.get(CatalogRevision, revision_id)
    if found is None or found.resource_id != resource.id or found.kind != revisions.CONTENT:
        raise NotFound(f"「{resource.name}」没有这一版", remedy="重新打开后再改", resource=resource.slug)
    return form_of(resource_entry(found.content))


def hold(db: Session, resource: Resource) -> None:
    """Let no other save the entry until this transaction ends; reads it anew."""
    same = update(Resource).where(Resource.id == resource.id).values(version=Resource.version)
    db.execute(same.execution_options(synchronize_session=False))
    db.refresh(resource)


def editable(resource: Resource) -> None:
    """Raise NotAllowed for a base's table, Conflict for an entry that was retired."""
    if resource.is_base_table:
        raise NotAllowed(f"「{resource.name}」由平台登记，不走目录流程", remedy="由基础库结构决定")
    if resource.state is ResourceState.RETIRED:
        raise Conflict(f"「{resource.name}」已停用，不能再改", remedy="用「复制」登记新的资源", resource=resource.slug)


def read(db: Session, department: Department, filled: Filled, hand: Hand, today: date) -> Judged:
    """The form as the register would take it, with everything that is wrong, all at once."""
    catalog, faults = facts_of(db, department), []  # type: tuple[Catalog, list[Fault]]
    found = _lines(catalog, filled, faults)
    complete(found, Known())
    taken = judged(found)
    judgement.judge(db, taken, today, may_any=hand.may_any)
    group = found.groups[0]
    mended = Filled(dict(group.resource.cells), [dict(line.cells) for line in group.items])
    told = [each if each.sheet == FORM else replace(each, row=0) for each in taken.faults]
    return Judged(taken, mended, told, taken.fixes)


def _lines(catalog: Catalog, filled: Filled, faults: list[Fault]) -> Recognised:
    facts = Line(DEPARTMENT_SHEET, 1, uploads.facts_of(catalog), faults)
    systems = [Line(PROJECT_SHEET, n, _project_cells(each), []) for n, each in enumerate(catalog.systems, 2)]
    items = [Line(FORM, number, cells, faults) for number, cells in enumerate(filled.items, 1)]
    return Recognised(facts, systems, [Group(Line(FORM, 0, filled.resource, faults), items)], faults, [], [])


_PROJECT = {
    "项目编码": "project_code",
    "项目名称": "project_name",
    "项目类型": "kind",
    "建设状态": "state",
    "上线日期": "go_live_date",
    "系统编码": "system_code",
    "系统名称": "system_name",
    "无数据声明": "statement",
}


def _project_cells(entry: object) -> dict[str, str]:
    return {heading: cell_text(getattr(entry, name)) for heading, name in _PROJECT.items()}


def enter(
    db: Session, judged: Judged, *, authority: str, now: datetime, today: date, by: str, reason: str, zone: ZoneInfo
) -> str:
    """Enter a form without faults: `changed`, `revised` or `unchanged`. Raises Conflict while a change waits for its day."""
    done = registration.enter_catalog(
        db, judged.taken.catalog, authority=authority, now=now, on=today, by=by, reason=reason, zone=zone
    )
    return next(name for name in ("changed", "revised", "unchanged") if getattr(done, name))


def require_new(db: Session, slug: str) -> None:
    """Raise Conflict for a slug that is registered already, as when a form is sent twice."""
    if slug and db.scalar(select(Resource.id).where(Resource.slug == slug)):
        raise Conflict(f"资源标识「{slug}」已登记", remedy="打开已登记的资源修改，或换一个资源标识", resource=slug)


def changed_content(db: Session, resource: Resource) -> tuple[Filled | None, Filled]:
    """What is in force (None before the first publication) and what is to come."""
    is_living = resource.state in (ResourceState.PUBLISHED, ResourceState.PLANNED, ResourceState.RETIRED)
    present = cells_of(writing.entry_of(db, resource)) if is_living else None
    return present, cells_of(entry_now(db, resource))


def lacking(db: Session, resource: Resource) -> list[str]:
    """What keeps the entry, or the change of it under way, from being submitted."""
    return resources.missing(resource, entry_now(db, resource))


def require_stamp(db: Session, resource: Resource, stamp: str) -> None:
    """Raise Conflict when the entry is no longer what the page showed."""
    hold(db, resource)
    if stamp != stamp_of(db, resource):
        raise Conflict(
            f"「{resource.name}」在您打开页面后已被改动", remedy="重新打开，看过改动后再办理", resource=resource.slug
        )
