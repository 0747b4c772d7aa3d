"""Words as people type them: one form for comparing, and how Chinese is spelled in pinyin."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

_HAN = "\u3400-\u9fff\uf900-\ufaff"
_RUN = re.compile(f"[{_HAN}]")
_RUNS = re.compile(f"[{_HAN}]+|[^{_HAN}]+")


def fold(text: str) -> str:
    """The form in which texts are compared: compatibility forms and letter case made one, no blanks, no control marks."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return unicodedata.normalize("NFKC", "".join(c for c in plain if not _is_blank(c)))


def _is_blank(letter: str) -> bool:
    return letter.isspace() or unicodedata.category(letter) in ("Cc", "Cs")


@lru_cache(maxsize=50_000)
def pinyin(text: str) -> tuple[str, str]:
    """Initials and full spelling of a folded text: 人口基本信息 is rkjbxx and renkoujibenxinxi; other letters stay."""
    from pypinyin import lazy_pinyin  # its dictionary takes a while to load, and most commands search for nothing

    initials: list[str] = []
    spelled: list[str] = []
    for part in _RUNS.findall(text):
        readings = lazy_pinyin(part, errors=_as_it_is) if _RUN.match(part) else [part]
        initials += [r[0] if r.isascii() else r for r in readings] if _RUN.match(part) else readings
        spelled += readings
    return "".join(initials), "".join(spelled)


def _as_it_is(unread: str) -> str:
    """A character without a reading stands for itself."""
    return unread
