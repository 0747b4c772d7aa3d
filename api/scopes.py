"""Whose things a caller may list and find."""

from __future__ import annotations

from catalog.roles import Action, Caller, may, require
from catalog.search import Viewer


def sharing_scope(caller: Caller) -> str | None:
    """None for those who may read everyone's requests and grants, else the caller's own department."""
    if may(caller, Action.READ_SHARING, ""):
        return None
    require(caller, Action.READ_SHARING)
    return caller.department_id


def search_scope(caller: Caller | None) -> Viewer:
    """What a search shows: what is published, besides one's department's in every state, or everybody's."""
    if caller is None:
        return Viewer()
    own = caller.department_id if may(caller, Action.READ_DRAFTS) else ""
    return Viewer(own, sees_all=may(caller, Action.READ_DRAFTS, ""))
