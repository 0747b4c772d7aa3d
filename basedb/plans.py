"""How a view's records are read out of a look-up file: worked out once for each view."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from basedb import masks, views
from basedb.conditions import Compiler, Engine
from basedb.lookup import scale
from basedb.masks import Json
from basedb.quote import name
from basedb.values import from_sqlite
from catalog.view import View
from catalog.vocab import Mask

Row = dict[str, Json]


@dataclass(frozen=True, slots=True)
class Plan:
    """What stays the same in every question to one view: types, columns, their readers, the view's own rows."""

    view: View
    types: dict[str, str]
    select: str
    one: str
    readers: tuple[tuple[str, Callable[[Json], Json] | None], ...]
    own: str
    parameters: tuple[Any, ...]


_PLANS: dict[int, Plan] = {}
MAX_PLANS = 1000


def plan_of(view: View) -> Plan:
    """The view's plan, made once: a view never changes, and the plan holds it, so that its id stays its own."""
    plan = _PLANS.get(id(view))
    if plan is None:
        types = views.types(view)
        compiler = Compiler(Engine.SQLITE, types)
        own = views.where(compiler, view, [])
        columns = ", ".join(["record_key", *(name(column.name) for column in views.shown(view))])
        select = f"select {columns} from {name(view.table)} where "
        if len(_PLANS) >= MAX_PLANS:
            _PLANS.clear()
        one = f"{select}record_key = ? and {own}"
        plan = Plan(view, types, select, one, _readers(view), own, tuple(compiler.parameters))
        _PLANS[id(view)] = plan
    return plan


def _readers(view: View) -> tuple[tuple[str, Callable[[Json], Json] | None], ...]:
    """Column -> from the stored form to what the reader gets; None where the two are the same."""
    types = views.types(view)
    shown = ((c.name, _reader(types[c.name], c.mask, view.mask_key)) for c in views.shown(view))
    return (("record_key", None), *shown)


def _reader(kind: str, mask: Mask, key: bytes) -> Callable[[Json], Json] | None:
    is_stored_as_shown = scale(kind) is None and kind != "BOOLEAN"
    if mask is Mask.PLAIN and is_stored_as_shown:
        return None
    show = masks.in_python(mask, kind, key)
    if is_stored_as_shown:
        return show
    read = from_sqlite(kind)
    return lambda value: show(read(value))


def row_of(values: tuple[Json, ...], readers: tuple[tuple[str, Callable[[Json], Json] | None], ...]) -> Row:
    """A record as its reader gets it."""
    return {
        column: read(value) if read is not None else value
        for (column, read), value in zip(readers, values, strict=True)
    }
