"""A subject's credit report (信用报告): what each of the caller's grants shows of it on a day, each line with its source.

Only what had been decided by that day and may still be shown, both on that day and today; each table leaves its own
receipt. The subject's key is looked for as in a whole view.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any

from pydantic_core import to_json
from starlette.requests import Request

from api import whole
from api.house import Exchange
from api.whole import Part, Walk, Wanted
from basedb import manifest, read, reports
from basedb.plans import Row
from catalog.errors import Invalid
from catalog.roles import Caller
from catalog.vocab import Base


@dataclass(frozen=True, slots=True)
class Line:
    """One record: its kind in the catalogue, who told it, the day it is of where the grant shows it, what is shown."""

    table: str
    record: Row
    kind: str
    department: str
    resource: str
    date: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """closed: tables that the caller's grants do not open to this question, with why."""

    kind: str
    record_key: str
    on: date
    parts: list[Part]
    lines: list[Line] = field(default_factory=list)
    closed: list[dict[str, str]] = field(default_factory=list)


async def make(house: Exchange, request: Request, caller: Caller, wanted: Wanted, on: date | None) -> Report:
    """The report on a day, by default today; raises Invalid for a day to come, NotGranted when nothing is opened."""
    today = house.clock().astimezone(house.settings.zone).date()
    on = on or today
    if on > today:
        raise Invalid("信用报告的日期不能晚于今天", remedy="填写今天或以前的日期")
    about = whole.subject_of(wanted)
    sent = to_json([wanted.sent.decode(), on])
    walk = Walk(house, request, caller, wanted.grants, sent, partial(reports.on_day, on=on, today=today))
    walk.require_bases()
    asked_key, key = await walk.key_of(about, wanted)
    places = [place for place in about.places if place.base == Base.CREDIT]
    parts = [part for part in [await walk.place(place, key) for place in places] if part]
    whole.require_any(parts, walk.closed)
    lines = [line for part in parts for line in await _lines(part)]
    await walk.keep(parts, about.home, asked_key)
    return Report(wanted.kind, asked_key, on, parts, lines, walk.closed)


async def _lines(part: Part) -> list[Line]:
    asked = part.asked
    assert asked.access is not None
    view = asked.access.view
    connection, inner = await asked.connection(asked.access), reports.about_lines(view)
    sources = {int(s["code"]): s for s in manifest.read(view.directory)["sources"]}
    dated = reports.DATED[part.table]
    is_shown = dated in part.plain
    lines = []
    for record in part.records:
        facts = read.record(connection, inner, str(record["record_key"])) or {}
        source = sources.get(int(str(facts.get(reports.SOURCE) or 0)), {})
        day = record.get(dated) if is_shown else None
        told = str(source.get("department", "")), str(source.get("resource", ""))
        lines.append(Line(part.table, record, str(facts.get(reports.KIND) or ""), *told, str(day) if day else None))
    return lines


def content(report: Report) -> dict[str, Any]:
    """The report as it goes over the wire."""
    return {
        "kind": report.kind,
        "record_key": report.record_key,
        "on": report.on,
        "lines": [
            {
                "table": line.table,
                "catalogue_kind_code": line.kind or None,
                "department": line.department,
                "resource": line.resource,
                "date": line.date,
                "record": line.record,
            }
            for line in report.lines
        ],
        "tables": [whole.proof(part) for part in report.parts],
        "closed": report.closed,
    }
