"""Great Expectations' Data Docs for stewards: suites and kept results, counts alone, as the nightly job drew them."""

from __future__ import annotations

from pathlib import Path

from fastapi import APIRouter
from starlette.responses import FileResponse, Response

from api.pages.page import OwnPage
from catalog.errors import NotFound
from catalog.roles import Action, require_any

router = APIRouter(tags=["pages"], include_in_schema=False)
# the pages carry their own styles; their scripts only fold and search, and do not run here
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline' 'self'; img-src 'self' data:; font-src 'self' data:; "
    "base-uri 'none'; frame-ancestors 'none'"
)
FIRST = "index.html"


@router.get("/rule-docs/{path:path}")
def rule_docs(page: OwnPage, path: str) -> Response:
    """One file of the site."""
    require_any(page.official, Action.CONFIRM_DELIVERY)
    site = page.house.store.rule_docs.resolve()
    found = (site / (path or FIRST)).resolve()
    if not found.is_relative_to(site) or not found.is_file():
        raise _absent(found, site)
    return FileResponse(found, headers={"content-security-policy": POLICY})


def _absent(found: Path, site: Path) -> NotFound:
    if not site.exists():
        return NotFound("规则说明还没有生成", remedy="由每日任务生成，或运行 sixbase quality docs")
    return NotFound("规则说明中没有这一页", remedy="从规则说明首页进入")
