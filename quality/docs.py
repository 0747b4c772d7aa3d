"""Where Great Expectations' Data Docs lie within a home; for who names their pages without building them."""

from __future__ import annotations

from pathlib import Path

_SITE = Path("gx/uncommitted/data_docs/local_site")
FIRST_PAGE = _SITE / "index.html"


def page_of(suite: str) -> Path:
    """The page on a suite of rules."""
    return _SITE / "expectations" / f"{suite}.html"
