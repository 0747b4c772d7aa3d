"""Doing one thing to many rows: first a preview of each, then the result of each; one that fails stops no other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter
from starlette.datastructures import FormData
from starlette.responses import Response

from api import visits
from api.pages import phrases
from api.pages.page import Form, OwnPage, Page, text_of
from catalog import batch_names, batches
from catalog.batch_actions import ACTIONS
from catalog.errors import Invalid, NotFound
from catalog.keys import Purpose

router = APIRouter(tags=["pages"], include_in_schema=False)

# the kind of rows whose list does not say it
_USUAL = {
    "publish": "resource_review",
    "return": "resource_review",
    "submit": "resource_draft",
    "confirm": "delivery_held",
    "run_again": "delivery_held",
}
# lists of requests name the step that a request is at; these go at others too
_ALSO = {
    ("request_answer", "remind"): "request_overdue",
    ("request_check", "withdraw"): "request_returned",
    ("request_answer", "withdraw"): "request_returned",
}
_HIDDEN_FROM = ("not_allowed", "not_found")

Row = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a preview or of a result: what it is, and what keeps it from being done."""

    id: str
    title: str
    code: str = ""
    problem: str = ""
    remedy: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """Something that the action must be told: text, a number of days, or one of the options."""

    name: str
    options: Sequence[tuple[str, str]]
    value: str = ""
    fault: str = ""


@router.post("/batch")
def batch(page: OwnPage, form: Form) -> Response:
    """The preview of what was chosen, or the results once it was confirmed."""
    action = text_of(form, "action", 20)
    if action not in {known for _, known in ACTIONS}:
        raise NotFound("没有这一批量操作", remedy="返回列表重新选择")
    rows = _rows(form, action)
    facts: dict[str, Any] = {"name": action, "back": visits.safe_next(text_of(form, "back"))}
    confirmed = bool(rows) and text_of(form, "step") == "do"
    needed = _needs(page, action, rows, form if confirmed else None)
    if not confirmed or any(need.fault for need in needed):
        lines = _act(page, action, rows, None)
        return page.render("batch_preview.html", 400 if confirmed else 200, lines=lines, needs=needed, **facts)
    lines = _act(page, action, rows, {need.name: _value(need) for need in needed})
    moved_on = all(line.problem for line in lines) and any(line.code == "conflict" for line in lines)
    return page.render("batch_results.html", 409 if moved_on else 200, lines=lines, **facts)


def _rows(form: FormData, action: str) -> list[Row]:
    """What was chosen: each a kind of to-do and an id."""
    sent = dict.fromkeys(value for value in form.getlist("id") if isinstance(value, str))
    if len(sent) > batches.MOST:
        raise Invalid(f"一次批量办理 1 至 {batches.MOST} 件", remedy="分批办理")
    return [_row(value, action) for value in sent]


def _row(value: str, action: str) -> Row:
    kind, mark, row = value.partition(":")
    return (_ALSO.get((kind, action), kind), row[:100]) if mark else (_USUAL.get(action, ""), value[:100])


def _needs(page: Page, action: str, rows: Iterable[Row], form: FormData | None) -> list[Need]:
    """What must be told for any of the rows; with a form, what it says and what it leaves out."""
    options: dict[str, dict[str, str]] = {}
    for kind in dict.fromkeys(kind for kind, _ in rows):
        for name in batches.needs(kind, action):
            options.setdefault(name, {}).update(batches.choices(page.db, kind, name, page.now))
    return [_need(page, name, _worded(page, name, found), form) for name, found in options.items()]


def _worded(page: Page, need: str, options: Mapping[str, str]) -> Sequence[tuple[str, str]]:
    """Options in the language of the page: those that the platform has words for, names as they are."""
    kind = {"reason_code": "ground", "outcome": "conflict.outcome"}.get(need)
    return [(code, phrases.or_else(page.words, f"{kind}.{code}", text)) for code, text in options.items()]


def _need(page: Page, name: str, options: Sequence[tuple[str, str]], form: FormData | None) -> Need:
    if form is None:
        return Need(name, options, "365" if name == "days" else "")
    value = text_of(form, name, 500)
    is_wrong = not value or (name == "days" and not (value.isdecimal() and len(value) < 6))
    return Need(name, options, value, page.words("batch.must") if is_wrong else "")


def _value(need: Need) -> str | int:
    return int(need.value) if need.name == "days" else need.value


def _act(page: Page, action: str, rows: Sequence[Row], values: Mapping[str, Any] | None) -> list[Line]:
    """The lines of all rows; tried without keeping anything when there are no values."""
    by_kind: dict[str, list[str]] = {}
    for kind, row in rows:
        by_kind.setdefault(kind, []).append(row)
    done: dict[Row, Line] = {}
    for kind, ids in by_kind.items():
        lines = _of_kind(page, kind, action, ids, values)
        done |= {(kind, row): line for row, line in zip(dict.fromkeys(ids), lines, strict=True)}
    return [done[each] for each in rows]


def _of_kind(page: Page, kind: str, action: str, ids: list[str], values: Mapping[str, Any] | None) -> list[Line]:
    if (kind, action) not in ACTIONS:
        problem = page.words("batch.not_for_kind", kind=page.words.known(f"todo.{kind}", kind))
        return [Line(f"{kind}:{row}", row, "invalid", problem) for row in ids]
    results = batches.batch(
        page.db,
        page.official,
        kind,
        action,
        ids,
        now=page.now,
        zone=page.house.settings.zone,
        mask_key_id=page.house.keys.current(Purpose.MASK).id,
        checks=page.house.checks,
        values=batches.trial(page.db, kind, action, page.now) if values is None else values,
        preview=values is None,
    )
    return [_line(page, kind, result) for result in results]


def _line(page: Page, kind: str, result: batches.RowResult) -> Line:
    """A row that is not the caller's to see keeps its id for a name."""
    if result.code in _HIDDEN_FROM:
        return Line(f"{kind}:{result.id}", result.id, result.code, result.message, result.remedy)
    title = batch_names.name(page.db, kind, result.id.partition("@")[0])
    return Line(
        f"{kind}:{batches.as_seen(page.db, kind, result.id)}", title, result.code, result.message, result.remedy
    )
