"""Names and values inside SQL text, for statements that take no parameters."""

from __future__ import annotations


def name(identifier: str) -> str:
    """A quoted identifier; any text is safe."""
    return '"' + identifier.replace('"', '""') + '"'


def literal(text: str) -> str:
    """A quoted text literal; any text is safe."""
    return "'" + text.replace("'", "''") + "'"


def names(identifiers: tuple[str, ...] | list[str]) -> str:
    """Quoted identifiers parted by commas."""
    return ", ".join(name(each) for each in identifiers)
