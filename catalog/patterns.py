"""Patterns (格式规则) as the engine of the checks reads them: RE2 inside DuckDB, not Python's expressions.

What departments bring from other systems is often written with \\uXXXX, which RE2 writes as \\x{XXXX}.
"""

from __future__ import annotations

import re
from functools import lru_cache

import duckdb

# an escaped backslash stands for itself, whatever follows it
_ESCAPED = re.compile(r"\\\\|\\u([0-9A-Fa-f]{4})")


def of_engine(pattern: str) -> str:
    """The pattern in the words of RE2."""
    return _ESCAPED.sub(lambda found: rf"\x{{{found[1]}}}" if found[1] else found[0], pattern)


@lru_cache(4096)
def is_usable(pattern: str) -> bool:
    """Whether DuckDB itself can match by the pattern."""
    with duckdb.connect(config={"threads": 1}) as engine:
        try:
            engine.execute("select regexp_full_match('', ?)", [of_engine(pattern)])
        except duckdb.Error:
            return False
    return True
