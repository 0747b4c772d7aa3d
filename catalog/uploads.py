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
from catalog.judgement import judge
from catalog.models import CatalogUpload, Department, new_id
from catalog.recognise import Known
from catalog.sheets import Fault, Fix
from catalog.store import Store, sha256_of
from catalog.vocab import bare
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
        judge(db, each, today, may_any=hand.may_any)
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
        systems=tuple(catalog.systems),
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
        marked_file(store, upload.id).write_bytes(markup.mark(book.path, faults, fixes, _places(taken), book.filename))
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
