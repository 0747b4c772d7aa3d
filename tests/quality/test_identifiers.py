"""Identifiers: the SQL against the standards' vectors and against python-stdnum."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from stdnum.cn import ric, uscc
from stdnum.iso7064 import mod_37_36

from catalog.vocab import IdentifierKind
from quality import identifiers
from quality.identifiers import CREDIT_ALPHABET, FAULTS, Note

AS_OF = date(2026, 11, 23)
CITIZEN, CREDIT, LICENCE = IdentifierKind.CITIZEN_ID, IdentifierKind.CREDIT_CODE, IdentifierKind.LICENCE_ID
Settled = tuple[str | None, str | None, Note | None]


def words(text: str) -> list[str]:
    return text.split()


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": 2}) as connection:
        yield connection


def settled(connection: duckdb.DuckDBPyConnection, kind: IdentifierKind, texts: Sequence[str]) -> list[Settled]:
    """For each text the valid identifier, the raw text and the note."""
    query = "select n, t as x from (select unnest(range(len($t))) as n, unnest($t) as t)"
    for step in identifiers.steps(kind, "x", AS_OF):
        replaced = [f"{e} as {name}" for name, e in step.items() if name == '"x"']
        added = [f"{e} as {name}" for name, e in step.items() if name != '"x"']
        query = f"select {', '.join(['*' + (f' replace ({replaced[0]})' if replaced else ''), *added])} from ({query})"
    rows = connection.execute(f'select x, x_raw, "x$note" from ({query}) order by n', {"t": list(texts)}).fetchall()
    return [(x, raw, Note(note) if note else None) for x, raw, note in rows]


VALID_CITIZENS = words("""
    11010519491231002X 440524188001010014 360426199101010071 440308199901101512 810000199408230021
    830000199201300022 500154199804106120 140213199003070018 140203197812310024 142132197208150034
    140227198810050041 140214201806010058
""")  # the second is of 1880: its check is right, its date is too early


def test_valid_citizen_identifiers_pass_whatever_their_area(connection: duckdb.DuckDBPyConnection) -> None:
    born_too_early = "440524188001010014"
    for text, (value, _, note) in zip(VALID_CITIZENS, settled(connection, CITIZEN, VALID_CITIZENS), strict=True):
        assert (value, note) == ((None, Note.DATE) if text == born_too_early else (text, None))


@pytest.mark.parametrize(
    ("text", "value", "note"),
    [
        ("44011320141005001x", "44011320141005001X", Note.LOWER_CASE),
        ("１４０２１３１９９００３０７００１８", "140213199003070018", Note.FULL_WIDTH),
        ("610104620927690", "610104196209276908", Note.FIFTEEN),
        ("36042619910102009X", None, Note.CHECK),
        ("440308199901101513", None, Note.CHECK),
        ("440308199902301512", None, Note.DATE),
        ("140202198502290011", None, Note.DATE),
        ("610104620932690", None, Note.DATE),
        ("140213202611240010", None, Note.DATE),
        ("44030819990110", None, Note.LENGTH),
        ("14021319900307001", None, Note.LENGTH),
        ("1402131990030700X8", None, Note.LENGTH),
        ("+4021319900307001X", None, Note.LENGTH),
        ("1.40213E+17", None, Note.MANGLED),
        ("1.4021319900307e17", None, Note.MANGLED),
    ],
)
def test_a_citizen_identifier_is_mended_or_has_one_fault(
    connection: duckdb.DuckDBPyConnection, text: str, value: str | None, note: Note
) -> None:
    assert settled(connection, CITIZEN, [text]) == [(value, text if note in FAULTS else None, note)]


@pytest.mark.parametrize(
    ("text", "is_valid"),
    [(code, True) for code in words("""
        91110000600037341L 91310115591693856A 91310110666007217T 91350100M000100Y43 91512081MA62K0260E
        11100000000013338W 11430000006122244L 11110000000021135M 91140200MA0K12348D 92140213MA0K123485
        93140225MA0K12348E 11140200MA0K12348M 111402000123456713
    """)]
    + [(code, False) for code in words("""
        91350211M00013FA2N 91350100M000100Y4Z 91350200752941808B 91310115MA1G4L1WXK 91110000600037341N
        A1110000600037341L 9111000060003IOZSV UCQWD18YGFCXRT9YFY 9111000060003734
    """)],
)  # fmt: skip
def test_a_credit_code_is_judged_by_gb_32100(connection: duckdb.DuckDBPyConnection, text: str, is_valid: bool) -> None:
    assert settled(connection, CREDIT, [text]) == [(text, None, None) if is_valid else (None, text, Note.CHECK)]


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("91350211M00013FA1N", Note.PILOT),  # of the pilots of 2015: the outer check fails, the inner one is right
        ("91350100M000100Y43", None),
        ("91140200MA0K12359H", Note.INNER),  # the outer check is right over a wrong inner one
    ],
)
def test_a_credit_code_whose_one_check_is_right_is_kept_with_a_note(
    connection: duckdb.DuckDBPyConnection, text: str, note: Note | None
) -> None:
    assert settled(connection, CREDIT, [text]) == [(text, None, note)]


def test_a_mangled_credit_code_is_told_from_a_wrong_one(connection: duckdb.DuckDBPyConnection) -> None:
    assert settled(connection, CREDIT, ["1.11402E+17"]) == [(None, "1.11402E+17", Note.MANGLED)]


@pytest.mark.parametrize(
    ("text", "is_valid"),
    [
        ("1.2.156.3005.2.11100000000013338W011.11430000006122244L.20230000403.001.U", True),
        ("1.2.156.3005.2.11100000MB03271699022.340100.000000016.001.9", True),
        ("1.2.156.3005.2.11100000000013338W009.11330105002500287C.2025052201.002.0", True),
        ("1.2.156.3005.2.11100000000013338W011.111402000123456713.20260000001.001.F", True),
        ("1.2.156.3005.2.11100000000013338W011.111402000123456713.20260000001.001.G", False),
        ("1.2.156.3005.2.11100000000013338W011.111402000123456713.0624_001.001.U", False),
        ("11100000000013338W011.111402000123456713.20260000001.001.F", False),
    ],
)
def test_a_licence_identifier_is_judged_by_mod_37_36(
    connection: duckdb.DuckDBPyConnection, text: str, is_valid: bool
) -> None:
    assert settled(connection, LICENCE, [text]) == [(text, None, None) if is_valid else (None, text, Note.CHECK)]


citizen_texts = st.one_of(
    st.from_regex(r"[0-9]{17}[0-9X]", fullmatch=True),
    st.builds(
        lambda area, day, serial: (body := f"{area:06}{day:%Y%m%d}{serial:03}") + ric.calc_check_digit(body + "0"),
        st.integers(0, 999999), st.dates(date(1890, 1, 1), date(2030, 12, 31)), st.integers(0, 999),
    ),
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.lists(citizen_texts, min_size=1, max_size=30))
def test_citizen_checks_equal_stdnum(connection: duckdb.DuckDBPyConnection, texts: list[str]) -> None:
    for text, (value, _, note) in zip(texts, settled(connection, CITIZEN, texts), strict=True):
        assert (value is not None) == (_is_birth(text) and text[-1] == ric.calc_check_digit(text)), note
        assert (note is Note.DATE) == (not _is_birth(text))


def _is_birth(text: str) -> bool:
    try:
        return date(1900, 1, 1) <= date.fromisoformat(text[6:14]) <= AS_OF
    except ValueError:
        return False


credit_texts = st.one_of(
    st.text(CREDIT_ALPHABET, min_size=18, max_size=18),
    st.builds(
        lambda front, back: (body := front + back) + uscc.calc_check_digit(body),
        st.text("0123456789", min_size=8, max_size=8), st.text(CREDIT_ALPHABET, min_size=9, max_size=9),
    ),
)  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(st.lists(credit_texts, min_size=1, max_size=30))
def test_credit_code_checks_equal_stdnum_where_it_knows_the_registrar(
    connection: duckdb.DuckDBPyConnection, texts: list[str]
) -> None:
    """python-stdnum wants two digits in front; GB 32100 has letters there for newer registrars."""
    for text, (value, _, note) in zip(texts, settled(connection, CREDIT, texts), strict=True):
        if text[:2].isdigit():
            assert (value is not None and note is not Note.PILOT) == uscc.is_valid(text)
        elif text[2:8].isdigit():
            assert (value is not None and note is not Note.PILOT) == (text[-1] == uscc.calc_check_digit(text[:-1]))


signs = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@settings(max_examples=25, deadline=None)
@given(
    st.text(signs, min_size=21, max_size=21), st.text(signs, min_size=6, max_size=18),
    st.text(signs, min_size=1, max_size=32), st.integers(0, 999), st.sampled_from(signs),
)  # fmt: skip
def test_licence_checks_equal_stdnum(
    connection: duckdb.DuckDBPyConnection, kind: str, issuer: str, serial: str, version: int, other: str
) -> None:
    body = f"{kind}{issuer}{serial}{version:03}"
    front = f"1.2.156.3005.2.{kind}.{issuer}.{serial}.{version:03}."
    right = mod_37_36.calc_check_digit(body)
    (good, _, _), (maybe, _, _) = settled(connection, LICENCE, [front + right, front + other])
    assert good == front + right
    assert (maybe is not None) == (other == right)
