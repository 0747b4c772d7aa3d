"""The search index kept equal to the register: a pure function of it, applied in the transaction that changes it.

Sessions made by `catalog.register.sessions` note which resources a flush touched and bring their rows up to date
just before the commit; nothing has to remember to do so. `rebuild` makes the whole index, `problems` proves it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Float, Select, cast, delete, event, func, select, update
from sqlalchemy.orm import ORMExecuteState, Session, sessionmaker

from catalog.calendar import last_day
from catalog.came import has_come
from catalog.held import RELEASE, subjects
from catalog.models import (
    BaseInput,
    DataItem,
    Delivery,
    Department,
    Publication,
    Release,
    Resource,
    SearchEntry,
    SearchStamp,
    SpillPart,
)
from catalog.vocab import WITNESS, Base, DeliveryState
from catalog.wording import fold, pinyin

Values = dict[str, Any]
_CHUNK = 500
_TOUCHED, _UNITS, _NAMES = "search_touched", "search_units", "search_names"
_GOOD = (DeliveryState.ACCEPTED, DeliveryState.ACCEPTED_IN_PART)
_SAME = ("slug", "state", "provider_id", "share_type", "format_class", "update_cycle", "lead_days")
_FIELDS = tuple(c.name for c in SearchEntry.__table__.columns if c.name not in ("resource_id", "stamp"))


def entries(db: Session, ids: Sequence[str]) -> dict[str, Values]:
    """What the index must hold of these resources, out of the register; those that are gone are left out."""
    found = db.execute(
        select(Resource.id, Resource.unit, Resource.name, Resource.code, Resource.abstract, *_columns()).where(
            Resource.id.in_(ids)
        )
    ).all()
    titles, bases, periods = _titles(db, ids), _bases(db, ids), _periods(db, ids)
    newest = _newest(db, ids)
    releases = releases_in_force(db, {row.unit for row in found})
    return {
        row.id: _entry(row, titles.get(row.id, []), bases.get(row.id, []), periods.get(row.id), releases.get(row.unit))
        | newest.get(row.id, _NO_DELIVERY)
        for row in found
    }


def _columns() -> list[Any]:
    return [getattr(Resource, name) for name in _SAME]


def _entry(row: Any, titles: list[str], bases: list[str], period: date | None, release: Release | None) -> Values:
    name = fold(row.name)
    initials, spelling = pinyin(name)
    is_base_table = row.unit in set(Base)
    return {
        **{field: getattr(row, field) for field in _SAME},
        "code": row.code or "",
        # a base is released daily, and is late on the second working day without a release
        "lead_days": 1 if is_base_table else row.lead_days,
        "name": name,
        "initials": initials,
        "spelling": spelling,
        "titles": "\n".join(titles),
        "abstract": fold(row.abstract),
        "bases": "\n".join([row.unit] if is_base_table else bases),
        "release_id": release.release_id if release else None,
        "as_of": release.created_at.date() if is_base_table and release else period,
        "share_passed": release.share_passed if release else None,
        "title": row.name,
        "is_own": not is_base_table,
    }


_NEWEST, _CHECKED = ("id", "period", "state", "received_at", "share"), ("id", "state", "rows", "good")
_NO_DELIVERY: Values = dict.fromkeys(
    [*(f"newest_{n}" for n in _NEWEST), *(f"checked_{n}" for n in _CHECKED), "came_period"]
)


def _newest(db: Session, ids: Sequence[str]) -> dict[str, Values]:
    """The newest delivery of each resource, and the newest that was checked, by period and sequence."""
    found: dict[str, Values] = {}
    for row in db.execute(_last(ids)):
        found[row.resource_id] = _NO_DELIVERY | {f"newest_{name}": getattr(row, name) for name in _NEWEST}
    for row in db.execute(_last(ids, Delivery.settled_at.is_not(None))):
        found[row.resource_id] |= {f"checked_{name}": getattr(row, name) for name in _CHECKED}
    came = select(Delivery.resource_id, func.max(Delivery.period)).where(Delivery.resource_id.in_(ids), has_come())
    for resource_id, period in db.execute(came.group_by(Delivery.resource_id)):
        found[resource_id]["came_period"] = period
    return found


def _last(ids: Sequence[str], *which: ColumnElement[bool]) -> Select[*tuple[Any, ...]]:
    order = (Delivery.period.desc(), Delivery.sequence.desc())
    place = func.row_number().over(partition_by=Delivery.resource_id, order_by=order)
    names = dict.fromkeys(("resource_id", *_NEWEST, *_CHECKED))
    share = (cast(Delivery.good, Float) / func.nullif(Delivery.rows, 0)).label("share")
    columns = [share if name == "share" else getattr(Delivery, name) for name in names]
    ranked = select(*columns, place.label("place")).where(Delivery.resource_id.in_(ids), *which).subquery()
    return select(ranked).where(ranked.c.place == 1)


def _titles(db: Session, ids: Sequence[str]) -> dict[str, list[str]]:
    query = select(DataItem.resource_id, DataItem.title).where(DataItem.resource_id.in_(ids))
    return _grouped(
        (row[0], fold(row[1])) for row in db.execute(query.order_by(DataItem.resource_id, DataItem.position))
    )


def _bases(db: Session, ids: Sequence[str]) -> dict[str, list[str]]:
    feeds = ~BaseInput.role.startswith(WITNESS, autoescape=True)
    query = select(BaseInput.resource_id, BaseInput.base).where(BaseInput.resource_id.in_(ids), feeds).distinct()
    return _grouped((row[0], row[1]) for row in db.execute(query.order_by(BaseInput.resource_id, BaseInput.base)))


def _grouped(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found


def _periods(db: Session, ids: Sequence[str]) -> dict[str, date]:
    """The last day of the newest period that was accepted; the texts of one kind of period sort by time."""
    kind = (func.length(Delivery.period), func.substr(Delivery.period, 6, 1))
    query = select(Delivery.resource_id, func.max(Delivery.period)).where(
        Delivery.resource_id.in_(ids), Delivery.state.in_(_GOOD)
    )
    found: dict[str, date] = {}
    for resource_id, period in db.execute(query.group_by(Delivery.resource_id, *kind)):
        found[resource_id] = max(last_day(period), found.get(resource_id, date.min))
    return found


def releases_in_force(db: Session, units: Iterable[str]) -> dict[str, Release]:
    """The releases in force of these units, one statement for any 500; none that is pruned or held back."""
    found: dict[str, Release] = {}
    shown = (Release.pruned_at.is_(None), (Release.unit + "/" + Release.release_id).not_in(subjects(RELEASE)))
    for some in _chunks(sorted(units)):
        newest = select(func.max(Publication.id)).where(Publication.unit.in_(some)).group_by(Publication.unit)
        query = select(Release).join(
            Publication, (Publication.unit == Release.unit) & (Publication.release_id == Release.release_id)
        )
        query = query.where(Publication.id.in_(newest), *shown)
        found |= {release.unit: release for release in db.scalars(query)}
    return found


def _chunks(ids: Iterable[str]) -> Iterator[list[str]]:
    waiting = iter(ids)
    while some := list(islice(waiting, _CHUNK)):
        yield some


def refresh(db: Session, ids: Iterable[str]) -> int:
    """Bring the rows of these resources up to date; how many changed.

    Holds the stamp until the commit: two transactions that touch one resource index it one after the other,
    the later one seeing what the earlier one committed.
    """
    stamp = _next_stamp(db)
    return sum(_refresh(db, some, stamp) for some in _chunks(sorted(set(ids))))


def _refresh(db: Session, ids: Sequence[str], stamp: int) -> int:
    wanted, held = entries(db, ids), _held(db, ids)
    changed = {i: values for i, values in wanted.items() if held.get(i) != values}
    db.execute(delete(SearchEntry).where(SearchEntry.resource_id.in_([*changed, *(held.keys() - wanted.keys())])))
    if changed:
        rows = [{"resource_id": i, "stamp": stamp, **values} for i, values in changed.items()]
        db.connection().execute(SearchEntry.__table__.insert(), rows)  # type: ignore[attr-defined]
    return len(changed)


def _held(db: Session, ids: Sequence[str]) -> dict[str, Values]:
    query = select(*SearchEntry.__table__.columns).where(SearchEntry.resource_id.in_(ids))
    return {row.resource_id: {name: getattr(row, name) for name in _FIELDS} for row in db.execute(query)}


def _next_stamp(db: Session) -> int:
    db.execute(update(SearchStamp).values(value=SearchStamp.value + 1).execution_options(synchronize_session=False))
    return db.scalar(select(SearchStamp.value)) or 0


def rebuild(db: Session) -> int:
    """Make the whole index anew out of the register; how many rows were not as they should be."""
    return refresh(db, db.scalars(select(Resource.id)))


def problems(db: Session) -> Iterator[str]:
    """The slugs of resources whose row is not what the register says; nothing is the proof of equality."""
    for some in _chunks(db.scalars(select(Resource.id).order_by(Resource.id)).all()):
        wanted, held = entries(db, some), _held(db, some)
        yield from sorted(values["slug"] for i, values in wanted.items() if held.get(i) != values)


def settle(db: Session) -> None:
    """Bring what this transaction has touched up to date now, for whoever reads the index before the commit."""
    _index_noted(db)


def keep_index(maker: sessionmaker[Session]) -> sessionmaker[Session]:
    """The same maker, whose sessions keep the index."""
    event.listen(maker, "after_flush", _note_flush)
    event.listen(maker, "do_orm_execute", _note_statement)
    event.listen(maker, "before_commit", _index_noted)
    return maker


def _note_flush(db: Session, _: Any) -> None:
    for row in (*db.new, *db.dirty, *db.deleted):
        if isinstance(row, Resource):
            _noted(db, _TOUCHED).add(row.id)
        elif isinstance(row, DataItem | BaseInput | Delivery):
            _noted(db, _TOUCHED).add(row.resource_id)
        elif isinstance(row, Publication | Release):
            _noted(db, _UNITS).add(row.unit)
        elif isinstance(row, SpillPart) and row.kind == RELEASE:
            _noted(db, _UNITS).add(row.subject.partition("/")[0])
        elif isinstance(row, Department):
            _noted(db, _NAMES).add(row.id)


def _note_statement(state: ORMExecuteState) -> None:
    """A statement that changes resources, items or deliveries at one stroke touches those that it is about to change."""
    if not (state.is_update or state.is_delete) or state.bind_mapper is None:
        return
    kind = state.bind_mapper.class_
    if kind in (Resource, DataItem, BaseInput, Delivery):
        column = Resource.id if kind is Resource else kind.resource_id
        condition = state.statement.whereclause  # type: ignore[attr-defined]
        query = select(column) if condition is None else select(column).where(condition)
        _noted(state.session, _TOUCHED).update(state.session.scalars(query))


def _noted(db: Session, name: str) -> set[str]:
    found: set[str] = db.info.setdefault(name, set())
    return found


def _index_noted(db: Session) -> None:
    db.flush()
    touched, units, names = (db.info.pop(name, set()) for name in (_TOUCHED, _UNITS, _NAMES))
    for some in _chunks(sorted(units)):
        touched |= set(db.scalars(select(Resource.id).where(Resource.unit.in_(some))))
    if touched or names:
        refresh(db, touched)
