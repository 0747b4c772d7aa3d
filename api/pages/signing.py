"""The sign-in pages in the frame of all others."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from api.pages.page import any_page


class Templates:
    """Renders as Starlette's templates do, with what the frame needs added."""

    def TemplateResponse(
        self,
        request: Request,
        name: str,
        facts: Mapping[str, Any],
        status_code: int = 200,
        headers: Mapping[str, str] | None = None,
    ) -> Response:
        house = request.app.state.exchange
        with house.transaction() as db:
            page = any_page(request, db)
            response = page.render(name, status_code, **{**facts, "lang": page.lang})
        response.headers.update(headers or {})
        return response
