"""Lists in pages: how many rows, from which on, and the address of the following page."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, TypeVar
from urllib.parse import urlencode

from fastapi import Query, Request, Response

Row = TypeVar("Row")
Limit = Annotated[int, Query(ge=1, le=500, description="how many at most")]
Offset = Annotated[int, Query(ge=0, le=1_000_000, description="how many to leave out first")]

# for the OpenAPI document of every list that is read in pages
PAGED: dict[int | str, dict[str, Any]] = {
    200: {
        "headers": {
            "Link": {
                "description": '`<address>; rel="next"`: the following page; left out on the last one',
                "schema": {"type": "string"},
            }
        }
    }
}


def page(request: Request, response: Response, found: Sequence[Row], limit: int, offset: int) -> Sequence[Row]:
    """The rows of one page; a `Link` names the following one. found: from the offset on, one more than the limit."""
    if len(found) > limit:
        more = urlencode({**request.query_params, "limit": limit, "offset": offset + limit})
        response.headers["Link"] = f'<{request.url.path}?{more}>; rel="next"'
    return found[:limit]
