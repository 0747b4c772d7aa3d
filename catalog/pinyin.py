"""Slugs and names of places out of Chinese names."""

from __future__ import annotations

import re
from functools import cache

_OTHER = re.compile(r"[^a-z0-9]+")
_LIMIT = 60
# kinds of places, with the most characters that a name of the official list has
_PLACES = {"区": "District", "县": "County", "市": "City", "旗": "Banner"}
_LONGEST = 4


def slug_of(name: str, prefix: str, taken: set[str]) -> str:
    """A slug that reads like the name, not yet taken; "" when nothing of the name can be written so.

    prefix: put before it with an underscore. Equal names give equal slugs.
    """
    from pypinyin import lazy_pinyin  # its dictionary takes a while to load

    syllables = [_OTHER.sub("_", part.lower()).strip("_") for part in lazy_pinyin(name)]
    text = "_".join(part for part in syllables if part)
    stem = f"{prefix}_{text}" if prefix and text else text
    if stem and not stem[0].isalpha():
        stem = f"x_{stem}"
    stem = _cut(stem)
    slug, number = stem, 1
    while slug and slug in taken:
        number += 1
        slug = f"{stem}_{number}"
    return slug


@cache
def place(name: str) -> str:
    """A county or city as it is written in Latin letters (新荣区: Xinrong District); other names stay as they are."""
    from pypinyin import lazy_pinyin

    kind = _PLACES.get(name[-1:])
    if kind is None or len(name) > _LONGEST:
        return name
    return f"{''.join(lazy_pinyin(name[:-1])).capitalize()} {kind}"


def _cut(text: str) -> str:
    """At most so many characters, whole syllables where that is possible."""
    if len(text) <= _LIMIT:
        return text
    return text[:_LIMIT].rpartition("_")[0] or text[:_LIMIT]
