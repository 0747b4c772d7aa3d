"""Several key items as one text that no other items make; written as SQL, for checks and builds alike.

Items are joined by a bar. A bar within an item gets a blank behind it: no item begins with a blank or is empty, for
texts are trimmed before, and so a bar without a blank behind it parts two items. Items without a bar stay as they are.
"""

from __future__ import annotations

from collections.abc import Sequence

BETWEEN = " || '|' || "


def joined(items: Sequence[str]) -> str:
    """The SQL of a key from the SQL of its items, texts that are trimmed; NULL when one is, one item as it is."""
    return items[0] if len(items) == 1 else BETWEEN.join(part(item) for item in items)


def part(item: str) -> str:
    """The SQL of an item as it stands in a key of several; a plain `replace` would copy every text."""
    return f"(case when contains({item}, '|') then replace({item}, '|', '| ') else {item} end)"
