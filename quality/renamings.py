"""Which column may be which item under another name: by likeness of the names and by the columns beside it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher

from catalog.vocab import TableSpec

LIKELY = 0.5  # of likeness from 0 to 1; a column that stands in the item's own place needs none


def canonical(name: object) -> str:
    """A column name without blanks, marks of obligation and differences of width or case."""
    text = unicodedata.normalize("NFKC", str(name or "")).casefold()
    return "".join(text.split()).strip("*\ufeff\"'").removesuffix("(必填)")


def renamings(
    spec: TableSpec, absent: Sequence[str], columns: Mapping[str, int], extra: Mapping[int, str]
) -> dict[str, int]:
    """For each absent item the place of the column that it probably is; every column is at most one item.

    columns: item -> place of those that were found. extra: place -> name of the columns of no item.
    """
    scored = sorted(
        ((_score(spec, item, place, name, columns), item, place) for item in absent for place, name in extra.items()),
        key=lambda each: (-each[0], each[1], each[2]),
    )
    guesses: dict[str, int] = {}
    for score, item, place in scored:
        if score >= LIKELY and item not in guesses and place not in guesses.values():
            guesses[item] = place
    return guesses


def _score(spec: TableSpec, item: str, place: int, name: str, columns: Mapping[str, int]) -> float:
    column = spec.column(item)
    alike = max(_likeness(canonical(name), canonical(known)) for known in (column.title, column.name))
    return (1 + alike) / 2 if _is_own_place(spec, item, place, columns) else alike


def _likeness(one: str, other: str) -> float:
    if min(len(one), len(other)) > 1 and (one in other or other in one):
        return 0.8
    return SequenceMatcher(None, one, other).ratio()


def _is_own_place(spec: TableSpec, item: str, place: int, columns: Mapping[str, int]) -> bool:
    """Whether the column stands between the two items that the catalog has beside this one."""
    at = spec.names.index(item)
    before = columns.get(spec.names[at - 1]) if at else -1
    after = columns.get(spec.names[at + 1]) if at + 1 < len(spec.names) else place + 1
    return before == place - 1 and after == place + 1
