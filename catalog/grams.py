"""Where a word stands among many short texts: an index of every two neighbouring letters, in memory.

Chinese has no blanks between words and its words are mostly two characters long, which engines that index three
letters cannot find. Measured with 100,000 resources: see docs/decisions/0004.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int32]
Flags = NDArray[np.bool_]
_END = 10


@dataclass(frozen=True, slots=True)
class Hits:
    """The numbers of the texts that hold a word, one for each place; whether it stands at the start, or is all."""

    texts: Numbers
    at_start: Flags
    is_whole: Flags


_NOWHERE = Hits(np.zeros(0, np.int32), np.zeros(0, np.bool_), np.zeros(0, np.bool_))


class Grams:
    """The texts' positions sorted by the two UTF-16 units that stand there; no text may hold a line end."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._units = _units("".join(f"{text}\n" for text in texts))
        ends = np.flatnonzero(self._units == _END)
        self._starts = np.concatenate(([0], ends[:-1] + 1)).astype(np.int32)[: len(ends)]
        self._lengths = (ends - self._starts).astype(np.int32)
        self._owners = np.repeat(np.arange(len(ends), dtype=np.int32), self._lengths + 1)
        self._codes, self._places = _sorted(self._units)

    def find(self, word: str) -> Hits:
        """Every place of a word of one letter or more."""
        wanted = _units(word)
        places = self._places_of(wanted)
        if not len(places):
            return _NOWHERE
        texts = self._owners[places]
        at_start = places == self._starts[texts]
        return Hits(texts, at_start, at_start & (self._lengths[texts] == len(wanted)))

    def texts_with(self, word: str) -> Numbers:
        """The numbers of the texts that hold a word, one for each place."""
        return self._owners[self._places_of(_units(word))]

    def _places_of(self, wanted: NDArray[np.uint16]) -> Numbers:
        """The rarest pair of the word is looked up, the other letters are compared in place."""
        first, last = self._range(wanted)
        anchor = int(np.argmin(last - first))
        places = self._places[first[anchor] : last[anchor]] - anchor
        if not len(places):
            return places
        places = places[places >= 0]
        for offset, unit in enumerate(wanted):
            if offset not in (anchor, anchor + 1):
                places = places[self._units[places + offset] == unit]
        return places

    def _range(self, wanted: NDArray[np.uint16]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Where each pair of the word begins and ends among the sorted codes; one letter is a range of pairs."""
        units = wanted.astype(np.uint32)
        low = (units[:-1] << 16) | units[1:] if len(units) > 1 else units << 16
        high = low + 1 if len(units) > 1 else low + 0x10000
        return np.searchsorted(self._codes, low), np.searchsorted(self._codes, high)


def _units(text: str) -> NDArray[np.uint16]:
    return np.frombuffer(text.encode("utf-16-le"), dtype=np.uint16)


def _sorted(units: NDArray[np.uint16]) -> tuple[NDArray[np.uint32], Numbers]:
    """The codes of all pairs in order, and where each stands; sorted as one number each, which is fastest."""
    wide = units.astype(np.uint64)
    following = np.append(wide[1:], np.uint64(0)) if len(wide) else wide
    packed = (wide << np.uint64(48)) | (following << np.uint64(32)) | np.arange(len(wide), dtype=np.uint64)
    packed.sort()
    return (packed >> np.uint64(32)).astype(np.uint32), (packed & np.uint64(0xFFFFFFFF)).astype(np.int32)
