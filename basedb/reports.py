"""What of the credit base is told of a subject on a day: only what had been decided by then and may still be shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import lru_cache

from basedb import views
from basedb.spec import base
from catalog.conditions import both
from catalog.errors import NotGranted
from catalog.view import AnyOf, Condition, IsNull, Range, View, ViewColumn
from catalog.vocab import Base, Mask

# table of the base: the day on which its records came to be; a grade holds for the year after the one assessed
DATED = {
    "permit": "decided_date",
    "penalty": "decided_date",
    "credit_list_entry": "listed_date",
    "tax_credit_grade": "",
    "credit_repair": "decided_date",
}
SOURCE, KIND = "record_source", "catalogue_kind_code"


def on_day(view: View, on: date, today: date) -> View:
    """The view's rows as they were told on a day; what may not be shown today is in no view.

    Raises NotGranted for a day before today where the view hides the day of its records: which reports have a record
    would tell it.
    """
    dated = DATED[view.table] or "year"
    if on < today and dated not in {column.name for column in view.columns if column.mask is Mask.PLAIN}:
        raise NotGranted(f"授权不含以原值显示的 {dated}，只能查询今天的信用报告", remedy=f"申请包含 {dated} 的授权")
    return _told_on(view, on)


@lru_cache(maxsize=256)
def _told_on(view: View, on: date) -> View:
    return replace(view, where=both(view.where, *_conditions(view.table, on)))


def _conditions(table: str, on: date) -> list[Condition]:
    spec, dated = base(Base.CREDIT).table(table), DATED[table]
    ended = _or_none(Range(spec.visible_until, low=on)) if spec.visible_until else None
    decided = _or_none(Range(dated, high=on)) if dated else None
    assessed = _or_none(Range("year", high=on.year - 1)) if table == "tax_credit_grade" else None
    return [each for each in (ended, decided, assessed) if each is not None]


def _or_none(condition: Range) -> Condition:
    return AnyOf((condition, IsNull(condition.column)))


@lru_cache(maxsize=256)
def about_lines(view: View) -> View:
    """What the platform itself says of each line: which source told it, and its kind in the national catalogue."""
    held = views.types(view)
    columns = tuple(ViewColumn(name, held[name]) for name in (SOURCE, KIND) if name in held)
    return replace(view, columns=columns, lookup=())
