"""Every rule of the platform is planted in the sample city, or stands here with the reason why it cannot be."""

from __future__ import annotations

import re
from pathlib import Path

from pipelines import conflicts
from quality.suites import release
from sample.trouble import KINDS

ROOT = Path(__file__).parents[2]
# code: why no department of a sample city can break it
EXEMPT = {
    "CHECK_FAILED": "a fault of the platform, not of a delivery",
    "FILE_TOO_LARGE": "asks for more memory than a sample may; tests/quality/test_large.py sends such a file",
    "LICENCE_CONFLICT": "no register of licences of the sample is kept by two departments; tests/basedb/test_conflicts.py",
    "ADDRESS_CONFLICT": "no address of the sample has two registers; tests/basedb/test_conflicts.py",
    **dict.fromkeys(
        ("GEOMETRY_UNREADABLE", "GEOMETRY_CROSSING"),
        "the sample's coordinates are held against its few outlines; tests/quality/test_library.py",
    ),
    "LINK_WRONG": "entered by the person who sees it",
    "MERGE_WRONG": "entered by the person who sees it",
    "CHOICE_WRONG": "entered by the person who sees it",
    **dict.fromkeys(release.RULES, "of a build: a candidate that breaks it is never published"),
}
NAMED = re.compile(r'"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|REQUIRED|PATTERN)"')
NO_RULES = {"GX_ANALYTICS_ENABLED"}


def codes() -> set[str]:
    """Every code that checks and builds name, and every one that has its words."""
    files = [*(ROOT / "quality").rglob("*.py"), *(ROOT / "catalog").glob("lateness.py")]
    named = {code for path in files for code in NAMED.findall(path.read_text("utf-8"))}
    texts = (ROOT / "api" / "texts.csv").read_text("utf-8")
    return (named | set(conflicts.RULES) | set(re.findall(r"^rule\.(\w+),", texts, re.MULTILINE))) - NO_RULES


def test_every_rule_is_planted_or_exempt_with_a_reason() -> None:
    planted = {kind.rule for kind in KINDS.values()} - {None}
    known = codes()
    assert len(known) > 70
    assert known - planted - set(EXEMPT) == set()
    assert planted & set(EXEMPT) == set()
    assert set(EXEMPT) - known == set()
