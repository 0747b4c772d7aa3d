"""Names and texts of a specification written safely into SQL."""

from __future__ import annotations

from collections.abc import Iterable


def quoted(name: str) -> str:
    """A name as a DuckDB identifier."""
    return '"' + name.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A text as a DuckDB string literal, where the statement takes no parameter."""
    return "'" + text.replace("'", "''") + "'"


def literals(texts: Iterable[str]) -> str:
    """A bracketed list of string literals."""
    return "(" + ", ".join(literal(t) for t in texts) + ")"


BLANKS = " \t\r\n\u3000\u00a0\ufeff"


def trimmed(text: str) -> str:
    """The text without blanks at its ends, half or full width; NULL when nothing is left."""
    # Looking at both ends first costs an eighth of trimming every value.
    ends = [f"suffix({text}, '{blank}')" for blank in BLANKS]
    wide = [f"prefix({text}, '{blank}')" for blank in BLANKS if blank > " "]
    has_blank = " or ".join([f"{text} < '!'", *ends, *wide])
    return f"case when {has_blank} then nullif(trim({text}, '{BLANKS}'), '') else {text} end"
