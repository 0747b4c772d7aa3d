"""Which resources a base asks for an attribute of its golden records, and in which order."""

from __future__ import annotations

from functools import cache

from basedb import spec
from sample.resources import RESOURCES


@cache
def places(base: str, table: str, attribute: str) -> dict[str, int] | None:
    """The place of each resource that is asked, the most trusted first; None where the base ranks nobody."""
    ranking = spec.base(base).spec.AUTHORITY.get(f"{table}.{attribute}")
    if ranking is None:
        return None
    roles = {resource.slug: resource.role.split("、") for resource in RESOURCES}
    wanted = {f"{base}.{role}": place for place, role in enumerate(ranking)}
    asked = {slug: [wanted[role] for role in filled if role in wanted] for slug, filled in roles.items()}
    return {slug: min(found) for slug, found in asked.items() if found}
