"""What a masked value looks like: the same from Python (look-ups) and from DuckDB (extracts).

- plain: the value.
- partial: text of n characters keeps its first third (at least one character of two or more);
  text of Latin letters and digits only (identifiers, phone numbers) also keeps its last two
  ninths; every other character becomes `*`. 18 digits show 6 and 4, 11 digits 3 and 2, a name of
  two or three characters its first.
- hash: HMAC-SHA256 of the text form under the view's mask key, 64 hex digits. Equal values of
  one grant stay equal, so tables of the grant can be joined.
- year: the year of a date, a whole number.
- hidden: the column is not in the answer.
The text form of a value is what JSON shows: ISO dates, decimals with all their digits.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

from basedb.lookup import TIME_FORMAT, WHOLE, scale
from basedb.macros import HMAC
from basedb.quote import literal
from catalog.errors import Misconfigured
from catalog.vocab import Mask

Json = str | int | float | bool | None
DATES = ("DATE", "TIMESTAMP")
HASH_MACRO = "mask_hmac"


def type_of(mask: Mask, kind: str) -> str:
    """The DuckDB type of the masked column."""
    if mask is Mask.PLAIN:
        return kind
    return "INTEGER" if mask is Mask.YEAR else "VARCHAR"


def in_python(mask: Mask, kind: str, key: bytes) -> Callable[[Json], Json]:
    """A function from a JSON value of that DuckDB type to what the reader gets."""
    require(mask, kind)
    shown: dict[Mask, Callable[[Json], Json]] = {
        Mask.PLAIN: lambda value: value,
        Mask.PARTIAL: lambda value: partial(text_of(value)),
        Mask.HASH: lambda value: hmac.new(key, text_of(value).encode(), hashlib.sha256).hexdigest(),
        Mask.YEAR: lambda value: int(text_of(value)[:4]),
    }
    change = shown[mask]
    return lambda value: None if value is None else change(value)


def in_duckdb(mask: Mask, kind: str, column: str) -> str:
    """A DuckDB expression of a quoted column; hash needs macro variables of `mask_hmac` on the connection."""
    require(mask, kind)
    if mask is Mask.PLAIN:
        return column
    if mask is Mask.YEAR:
        return f"year({column})::integer"
    text = _text_in_duckdb(kind, column)
    return HMAC.format(key=HASH_MACRO, text=text) if mask is Mask.HASH else _partial_in_duckdb(text)


def require(mask: Mask, kind: str) -> None:
    """Raise Misconfigured when a mask has no meaning for a type: nothing is shown rather than guessed."""
    if (mask is Mask.YEAR and kind not in DATES) or (mask in (Mask.HASH, Mask.PARTIAL) and kind in ("DOUBLE", "FLOAT")):
        raise Misconfigured(f"{kind} 类型的列不能按“{mask.label}”脱敏", remedy="修改授权中的脱敏方式")


def text_of(value: Json) -> str:
    """The text form of a JSON value."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def partial(text: str) -> str:
    """A text with its middle or rest starred out."""
    n = len(text)
    head = max(1, n // 3) if n > 1 else 0
    tail = n * 2 // 9 if text.isascii() and text.isalnum() else 0
    return text[:head] + "*" * (n - head - tail) + text[n - tail :]


def _partial_in_duckdb(text: str) -> str:
    n = f"length({text})"
    head = f"(case when {n} > 1 then greatest(1, {n} // 3) else 0 end)"
    tail = f"(case when regexp_full_match({text}, '[0-9A-Za-z]+') then {n} * 2 // 9 else 0 end)"
    return f"(left({text}, {head}) || repeat('*', {n} - {head} - {tail}) || right({text}, {tail}))"


def _text_in_duckdb(kind: str, column: str) -> str:
    if kind == "TIMESTAMP":
        return f"strftime({column}, {literal(TIME_FORMAT)})"
    if kind == "DATE":
        return f"strftime({column}, '%Y-%m-%d')"
    if kind in ("VARCHAR", "BOOLEAN", *WHOLE) or scale(kind) is not None:
        return f"{column}::varchar"
    raise Misconfigured(f"{kind} 类型的列不能脱敏")
