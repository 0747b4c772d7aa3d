"""Whether two numbers are one person's: the proposals of the base, both sides of one, the authority's decision."""

from __future__ import annotations

from fastapi import APIRouter
from starlette.responses import Response

from api import doubles
from api.pages.grid import Column
from api.pages.page import Form, OwnPage, Page, text_of
from catalog import identities
from catalog.errors import Conflict, Invalid, NotFound, PlatformError
from catalog.register import whole
from catalog.roles import Action, require_any

router = APIRouter(tags=["pages"], include_in_schema=False)

WORDS = ("reason", "evidence")


@router.get("/doubles")
def queue(page: OwnPage) -> Response:
    """The proposals that wait for a decision, without any value of a person."""
    require_any(page.official, Action.DECIDE_IDENTITY)
    found = doubles.waiting(page.house, page.db, page.today)
    return page.table("doubles.html", page.grid("double.list", _columns(page), found), most=doubles.SHOWN)


def _columns(page: Page) -> list[Column]:
    def agreeing(found: doubles.Proposal) -> str:
        return page.words("list.comma").join(page.words(f"linkage.of.{each}") for each in found.agrees)

    return [
        Column("key", "double.one", lambda p: p.key, "code", link=lambda p: f"/doubles/{p.key}"),
        Column("agrees", "double.agrees", agreeing),
    ]


@router.get("/doubles/{proposal}")
def proposal(proposal: str, page: OwnPage) -> Response:
    """Both records of a proposal side by side; whoever looks leaves a receipt."""
    require_any(page.official, Action.DECIDE_IDENTITY)
    return _shown(page, proposal, dict.fromkeys(("answer", *WORDS), ""))


def _shown(page: Page, key: str, sent: dict[str, str], fault: PlatformError | None = None) -> Response:
    case = doubles.case(page.house, page.db, page.official, key)
    return page.render("double.html", 400 if fault else 200, case=case, sent=sent, fault=fault)


@router.post("/doubles/{proposal}")
def decide(proposal: str, page: OwnPage, form: Form) -> Response:
    """Merge the two or keep them apart; or the page again with what was wrong."""
    require_any(page.official, Action.DECIDE_IDENTITY)
    sent = {"answer": text_of(form, "answer", 40)} | {name: text_of(form, name, identities.MOST) for name in WORDS}
    try:
        with whole(page.db):
            made = doubles.decide(page.house, page.db, page.official, proposal, **sent)
    except (Invalid, NotFound, Conflict) as error:
        return _shown(page, proposal, sent, error)
    done = "identity_merged" if made.is_same else "identity_apart"
    return page.onward(f"/identities/{made.id}", done=done)
