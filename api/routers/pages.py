"""Pages for people without a sign-in: what there is, and how to call it."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from fastapi import APIRouter, Request
from fastapi.templating import Jinja2Templates
from starlette.responses import Response

from api import overview
from api.deps import House
from api.finding import in_turn

router = APIRouter(tags=["pages"], include_in_schema=False)
_templates = Jinja2Templates(Path(__file__).parents[1] / "templates")

Language = Literal["zh", "en"]


@router.get("/")
async def home(request: Request, house: House, lang: Language = "zh") -> Response:
    """The six bases and the first published resources."""
    facts = await in_turn(lambda: overview.home(house))
    return _templates.TemplateResponse(request, "home.html", {"lang": lang, **facts})


@router.get("/docs")
def documents(request: Request, lang: Language = "zh") -> Response:
    """The calls, out of the OpenAPI document."""
    calls = overview.calls(request.app.openapi())
    return _templates.TemplateResponse(request, "docs.html", {"lang": lang, "calls": calls})
