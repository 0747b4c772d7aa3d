"""Workbooks handed in: judged against the whole register, entered together or not at all, given back marked."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import markup, registration
from catalog.entries import Catalog
from catalog.errors import Conflict, NotAllowed, NotFound, PlatformError, WorkbookRefused
from catalog.export import catalog_of
from catalog.models import CatalogUpload, CodeListEntry, Department, Project, Resource, System, new_id
from catalog.recognise import Known
from catalog.sheets import Fault, Fix, Line
from catalog.store import Store, sha256_of
from catalog.vocab import ResourceState, bare
from catalog.workbook import Taken, refused, take

MAX_TOLD = 1000
REFUSED, PROPOSED, HELD_UP, ENTERED = "refused", "proposed", "held_up", "entered"


@dataclass(frozen=True, slots=True)
class Hand:
    """Who hands in: the department and the person or program; may_any: for any department, new ones too."""

    department: Department
    by: str
    may_any: bool


@dataclass(frozen=True, slots=True)
class Book:
    """One workbook as it came in."""

    path: Path
    filename: str


@dataclass(frozen=True, slots=True)
class HandedIn:
    """What became of the workbooks; error: what to tell when nothing was entered."""

    uploads: list[CatalogUpload]
    entered: list[registration.Registered]
    error: PlatformError | None


def hand_in(
    db: Session,
    store: Store,
    books: Sequence[Book],
    hand: Hand,
    *,
    accept_fixes: bool,
    authority: str,
    now: datetime,
    zone: ZoneInfo,
    reason: str,
) -> HandedIn:
    """Enter the workbooks, all of them or none; the uploads are recorded either way.

    A refusal names every fault of every book, and each refused book lies marked under its upload's id.
    Raises Unreadable for a file that is no workbook, NotAllowed for another department's.
    """
    today = now.astimezone(zone).date()
    known = known_of(db, hand.department)
    taken = [(book, take(book.path, known, book.filename)) for book in books]
    _require_own([t for _, t in taken], hand)
    for _, each in taken:
        judge(db, each, hand, today)
    stops = [t for _, t in taken if t.faults or (t.fixes and not accept_fixes)]
    uploads = [_record(db, store, b, t, hand, bool(stops), accept_fixes, now) for b, t in taken]
    if stops:
        return HandedIn(uploads, [], _refusal(uploads, taken))
    entered = [
        registration.enter_catalog(
            db, each.catalog, authority=authority, now=now, on=today, by=hand.by, reason=reason, zone=zone
        )
        for _, each in taken
    ]
    for upload, done in zip(uploads, entered, strict=True):
        upload.changed = [*done.changed, *done.revised]
    return HandedIn(uploads, entered, None)


def known_of(db: Session, department: Department) -> Known:
    """What fills the gaps of a workbook that was not made from our template."""
    catalog = catalog_of(db, department)
    return Known(
        facts=facts_of(catalog),
        slugs={bare(r.name): r.slug for r in catalog.resources},
        items={(r.slug, bare(i.title)): i.name for r in catalog.resources for i in r.items},
    )


def facts_of(catalog: Catalog) -> dict[str, str]:
    """The department's facts as the first sheet has them."""
    return {
        "部门名称": catalog.name,
        "部门标识": catalog.slug,
        "统一社会信用代码": catalog.credit_code,
        "区划代码": catalog.division_code,
        "目录负责人": catalog.registrar_name,
        "校核负责人": catalog.verifier_name,
        "上级部门标识": catalog.upper,
    }


def _require_own(taken: Sequence[Taken], hand: Hand) -> None:
    others = [t.catalog.slug for t in taken if t.catalog.slug not in ("", hand.department.slug)]
    if others and not hand.may_any:
        raise NotAllowed("只能导入本部门的目录工作簿", remedy="核对「部门信息」中的部门标识", departments=others)


def judge(db: Session, taken: Taken, hand: Hand, today: date) -> None:
    """Add the faults that only the register knows: whose slug, name, code and system that is."""
    catalog = taken.catalog
    _judge_department(db, taken, hand)
    for line, entry in zip(taken.found.projects, catalog.systems, strict=True):
        _judge_project(db, line, entry.project_code, entry.system_code, catalog.slug)
    names = _names(db, [bare(r.name) for r in catalog.resources])
    lists = set(db.scalars(select(CodeListEntry.code_list).distinct()))
    for group, resource in zip(taken.found.groups, catalog.resources, strict=True):
        other = next((r for r in names.get(bare(resource.name), ()) if r.slug != resource.slug), None)
        if other is not None:
            rule = f"与{other.provider.name}已登记的「{other.name}」同名或只差标点"
            group.resource.fault("信息资源名称", rule, "改名，或与该部门商定由一方提供")
        held = db.scalar(select(Resource).where(Resource.slug == resource.slug))
        _judge_slug(group.resource, held, catalog.slug)
        _judge_code(group.resource, held, resource.code, taken.fixes)
        if resource.secrecy_reviewed_date and resource.secrecy_reviewed_date > today:
            group.resource.fault("保密审查日期", "晚于今天", "填写审查的实际日期")
        for line, item in zip(group.items, resource.items, strict=True):
            if item.code_list and item.code_list not in lists:
                line.fault("代码表", "代码表未登记", "从模板的列表中选择；没有的先请主管部门登记")


def _judge_department(db: Session, taken: Taken, hand: Hand) -> None:
    catalog, facts = taken.catalog, taken.found.facts
    found = db.scalar(select(Department).where(Department.slug == catalog.slug))
    other = db.scalar(
        select(Department).where(Department.credit_code == catalog.credit_code, Department.slug != catalog.slug)
    )
    if other is not None:
        facts.fault("统一社会信用代码", f"已是{other.name}的代码", "核对代码")
    elif found is not None and found.credit_code != catalog.credit_code and not hand.may_any:
        facts.fault("统一社会信用代码", "与登记的代码不一致，一个部门只能有一个提供方代码", f"填写 {found.credit_code}")


def _judge_project(db: Session, line: Line, project: str, system: str, slug: str) -> None:
    owner = select(Department.slug).join(Project, Project.department_id == Department.id)
    of_project = db.scalar(owner.where(Project.code == project))
    of_system = db.scalar(owner.join(System, System.project_id == Project.id).where(System.code == system))
    if of_project not in (None, slug):
        line.fault("项目编码", "项目属于另一部门", "核对项目编码")
    if system and of_system not in (None, slug):
        line.fault("系统编码", "系统属于另一部门", "核对系统编码")


def _names(db: Session, names: Sequence[str]) -> dict[str, list[Resource]]:
    """The living resources of the whole register under each of the bare names."""
    found: dict[str, list[Resource]] = {}
    for first in range(0, len(names), 500):
        part = Resource.bare_name.in_(names[first : first + 500])
        for resource in db.scalars(select(Resource).where(part, Resource.state != ResourceState.RETIRED)):
            found.setdefault(resource.bare_name, []).append(resource)
    return found


def _judge_slug(line: Line, held: Resource | None, slug: str) -> None:
    if held is None:
        return
    if held.provider.slug != slug:
        line.fault("资源标识", "已由另一部门登记", "换一个资源标识")
    elif held.state is ResourceState.RETIRED:
        line.fault("资源标识", "该资源已停用", "换一个资源标识重新登记")


def _judge_code(line: Line, held: Resource | None, code: str, fixes: list[Fix]) -> None:
    """A code that the register did not give is not taken over."""
    given = held.code if held is not None else None
    if code and code != given:
        rule = "代码由平台赋予，不采用填报的代码"
        fixes.append(Fix(line.sheet, line.row, "信息资源代码", code, given or "（登记时赋予）", rule))


def _record(
    db: Session, store: Store, book: Book, taken: Taken, hand: Hand, is_stopped: bool, accept_fixes: bool, now: datetime
) -> CatalogUpload:
    faults, fixes = taken.faults, taken.fixes
    has_stopped = bool(faults or (fixes and not accept_fixes))
    upload = CatalogUpload(
        id=new_id(),
        department_id=hand.department.id,
        filename=book.filename,
        digest=sha256_of(book.path),
        at=now,
        by=hand.by,
        outcome=_outcome(faults, fixes, is_stopped, accept_fixes),
        faults=[asdict(f) for f in faults[:MAX_TOLD]],
        fixes=[asdict(f) for f in fixes[:MAX_TOLD]],
        changed=[],
    )
    db.add(upload)
    db.flush()
    if is_stopped and not faults:
        store.marked.mkdir(exist_ok=True)
        shutil.copyfile(book.path, sent_file(store, upload.id))
    if has_stopped:
        store.marked.mkdir(exist_ok=True)
        marked_file(store, upload.id).write_bytes(markup.mark(book.path, faults, fixes, _places(taken)))
    return upload


def _outcome(faults: Sequence[Fault], fixes: Sequence[Fix], is_stopped: bool, accept_fixes: bool) -> str:
    if faults:
        return REFUSED
    if fixes and not accept_fixes:
        return PROPOSED
    return HELD_UP if is_stopped else ENTERED


def _places(taken: Taken) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    lines = [line for group in taken.found.groups for line in (group.resource, *group.items)]
    for line in (*lines, *taken.found.projects):
        found.setdefault(line.sheet, dict(line.places))
    return found


def marked_file(store: Store, upload_id: str) -> Path:
    return store.marked / f"{upload_id}.xlsx"


def sent_file(store: Store, upload_id: str) -> Path:
    """Where a workbook without faults waits until its fixes are accepted; deleted with the marked copies."""
    return store.marked / f"{upload_id}.sent.xlsx"


def waiting(db: Session, store: Store, ids: Sequence[str], department_id: str) -> list[Book]:
    """The workbooks of these uploads, to be handed in once more; raises Conflict when one is gone."""
    found = [get(db, each) for each in dict.fromkeys(ids)]
    books = [Book(sent_file(store, each.id), each.filename) for each in found if each.department_id == department_id]
    if not books or len(books) < len(found) or not all(book.path.exists() for book in books):
        raise Conflict("这次上传的修正已被接受，或已过保存期", remedy="回到目录编制，重新上传工作簿")
    return books


def _refusal(uploads: Sequence[CatalogUpload], taken: Sequence[tuple[Book, Taken]]) -> WorkbookRefused:
    """One error for all books; each fault and fix says in which file, at most a thousand of each."""
    faulty = next(((b, t) for b, t in taken if t.faults), taken[0])
    first = refused(faulty[0].filename, faulty[1].faults, faulty[1].fixes, ())
    faults = [{"file": b.filename, **asdict(f)} for b, t in taken for f in t.faults]
    fixes = [{"file": b.filename, **asdict(f)} for b, t in taken for f in t.fixes]
    marked = [{"file": u.filename, "id": u.id, "url": f"/v1/catalogs/faults/{u.id}.xlsx"} for u in uploads]
    return WorkbookRefused(
        first.message,
        remedy=first.remedy,
        faults=faults[:MAX_TOLD],
        fixes=fixes[:MAX_TOLD],
        fault_count=len(faults),
        fix_count=len(fixes),
        uploads=[u.id for u in uploads],
        unknown=[f"{b.filename}：{text}" for b, t in taken for text in t.unknown],
        marked=[m for m, (_, t) in zip(marked, taken, strict=True) if t.faults or t.fixes],
    )


def get(db: Session, upload_id: str) -> CatalogUpload:
    """The upload of that id; raises NotFound."""
    found = db.get(CatalogUpload, upload_id)
    if found is None:
        raise NotFound("没有这次目录上传", upload=upload_id)
    return found


def sweep(store: Store, *, keep: date) -> int:
    """Delete marked copies made before a day; how many."""
    old = [p for p in store.marked.glob("*.xlsx") if date.fromtimestamp(p.stat().st_mtime) < keep]
    for path in old:
        path.unlink(missing_ok=True)
    return len(old)


def of_department(db: Session, department_id: str, limit: int = 50) -> Sequence[CatalogUpload]:
    """The newest uploads of a department."""
    query = select(CatalogUpload).where(CatalogUpload.department_id == department_id)
    return db.scalars(query.order_by(CatalogUpload.at.desc(), CatalogUpload.id).limit(limit)).all()
