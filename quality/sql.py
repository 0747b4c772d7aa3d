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


def trimmed(expression: str) -> str:
    """The text without blanks at its ends, half or full width; NULL when nothing is left."""
    return f"nullif(trim({expression}, ' \t\r\n\u3000\u00a0\ufeff'), '')"
