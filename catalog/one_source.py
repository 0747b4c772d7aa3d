"""One source per item (一数一源): a second department that registers what another holds is told, the authority settles.

Two items are the same when their resources are about the same kind of subject (person, firm, licence or none),
and title and code list are equal, or name and a code list. Identifiers and keys join records and are no conflict;
nor are two sources of one base, whose ranking is settled by attribute (`catalog.rankings`).
Source: 政务数据共享条例第十九条.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, and_, exists, func, or_, select, update
from sqlalchemy.orm import Session, aliased, joinedload

from catalog import departments
from catalog.deadlines import deadline, due_of
from catalog.departments import require_authority
from catalog.entries import ItemEntry, ResourceEntry
from catalog.errors import Conflict, Invalid, NotFound
from catalog.item_sources import meaning, name_source, source_of, subject_of
from catalog.lists import Listing
from catalog.models import BaseInput, DataItem, Department, Resource, SourceConflict
from catalog.notices import tell
from catalog.vocab import WITNESS, ResourceState

OPEN, SETTLED = "open", "settled"
HOLDER, NEWCOMER, DIFFERENT = "holder", "newcomer", "different"
OUTCOMES = {HOLDER: "以先登记部门为数源", NEWCOMER: "改以后登记部门为数源", DIFFERENT: "不是同一信息项"}
# words that say nothing of what they are about
GENERIC = (
    "备注",
    "说明",
    "状态",
    "类别",
    "类型",
    "名称",
    "编号",
    "日期",
    "起始日期",
    "终止日期",
    "登记日期",
    "更新时间",
)
Item = DataItem | ItemEntry
_LIVING = (ResourceState.PUBLISHED, ResourceState.SUBMITTED, ResourceState.PLANNED)


def examine(
    db: Session, resource: Resource, *, now: datetime, zone: ZoneInfo, content: ResourceEntry | None = None
) -> list[SourceConflict]:
    """New conflicts of a resource's items with what other departments hold; both sides and the authority are told.

    content: what the resource shall become, where that is not in its rows yet. An item whose conflict was found
    before, settled or not, is not brought up again.
    """
    if resource.is_base_table:
        return []
    db.flush()
    about = content or resource
    subject = subject_of(about)
    found = []
    for item, held in _held_elsewhere(db, resource, about.items, subject).items():
        own = next(i for i in about.items if i.name == item)
        source = source_of(db, meaning(own, subject), now.astimezone(zone).date())
        holder = source.resource if source is not None else db.get_one(Resource, held)
        if holder.provider_id != resource.provider_id and not _is_known(db, resource, item):
            found.append(_open(db, resource, own, holder, subject, now, zone))
    return found


def _held_elsewhere(db: Session, resource: Resource, items: Sequence[Item], subject: str) -> dict[str, str]:
    """Item -> the resource of another department that has held the same item longest; one query."""
    own = [item for item in items if item.identifier is None and not item.is_key and not item.is_subject]
    other, holder = aliased(DataItem), aliased(Resource)
    coded = [item for item in own if item.code_list]
    titles = other.title.in_({item.title for item in own} - set(GENERIC))
    codes = and_(other.name.in_({i.name for i in coded}), other.code_list.in_({i.code_list for i in coded}))
    query = (
        select(other.title, other.name, other.code_list, holder.id)
        .select_from(other)
        .join(holder, other.resource_id == holder.id)
        .where(or_(titles, codes), holder.provider_id != resource.provider_id)
        .where(holder.state.in_(_LIVING), ~holder.is_base_table, *_plain(other))
        .where(_about(holder, subject), ~_of_one_base(resource, holder))
        .order_by(holder.published_date.is_(None), holder.published_date, holder.slug)
    )
    first: dict[str, str] = {}
    for title, name, code_list, resource_id in db.execute(query):
        for item in own:
            if item.code_list == code_list and (_same_title(item, title) or (code_list and item.name == name)):
                first.setdefault(item.name, resource_id)
    return dict(sorted(first.items()))


def _same_title(item: Item, title: str) -> bool:
    return item.title == title and title not in GENERIC


def _plain(item: type[DataItem]) -> tuple[ColumnElement[bool], ...]:
    return item.identifier.is_(None), item.is_key.is_(False), item.is_subject.is_(False)


def _about(holder: type[Resource], subject: str) -> ColumnElement[bool]:
    """Whether a resource is about the same kind of subject."""
    identified = aliased(DataItem)
    has = exists().where(identified.resource_id == holder.id, identified.identifier.is_not(None))
    return (
        ~has if not subject else exists().where(identified.resource_id == holder.id, identified.identifier == subject)
    )


def _of_one_base(resource: Resource, holder: type[Resource]) -> ColumnElement[bool]:
    mine, theirs = aliased(BaseInput), aliased(BaseInput)
    sources = (~each.role.startswith(WITNESS, autoescape=True) for each in (mine, theirs))
    one = (mine.resource_id == resource.id, theirs.resource_id == holder.id, mine.base == theirs.base)
    return exists().where(*one, *sources)


def _is_known(db: Session, resource: Resource, item: str) -> bool:
    query = select(SourceConflict.id).where(SourceConflict.resource_id == resource.id, SourceConflict.item == item)
    return db.scalar(query.limit(1)) is not None


def _open(
    db: Session, resource: Resource, item: Item, holder: Resource, subject: str, now: datetime, zone: ZoneInfo
) -> SourceConflict:
    due = deadline(db, "settle_source", now, zone)
    found = SourceConflict(
        meaning=meaning(item, subject),
        item=item.name,
        title=item.title,
        resource=resource,
        department=resource.provider,
        holder_resource=holder,
        holder=holder.provider,
        state=OPEN,
        found_at=now,
        due_at=due.at if due else None,
        is_due_provisional=due is not None and due.is_provisional,
    )
    db.add(found)
    db.flush()
    text = f"信息项「{item.title}」已由{holder.provider.name}在「{holder.name}」中登记，「{resource.name}」再次登记，待确定数源部门"
    for each in (resource.provider_id, holder.provider_id, departments.authority(db).id):
        tell(db, each, "source_conflict", found.id, text, due_of(found, zone), now=now)
    return found


def settle(
    db: Session,
    found: SourceConflict,
    *,
    outcome: str,
    basis: str,
    department_id: str,
    by: str,
    now: datetime,
    on: date,
) -> None:
    """The authority's word on who is the source; it stands in the register from that day on.

    outcome: `holder`, `newcomer` or `different`. Raises Conflict when it is settled already.
    """
    require_authority(db, department_id)
    if outcome not in OUTCOMES or not basis.strip():
        raise Invalid("应选择处理结果并写明依据", remedy=f"outcome 可用：{'、'.join(OUTCOMES)}")
    _take(db, found)
    found.outcome, found.basis, found.settled_at, found.settled_by = outcome, basis.strip(), now, by
    if outcome != DIFFERENT:
        winner = found.holder_resource if outcome == HOLDER else found.resource
        name_source(db, found.meaning, found.title, winner, basis=basis, by=by, now=now, on=on)
    text = f"信息项「{found.title}」的数源已确定：{OUTCOMES[outcome]}；{basis.strip()}"
    for each in (found.department_id, found.holder_id):
        tell(db, each, "source_settled", found.id, text, now=now)


def _take(db: Session, found: SourceConflict) -> None:
    """Close the conflict; of two who try at once, the second gets Conflict."""
    taken = update(SourceConflict).where(SourceConflict.id == found.id, SourceConflict.state == OPEN)
    won = db.execute(taken.values(state=SETTLED).execution_options(synchronize_session=False)).rowcount  # type: ignore[attr-defined]
    db.refresh(found)
    if not won:
        raise Conflict("这一冲突已经处理", remedy="查看处理结果", conflict=found.id)


def conflicts(db: Session, department_id: str | None = None, *, open_only: bool = False) -> Sequence[SourceConflict]:
    """Conflicts that concern a department, newest first; None for all."""
    table = SourceConflict
    query = select(table).order_by(table.found_at.desc(), table.id)
    if department_id is not None:
        query = query.where(or_(table.department_id == department_id, table.holder_id == department_id))
    return db.scalars(query.where(table.state == OPEN) if open_only else query).all()


def conflict_list(department_id: str | None) -> Listing[SourceConflict]:
    """Conflicts that concern a department as a list to search, sort and cut; None for all."""
    table, holder, newcomer = SourceConflict, aliased(Department), aliased(Department)
    query = select(table).join(holder, table.holder_id == holder.id).join(newcomer, table.department_id == newcomer.id)
    if department_id is not None:
        query = query.where(or_(table.department_id == department_id, table.holder_id == department_id))
    return Listing(
        query,
        {
            "title": table.title,
            "holder": holder.name,
            "newcomer": newcomer.name,
            "found": table.found_at,
            "due": table.due_at,
            "outcome": func.coalesce(table.outcome, OPEN),
            "settled": table.settled_at,
        },
        [table.found_at.desc(), table.id],
        (table.title, table.item, holder.name, newcomer.name),
        ("holder", "newcomer", "outcome"),
        load=[joinedload(getattr(table, name)) for name in ("holder", "department", "resource", "holder_resource")],
    )


def conflicts_of(db: Session, resource: Resource) -> Sequence[SourceConflict]:
    """The conflicts of a resource's items, whichever side it is on, newest first."""
    table = SourceConflict
    mine = or_(table.resource_id == resource.id, table.holder_resource_id == resource.id)
    return db.scalars(select(table).where(mine).order_by(table.found_at.desc(), table.id)).all()


def get_conflict(db: Session, conflict_id: str) -> SourceConflict:
    """The conflict of that id; raises NotFound."""
    found = db.get(SourceConflict, conflict_id)
    if found is None:
        raise NotFound(f"没有数源冲突 {conflict_id}", conflict=conflict_id)
    return found
