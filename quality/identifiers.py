"""SQL for identifiers: normal form, check, and what is wrong with one.

Every function gives steps. A step is a set of named expressions over the columns of the step
before, so that each character sum is computed once per row; `{item}` is the delivered text, and
the last step leaves `{item}` (the valid identifier or NULL), `{item}_raw` (the text of an invalid
one) and `{item}$note` (a `Note`, NULL when there is nothing to say).
"""

from __future__ import annotations

from datetime import date
from enum import IntEnum

from catalog.vocab import IdentifierKind
from quality.sql import quoted

Step = dict[str, str]

# Full-width signs lie 0xFEE0 above the half-width ones.
HALF_WIDTH = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz."
FULL_WIDTH = "".join(chr(ord(sign) + 0xFEE0) for sign in HALF_WIDTH)

CITIZEN_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)  # GB 11643-1999
CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # GB 32100-2015: no I, O, S, V, Z
CREDIT_WEIGHTS = tuple(pow(3, i, 31) for i in range(17))
ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)  # GB 11714, places 9-16 of a credit code; 17 is its check
ORGANISATION_CHECKS = "0X987654321"  # by the remainder of the sum
# Codes of the pilots of 2015 have a serial behind M and may fail the outer check while the inner one is right.
PILOT_SERIAL = r"M\d.*"
LICENCE_ROOT = "1.2.156.3005.2."  # GB/T 36904
LICENCE_LONGEST = 21 + 18 + 32 + 3 + 1
MANGLED = r"\d(\.\d+)?E\+?\d+"


class Note(IntEnum):
    """What is to be said about one identifier; at most one of them."""

    MANGLED = 1
    LENGTH = 2
    DATE = 3
    CHECK = 4
    FIFTEEN = 5
    FULL_WIDTH = 6
    LOWER_CASE = 7
    PILOT = 8
    INNER = 9


FAULTS = (Note.MANGLED, Note.LENGTH, Note.DATE, Note.CHECK)


def steps(kind: IdentifierKind, item: str, as_of: date) -> list[Step]:
    """The steps that settle one identifier item. as_of: no birth date lies after it."""
    if kind is IdentifierKind.CITIZEN_ID:
        return citizen(item, as_of)
    return credit_code(item) if kind is IdentifierKind.CREDIT_CODE else licence(item)


def citizen(item: str, as_of: date) -> list[Step]:
    """GB 11643: 15 digits become 18, x becomes X; then charset, date and check, in this order."""
    text, half, body, digits, check, fault = _names(item, "", "$half", "$body", "$digits", "$check", "$fault")
    eighteen = f"length({half}) = 18"
    return [
        {half: _half_width(text)},
        {
            body: f"case when regexp_full_match({half}, '\\d{{17}}[\\dX]') then left({half}, 17) "
            f"when regexp_full_match({half}, '\\d{{15}}') "
            f"then left({half}, 6) || '19' || substr({half}, 7) end"
        },
        {digits: f"cast({body} as bigint)"},
        {check: citizen_check(digits)},
        {
            fault: f"case when {text} is null then null "
            f"when {body} is null then {_mangled_or(half, Note.LENGTH)} "
            f"when not ({birth_is_possible(digits, as_of)}) then {Note.DATE.value} "
            f"when {eighteen} and right({half}, 1) <> {check} then {Note.CHECK.value} end"
        },
        _settled(item, f"{body} || {check}", f"when not ({eighteen}) then {Note.FIFTEEN.value}"),
    ]


def credit_code(item: str) -> list[Step]:
    """GB 32100: 18 of 31 characters, six digits of a division, MOD 31; and the organisation code inside (GB 11714).

    A code of the pilots is kept with a note, and so is one whose inner check alone is wrong: both name a firm.
    """
    text, half, digits, total, inner, fault = _names(item, "", "$half", "$digits", "$total", "$inner", "$fault")
    form = f"[{CREDIT_ALPHABET}]{{2}}\\d{{6}}[{CREDIT_ALPHABET}]{{10}}"
    is_outside = f"right({half}, 1) <> substr('{CREDIT_ALPHABET}', 1 + (31 - {total} % 31) % 31, 1)"
    is_pilot = f"({inner} and regexp_full_match(substr({half}, 9, 9), '{PILOT_SERIAL}'))"
    return [
        {half: _half_width(text)},
        {digits: f"case when regexp_full_match({half}, '{form}') then cast(substr({half}, 3, 6) as bigint) end"},
        {
            total: f"case when {digits} is not null then {_credit_total(half, digits)} end",
            inner: f"case when {digits} is not null then {_organisation_is_right(half)} end",
        },
        {
            fault: f"case when {text} is null then null "
            f"when {digits} is null then {_mangled_or(half, Note.CHECK)} "
            f"when {is_outside} and not {is_pilot} then {Note.CHECK.value} end"
        },
        _settled(item, half, f"when {is_outside} then {Note.PILOT.value} when not {inner} then {Note.INNER.value}"),
    ]


def licence(item: str) -> list[Step]:
    """GB/T 36904: root, type, issuer, serial, version, check; MOD 37,36 without root and dots.

    The issuer is a credit code; identifiers in use also have a division there.
    """
    text, half, signs, fault = _names(item, "", "$half", "$signs", "$fault")
    root = LICENCE_ROOT.replace(".", r"\.")
    form = rf"{root}[0-9A-Z]{{21}}\.[0-9A-Z]{{6,18}}\.[0-9A-Z]{{1,32}}\.\d{{3}}\.[0-9A-Z]"
    body = f"replace(substr({half}, {len(LICENCE_ROOT) + 1}), '.', '')"
    return [
        {half: _half_width(text)},
        # A sign of value 18 in front leaves the sum as it starts, so that every body has one length.
        {
            signs: f"case when regexp_full_match({half}, '{form}') "
            f"then string_split(lpad({body}, {LICENCE_LONGEST}, 'I'), '') end"
        },
        {
            fault: f"case when {text} is null then null when {signs} is null then {Note.CHECK.value} "
            f"when {_licence_remainder(signs)} <> 1 then {Note.CHECK.value} end"
        },
        _settled(item, half),
    ]


def citizen_check(digits: str) -> str:
    """The check character of 17 digits held as a BIGINT."""
    total = " + ".join(f"({digits} // {10 ** (16 - i)}) % 10 * {w}" for i, w in enumerate(CITIZEN_WEIGHTS))
    return f"substr('10X98765432', 1 + ({total}) % 11, 1)"


def birth_is_possible(digits: str, as_of: date) -> str:
    """Whether digits 7-14 are a day from 1900 on that is not after as_of."""
    year, month, day = f"({digits} // 10000000) % 10000", f"({digits} // 100000) % 100", f"({digits} // 1000) % 100"
    leap = f"({year}) % 4 = 0 and (({year}) % 100 <> 0 or ({year}) % 400 = 0)"
    last = (
        f"case when {month} = 2 then case when {leap} then 29 else 28 end "
        f"when {month} in (4, 6, 9, 11) then 30 else 31 end"
    )
    return (
        f"({digits} // 1000) % 100000000 between 19000101 and {as_of:%Y%m%d} "
        f"and {month} between 1 and 12 and {day} between 1 and {last}"
    )


def _credit_total(half: str, digits: str) -> str:
    # Six of the signs are digits of one number: cheaper than six sub-strings.
    division = [f"({digits} // {10 ** (7 - i)}) % 10 * {CREDIT_WEIGHTS[i]}" for i in range(2, 8)]
    signs = [
        f"(instr('{CREDIT_ALPHABET}', substr({half}, {i + 1}, 1)) - 1) * {CREDIT_WEIGHTS[i]}"
        for i in (0, 1, *range(8, 17))
    ]
    return " + ".join(signs + division)


def _organisation_is_right(half: str) -> str:
    signs = [f"({_sign(f'substr({half}, {9 + i}, 1)')}) * {weight}" for i, weight in enumerate(ORGANISATION_WEIGHTS)]
    return f"substr({half}, 17, 1) = substr('{ORGANISATION_CHECKS}', 1 + ({' + '.join(signs)}) % 11, 1)"


def _licence_remainder(signs: str) -> str:
    """ISO 7064 MOD 37,36, its product one step short: 1 when the check sign is right."""
    state = "36"
    for i in range(1, LICENCE_LONGEST):
        state = f"((({state} + {_sign(f'{signs}[{i}]')} - 1) % 36 + 1) * 2 % 37)"
    return f"({state} + {_sign(f'{signs}[{LICENCE_LONGEST}]')}) % 36"


def _sign(character: str) -> str:
    return f"instr('{HALF_WIDTH[:36]}', {character}) - 1"


def _half_width(text: str) -> str:
    wide = f"upper(translate({text}, '{FULL_WIDTH}', '{HALF_WIDTH}'))"
    return f"case when strlen({text}) = length({text}) then upper({text}) else {wide} end"


def _mangled_or(half: str, otherwise: Note) -> str:
    return f"case when regexp_full_match({half}, '{MANGLED}') then {Note.MANGLED.value} else {otherwise.value} end"


def _settled(item: str, valid: str, mended: str = "") -> Step:
    text, fault, half = _names(item, "", "$fault", "$half")
    return {
        text: f"case when {fault} is null then {valid} end",
        quoted(f"{item}_raw"): f"case when {fault} is not null then {text} end",
        quoted(f"{item}$note"): f"cast(case when {fault} is not null then {fault} {mended} "
        f"when strlen({text}) <> length({text}) then {Note.FULL_WIDTH.value} "
        f"when {text} <> {half} then {Note.LOWER_CASE.value} end as utinyint)",
    }


def _names(item: str, *endings: str) -> tuple[str, ...]:
    return tuple(quoted(item + ending) for ending in endings)
