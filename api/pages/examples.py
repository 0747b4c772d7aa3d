"""Calls to paste: how a department's program reads what a grant opens."""

from __future__ import annotations

from dataclasses import dataclass

from catalog.grants import BULK, LOOKUP
from catalog.models import Resource


@dataclass(frozen=True, slots=True)
class Example:
    """title: key of its text; text: what to paste into a shell."""

    title: str
    text: str


def calls(base: str, resource: Resource, grant: str = "", modes: tuple[str, ...] = (LOOKUP, BULK)) -> list[Example]:
    """Sign in, then read as the modes of a grant allow. base: address of the exchange without a slash at its end."""
    found = [Example("call.token", _token(base))]
    data, named = f"{base}/v1/data/{resource.slug}", f"grant={grant}" if grant else ""
    bearer = 'curl -s -H "Authorization: Bearer $TOKEN"'
    if LOOKUP in modes:
        found.append(Example("call.page", f'{bearer} "{data}/records?limit=10{"&" + named if named else ""}"'))
        then = f"as_of=2026-01-31&limit=10{'&' + named if named else ''}"
        found.append(Example("call.as_of", f'{bearer} "{data}/records?{then}"'))
        asked = _asked(resource)
        if asked:
            query = f"?{named}" if named else ""
            body = f"-H 'Content-Type: application/json' -d '{asked}'"
            found.append(Example("call.lookup", f'{bearer} \\\n  {body} \\\n  "{data}/lookup{query}"'))
    if BULK in modes:
        query = f"?{named}" if named else ""
        found.append(Example("call.extract", f'{bearer} -o {resource.slug}.parquet "{data}/extract.parquet{query}"'))
    return found


def _token(base: str) -> str:
    pick = "python3 -c 'import json,sys; print(json.load(sys.stdin)[\"access_token\"])'"
    return (
        f'TOKEN=$(curl -s -u "$CLIENT_ID:$CLIENT_SECRET" -d grant_type=client_credentials \\\n'
        f"  {base}/oauth/token | {pick})"
    )


def _asked(resource: Resource) -> str:
    """The body of a look-up by what the resource may be asked for; never a real value."""
    items = [item for item in resource.items if item.is_lookup]
    if any(item.identifier for item in items):
        return '{"identifier": "…"}'
    return f'{{"column": "{items[0].name}", "value": "…"}}' if items else ""
