"""Whose things a caller may list."""

from __future__ import annotations

from catalog.roles import Action, Caller, may, require


def sharing_scope(caller: Caller) -> str | None:
    """None for those who may read everyone's requests and grants, else the caller's own department."""
    if may(caller, Action.READ_SHARING, ""):
        return None
    require(caller, Action.READ_SHARING)
    return caller.department_id
