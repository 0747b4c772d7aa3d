"""Who is the same: the authority merges two identifiers of one thing, and splits what was merged wrongly."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api import identifying
from api.pages.grid import Column
from api.pages.page import Form, OwnPage, Page, text_of
from catalog import identities
from catalog.errors import Conflict, Invalid, NotFound, PlatformError
from catalog.register import whole
from catalog.roles import Action, require_any

router = APIRouter(tags=["pages"], include_in_schema=False)

WORDS = ("reason", "evidence")


@router.get("/identities")
def decisions(page: OwnPage) -> Response:
    """What was decided, the newest first, and the form to merge."""
    require_any(page.official, Action.DECIDE_IDENTITY)
    return _show(page, {})


def _show(page: Page, sent: dict[str, str], fault: PlatformError | None = None) -> Response:
    grid = page.cut("identity.list", _columns(page), identities.listing())
    if page.query.get("format") == "xlsx":
        return page.export(grid)
    facts = {"grid": grid, "sent": sent, "fault": fault, "kinds": list(identities.KINDS)}
    return page.render("identities.html", 400 if fault else 200, **facts)


def _columns(page: Page) -> list[Column]:
    def kind(value: str) -> str:
        return page.words(f"identity.kind.{value}")

    return [
        Column("id", "identity.id", lambda d: d.id, link=lambda d: f"/identities/{d.id}"),
        Column("kind", "identity.kind", lambda d: kind(d.kind), is_filter=True, choice=kind),
        Column("same", "identity.what", lambda d: page.words("identity.same" if d.is_same else "identity.split")),
        Column("kept", "identity.kept_key", lambda d: d.kept_key, "code", is_sortable=False),
        Column("other", "identity.other_key", lambda d: d.other_key, "code", is_sortable=False),
        Column("at", "read.at", lambda d: d.at, "moment"),
        Column("by", "log.by", lambda d: page.actor(d.by)),
    ]


@router.post("/identities")
def merge(page: OwnPage, form: Form) -> Response:
    """Merge; or the form again with what was wrong. The identifiers travel in the form and never in an address."""
    require_any(page.official, Action.DECIDE_IDENTITY)
    sent = {name: text_of(form, name, 40) for name in ("kind", "kept", "other")}
    sent |= {name: text_of(form, name, identities.MOST) for name in WORDS}
    try:
        with whole(page.db):
            made = identifying.merge(page.house, page.db, page.official, **sent)
    except (Invalid, NotFound, Conflict) as error:
        return _show(page, sent, error)
    return page.onward(f"/identities/{made.id}", done="identity_merged")


@router.get("/identities/{decision_id}")
def decision(decision_id: int, page: OwnPage) -> Response:
    """One decision with its grounds, and the form to take a merge back."""
    require_any(page.official, Action.DECIDE_IDENTITY)
    return _shown(page, decision_id)


def _shown(
    page: Page, decision_id: int, sent: dict[str, str] | None = None, fault: PlatformError | None = None
) -> Response:
    found = identities.get(page.db, decision_id)
    return page.render(
        "identity.html",
        400 if fault else 200,
        found=found,
        pair=identities.unsealed(page.house.keys, found),
        is_in_force=identities.is_in_force(page.db, page.house.keys, found),
        sent=sent or {},
        fault=fault,
    )


@router.post("/identities/{decision_id}/split")
def split(decision_id: int, page: OwnPage, form: Form) -> Response:
    """Take a wrong merge back."""
    require_any(page.official, Action.DECIDE_IDENTITY)
    found = identities.get(page.db, decision_id)
    sent = {name: text_of(form, name, identities.MOST) for name in WORDS}
    try:
        with whole(page.db):
            made = identifying.split(page.house, page.db, page.official, found, **sent)
    except (Invalid, Conflict) as error:
        return _shown(page, decision_id, sent, error)
    return page.onward(f"/identities/{made.id}", done="identity_split")
