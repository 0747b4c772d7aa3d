"""Who may call the routes on who is the same, and a fresh merge to take back."""

from __future__ import annotations

import secrets
from typing import Any

from catalog import departments, identities
from catalog.errors import Conflict
from catalog.identities import Named
from catalog.roles import Action
from tests.api.conftest import City

IDENTITY_ROUTES: dict[tuple[str, str], tuple[Action, str]] = {
    ("GET", "/v1/identities"): (Action.DECIDE_IDENTITY, "nobody"),
    ("POST", "/v1/identities"): (Action.DECIDE_IDENTITY, "nobody"),
    ("POST", "/v1/identities/{decision_id}/split"): (Action.DECIDE_IDENTITY, "nobody"),
}
_WORDS = {"reason": "补领证件", "evidence": "证明"}
# merged already, so that who may is told so: this small city has no base to look them up in
_PAIR = {"kept": "00000019000101001X", "other": "000000198001010014"}
IDENTITY_BODIES: dict[str, dict[str, Any]] = {
    "/identities": {"json": {"kind": "person", **_PAIR, **_WORDS}},
    "/split": {"json": _WORDS},
}


def merged(city: City, kept: str, other: str) -> str:
    """The id of a merge."""
    with city.transaction() as db:
        who = {"department_id": departments.authority(db).id, "by": "test", "now": city.clock()}
        pair = Named(kept, "0" * 20), Named(other, "1" * 20)
        return str(identities.merge(db, city.house.keys, "person", *pair, **_WORDS, **who).id)


def prepare_identity(city: City, template: str) -> dict[str, str]:
    """Fresh things in the state that the template's call needs."""
    if template == "/v1/identities":
        try:
            merged(city, *_PAIR.values())
        except Conflict:
            return {}
    return {"decision_id": merged(city, *_two())} if "{decision_id}" in template else {}


def _two() -> tuple[str, str]:
    return f"A{secrets.token_hex(8)}", f"B{secrets.token_hex(8)}"
