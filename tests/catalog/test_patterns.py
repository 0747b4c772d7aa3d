"""Patterns as the engine of the checks reads them."""

from __future__ import annotations

import duckdb
import pytest

from catalog.patterns import is_usable, of_engine


@pytest.mark.parametrize(
    ("pattern", "value", "fits"),
    [
        (r"[\u4e00-\u9fa5]{2,4}", "张三", True),
        (r"[\u4E00-\u9FA5]{2,4}", "Zhang", False),
        (r"[一-龥]{2,4}", "张三", True),
        (r"\\u4e00", r"\u4e00", True),
        (r"\d{4}-\d{2}", "2026-11", True),
    ],
)
def test_a_pattern_matches_in_the_engine_what_its_writer_meant(pattern: str, value: str, fits: bool) -> None:
    assert is_usable(pattern)
    row = duckdb.execute("select regexp_full_match(?, ?)", [value, of_engine(pattern)]).fetchone()
    assert row == (fits,)


@pytest.mark.parametrize("pattern", ["(", r"x\Z", "(?!0)x", r"(\d)\1", "x{1,2000}", "(?<=x)y"])
def test_what_the_engine_cannot_read_is_no_usable_pattern(pattern: str) -> None:
    assert not is_usable(pattern)
