"""Whose a statement without an identifier is: the queue, both sides of one statement, the reviewer's answer."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api import linking
from api.pages.grid import Column
from api.pages.page import Form, OwnPage, Page, text_of
from catalog import resources
from catalog.errors import Conflict, Invalid, PlatformError
from catalog.register import whole
from catalog.roles import Action, require_any

router = APIRouter(tags=["pages"], include_in_schema=False)


@router.get("/linkage")
def queue(page: OwnPage) -> Response:
    """The statements that wait for a reviewer, without any value of a person."""
    require_any(page.official, Action.DECIDE_IDENTITY)
    found = linking.waiting(page.house, page.db, page.today)
    names = resources.names(page.db, {each.source for each in found})
    return page.table("linkage.html", page.grid("linkage.list", _columns(page, names), found), most=linking.SHOWN)


def _columns(page: Page, names: dict[str, str]) -> list[Column]:
    return [
        Column(
            "key", "linkage.statement", lambda w: w.statement_key, "code", link=lambda w: f"/linkage/{w.statement_key}"
        ),
        Column("source", "resource.name", lambda w: names.get(w.source, w.source), is_filter=True),
        Column("chance", "linkage.chance", lambda w: f"{100 * w.chance:.1f}%"),
        Column("agrees", "linkage.agrees", lambda w: _agreeing(page, w.levels)),
        Column("unsure", "linkage.unsure", lambda w: page.words("yes") if w.is_unsure else ""),
    ]


def _agreeing(page: Page, levels: dict[str, int]) -> str:
    said = [each for each, level in levels.items() if level >= linking.EVIDENCE[each][1]]
    return page.words("list.comma").join(page.words(f"linkage.of.{each}") for each in said)


@router.get("/linkage/{statement_key}")
def statement(statement_key: str, page: OwnPage) -> Response:
    """One statement beside the persons it may speak of; whoever looks leaves a receipt."""
    require_any(page.official, Action.DECIDE_IDENTITY)
    return _shown(page, statement_key)


def _shown(
    page: Page, statement_key: str, sent: dict[str, str] | None = None, fault: PlatformError | None = None
) -> Response:
    case = linking.case(page.house, page.db, page.official, statement_key)
    return page.render(
        "linkage_case.html",
        400 if fault else 200,
        case=case,
        source=resources.names(page.db, {case.source}).get(case.source, case.source),
        tops={each: top for each, (top, _) in linking.EVIDENCE.items()},
        sent=sent or {"answer": "", "reason": ""},
        fault=fault,
    )


@router.post("/linkage/{statement_key}")
def decide(statement_key: str, page: OwnPage, form: Form) -> Response:
    """Keep the answer; or the page again with what was wrong."""
    require_any(page.official, Action.DECIDE_IDENTITY)
    sent = {"answer": text_of(form, "answer", 40), "reason": text_of(form, "reason", 1000)}
    try:
        with whole(page.db):
            seen = text_of(form, "seen", 10) or "0"
            linking.decide(page.house, page.db, page.official, statement_key, **sent, seen=seen)
    except (Conflict, Invalid) as error:
        return _shown(page, statement_key, sent, error)
    return page.onward("/linkage", done="linkage_unsure" if sent["answer"] == linking.UNSURE else "linkage_decided")
