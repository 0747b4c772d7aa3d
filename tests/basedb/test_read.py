"""A View is answered and nothing else: both engines alike, and no way past the grant."""

from __future__ import annotations

import hashlib
import hmac
import sqlite3
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from shutil import copytree
from threading import Barrier

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from basedb import lookup, manifest, masks, read, tables
from basedb.connect import Engine, connect
from basedb.draft import drafted
from catalog.errors import Invalid, Misconfigured, NoRelease, NotGranted
from catalog.view import AllOf, AnyOf, Condition, Eq, In, IsNull, Prefix, Range, View, ViewColumn
from catalog.vocab import Column, Mask, TableSpec

KEY = b"k" * 32
TYPES = {
    "record_key": "VARCHAR",
    "words": "VARCHAR",
    "born": "DATE",
    "seen_at": "TIMESTAMP",
    "is_true": "BOOLEAN",
    "whole": "BIGINT",
    "code": "UTINYINT",
    "amount": "DECIMAL(18,2)",
    "ratio": "DECIMAL(18,4)",
    "measure": "DOUBLE",
    "secret": "VARCHAR",
    "_key": "VARCHAR",
}
SPEC = TableSpec(
    "things",
    "测试表",
    key=("record_key",),
    lookup=("words",),
    columns=tuple(Column(column, kind, column) for column, kind in TYPES.items()),
)
LONGEST = 2**63 - 1
ROWS: list[tuple[object, ...]] = [
    (None,) * 9 + ("s0",),
    ("", "0001-01-01", "1970-01-01 00:00:00", False, -LONGEST - 1, 0, "-9999999999999999.99", "-0.0001", -1.5e300, "s1"),
    ("大同市\u2028平城区\u0085x", "9999-12-31", "9999-12-31 23:59:59.999999", True, LONGEST, 255, "9999999999999999.99",
     "99999999999999.9999", 1.7976931348623157e308, "s2"),
    ("it's \"quoted\" % _ \\", "2000-02-29", "2026-11-23 08:00:00.5", True, 0, 1, "0", "0", 0.1, "s3"),
    ("𠮷野家", "1955-02-03", "2026-11-23 08:00:00", False, 7, 2, "12.50", "33.3333", 5e-324, "s4"),
]  # fmt: skip


def key_of(number: int) -> str:
    return hashlib.sha256(str(number).encode()).hexdigest()[:20]


def write_release(folder: Path, spec: TableSpec, rows: list[tuple[object, ...]]) -> Path:
    folder.mkdir(parents=True)
    with connect(Engine(folder), "sqlite_scanner") as connection:
        columns = ", ".join(f'"{c.name}" {c.type}' for c in spec.columns)
        connection.execute(f'create table "{spec.name}" ({columns})')
        places = ", ".join("?" * len(spec.columns))
        connection.executemany(f'insert into "{spec.name}" values ({places})', [list(row) for row in rows])
        entry = tables.write(connection, spec, folder)
        manifest.write(folder, {"unit": "test", "release_id": "r1", "tables": {spec.name: entry}})
        lookup.write(folder, {spec.name: entry}, {spec.name: lookup.indexes(spec)}, Engine(folder))
    return folder


@pytest.fixture(scope="module")
def release(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("read") / "r1"
    return write_release(folder, SPEC, [(key_of(n), *row, "_key") for n, row in enumerate(ROWS)])


def view_of(release: Path, where: Condition | None = None, suppressed: tuple[str, ...] = (), **shown: Mask) -> View:
    columns = tuple(ViewColumn(column, TYPES[column], mask) for column, mask in shown.items())
    return View("things", release, "things", "r1", "g1", 1, columns, where, frozenset(suppressed), ("words",), KEY)


PLAIN = {column: Mask.PLAIN for column in TYPES if column not in ("record_key", "secret", "_key")}


@pytest.fixture
def connection(release: Path) -> Iterator[sqlite3.Connection]:
    with closing(read.open_lookup(release, "things")) as opened:
        yield opened


def extracted(view: View, folder: Path) -> list[dict[str, object]]:
    """The rows of the view's extract as JSON values."""
    made = read.extract(view, folder / "x.parquet", Engine(folder))
    with duckdb.connect() as connection:
        found = connection.execute("select * from read_parquet(?)", [str(made.path)])
        names = [each[0] for each in found.description]
        rows = [dict(zip(names, map(as_json, row), strict=True)) for row in found.fetchall()]
    assert made.rows == len(rows)
    return rows


def as_json(value: object) -> object:
    """What a look-up answers for a value that DuckDB's client gives."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return f"{value:f}" if isinstance(value, Decimal) else value


def numbers(rows: object) -> set[int]:
    """Which of ROWS these are."""
    by_key = {key_of(n): n for n in range(len(ROWS))}
    return {by_key[row["record_key"]] for row in rows}  # type: ignore[attr-defined]


def test_both_engines_answer_the_same_values_of_every_type(release, connection, tmp_path):
    view = view_of(release, **PLAIN)
    pages = list(read.page(connection, view).rows)
    assert pages == extracted(view, tmp_path)
    by_number = {number: row for row in pages for number in numbers([row])}
    assert by_number[2]["words"] == "大同市\u2028平城区\u0085x"
    assert by_number[1]["amount"] == "-9999999999999999.99"
    assert by_number[2]["ratio"] == "99999999999999.9999"
    assert by_number[3]["seen_at"] == "2026-11-23T08:00:00.500000"
    assert by_number[1]["born"] == "0001-01-01"
    assert by_number[1]["is_true"] is False
    assert set(by_number[0].values()) == {None, key_of(0)}


MASKS = {
    "words": (Mask.PARTIAL, Mask.HASH),
    "born": (Mask.PARTIAL, Mask.HASH, Mask.YEAR),
    "seen_at": (Mask.PARTIAL, Mask.HASH, Mask.YEAR),
    "is_true": (Mask.HASH,),
    "whole": (Mask.PARTIAL, Mask.HASH),
    "code": (Mask.PARTIAL, Mask.HASH),
    "amount": (Mask.PARTIAL, Mask.HASH),
    "ratio": (Mask.PARTIAL, Mask.HASH),
}


@pytest.mark.parametrize("mask", [Mask.PARTIAL, Mask.HASH, Mask.YEAR])
def test_both_engines_mask_alike(release, connection, tmp_path, mask):
    view = view_of(release, **{column: mask for column, possible in MASKS.items() if mask in possible})
    assert list(read.page(connection, view).rows) == extracted(view, tmp_path)


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), max_size=24))
def test_any_text_is_starred_alike(text):
    with duckdb.connect() as connection:
        shown = masks.in_duckdb(Mask.PARTIAL, "VARCHAR", "t")
        ((starred,),) = connection.execute(f"select {shown} from (select ?::varchar as t)", [text]).fetchall()
    assert starred == masks.partial(text)


@pytest.mark.parametrize(
    ("text", "shown"),
    [("140213199001011234", "140213********1234"), ("13812345678", "138******78"), ("王冈", "王*"),
     ("王小冈", "王**"), ("冈", "*"), ("", ""), ("大同市平城区某街1号", "大同市*******")],
)  # fmt: skip
def test_a_partial_mask_keeps_the_first_third_and_of_identifiers_the_end(text, shown):
    assert masks.partial(text) == shown


def test_a_hash_is_keyed_by_the_view(release, connection):
    row = read.record(connection, view_of(release, words=Mask.HASH), key_of(4))
    assert row is not None
    assert row["words"] == hmac.new(KEY, "𠮷野家".encode(), hashlib.sha256).hexdigest()


def test_a_mask_without_meaning_for_its_type_shows_nothing(release, connection, tmp_path):
    for view in (view_of(release, words=Mask.YEAR), view_of(release, measure=Mask.HASH)):
        with pytest.raises(Misconfigured):
            read.record(connection, view, key_of(4))
        with pytest.raises(Misconfigured):
            read.extract(view, tmp_path / "x.parquet", Engine(tmp_path))


CONDITIONS: list[tuple[Condition, set[int]]] = [
    (Eq("words", "𠮷野家"), {4}),
    (Eq("words", 'it\'s "quoted" % _ \\'), {3}),
    (Eq("words", "' or 1=1 --"), set()),
    (Eq("amount", "12.5"), {4}),
    (Eq("amount", 12.5), {4}),
    (Range("amount", low=0), {2, 3, 4}),
    (Range("ratio", high="0"), {1, 3}),
    (Range("born", date(1955, 2, 3), "2000-02-29"), {3, 4}),
    (Range("seen_at", low="2026-11-23T08:00:00.1"), {2, 3}),
    (Eq("is_true", True), {2, 3}),
    (In("whole", (7, LONGEST)), {2, 4}),
    (In("whole", ()), set()),
    (IsNull("words"), {0}),
    (IsNull("words", negated=True), {1, 2, 3, 4}),
    (Prefix("words", "大同市\u2028"), {2}),
    (Prefix("words", "%"), set()),
    (Prefix("words", ""), {1, 2, 3, 4}),
    (AllOf(()), {0, 1, 2, 3, 4}),
    (AnyOf(()), set()),
    (AnyOf((Eq("whole", 7), AllOf((Eq("is_true", True), Eq("code", 1))))), {3, 4}),
]


@pytest.mark.parametrize(("condition", "expected"), CONDITIONS, ids=lambda each: str(each)[:40])
def test_a_condition_means_the_same_in_both_engines(release, connection, tmp_path, condition, expected):
    own, asked = view_of(release, where=condition, code=Mask.PLAIN), view_of(release, **PLAIN)
    assert numbers(read.page(connection, own).rows) == expected
    assert numbers(read.page(connection, asked, filter=condition).rows) == expected
    assert numbers(extracted(own, tmp_path)) == expected
    assert read.count(own, Engine(tmp_path)) == read.count(asked, Engine(tmp_path), condition) == len(expected)


def test_pages_go_on_by_key_until_the_end(release, connection):
    view = view_of(release, words=Mask.PLAIN)
    seen, after = [], None
    while True:
        page = read.page(connection, view, 2, after)
        seen += [row["record_key"] for row in page.rows]
        after = page.next
        if after is None:
            break
    assert seen == sorted(key_of(n) for n in range(len(ROWS)))


def test_a_full_last_page_has_no_next(release, connection):
    assert read.page(connection, view_of(release), len(ROWS)).next is None


def test_a_look_up_finds_by_a_column_that_is_shown_masked(release, connection):
    found = read.find(connection, view_of(release, words=Mask.PARTIAL), "words", "𠮷野家")
    assert [row["words"] for row in found.rows] == ["𠮷**"]


# ---- attacks


def test_a_column_that_was_not_granted_is_in_no_answer(release, connection, tmp_path):
    view = view_of(release, words=Mask.PLAIN, secret=Mask.HIDDEN)
    rows = [*read.page(connection, view).rows, *extracted(view, tmp_path)]
    assert {tuple(row) for row in rows} == {("record_key", "words")}
    assert b"s4" not in (tmp_path / "x.parquet").read_bytes()


@pytest.mark.parametrize("mask", [None, Mask.HIDDEN, Mask.PARTIAL, Mask.HASH])
def test_nobody_filters_by_what_he_does_not_see_in_full(release, connection, tmp_path, mask):
    view = view_of(release, words=Mask.PLAIN, **({"secret": mask} if mask else {}))
    hidden = AllOf((Eq("words", "x"), AnyOf((Prefix("secret", "s"),))))
    with pytest.raises(NotGranted, match="secret"):
        read.page(connection, view, filter=hidden)
    with pytest.raises(NotGranted, match="secret"):
        read.count(view, Engine(tmp_path), hidden)


def test_nobody_looks_up_by_a_column_that_the_view_does_not_allow(release, connection):
    with pytest.raises(NotGranted):
        read.find(connection, view_of(release, **PLAIN, secret=Mask.PLAIN), "secret", "s1")


def test_a_suppressed_record_is_in_no_answer(release, connection, tmp_path):
    view = view_of(release, suppressed=(key_of(4), key_of(2)), words=Mask.PLAIN)
    assert read.record(connection, view, key_of(4)) is None
    assert read.find(connection, view, "words", "𠮷野家").rows == ()
    assert numbers(read.page(connection, view).rows) == {0, 1, 3}
    assert numbers(extracted(view, tmp_path)) == {0, 1, 3}
    assert read.count(view, Engine(tmp_path)) == 3


def test_a_row_outside_the_view_is_not_found_by_its_key(release, connection):
    view = view_of(release, where=Eq("secret", "s1"), words=Mask.PLAIN)
    assert read.record(connection, view, key_of(4)) is None
    assert read.find(connection, view, "words", "𠮷野家").rows == ()
    assert read.record(connection, view, key_of(1)) is not None


@pytest.mark.parametrize("attempt", ["' or '1'='1", "%", "", "x" * 20, key_of(1).upper(), key_of(1) + "\n", "\0"])
def test_a_key_that_is_none_finds_nothing_and_a_cursor_that_is_none_is_refused(release, connection, attempt):
    view = view_of(release, words=Mask.PLAIN)
    assert read.record(connection, view, attempt) is None
    with pytest.raises(Invalid):
        read.page(connection, view, after=attempt)


@pytest.mark.parametrize("column", ["words) or (1=1", 'secret" or "1"="1', "_key", "rowid", "nothing"])
def test_a_view_of_a_column_that_the_table_lacks_is_refused(release, connection, tmp_path, column):
    for view in (
        view_of(release, where=Eq(column, column), words=Mask.PLAIN),
        replace(view_of(release), columns=(ViewColumn(column, "VARCHAR"),)),
    ):
        with pytest.raises(Misconfigured):
            read.page(connection, view)
        with pytest.raises(Misconfigured):
            read.extract(view, tmp_path / "x.parquet", Engine(tmp_path))


@pytest.mark.parametrize(
    ("column", "value"),
    [("born", "2026-02-30"), ("whole", "1; drop table things"), ("whole", 2**63), ("amount", "1.234"),
     ("amount", "NaN"), ("amount", "1e30"), ("is_true", "yes"), ("words", 5), ("seen_at", "now")],
)  # fmt: skip
def test_a_value_of_another_type_is_refused_without_being_repeated(release, connection, column, value):
    with pytest.raises(Invalid) as refused:
        read.page(connection, view_of(release, **PLAIN), filter=Eq(column, value))
    assert str(value) not in refused.value.message


@pytest.mark.parametrize("value", ["\ud800", "\0", None, 5, ["x"], {"x": 1}])
def test_looking_up_by_what_is_no_text_is_refused(release, connection, value):
    with pytest.raises(Invalid):
        read.find(connection, view_of(release, **PLAIN), "words", value)


@pytest.mark.parametrize("masks", [(Mask.PLAIN, Mask.HIDDEN), (Mask.HASH, Mask.PLAIN), (Mask.PLAIN, Mask.PLAIN)])
def test_a_view_that_names_a_column_twice_is_refused(release, connection, tmp_path, masks):
    twice = replace(view_of(release), columns=tuple(ViewColumn("words", "VARCHAR", mask) for mask in masks))
    questions = (
        lambda: read.record(connection, twice, key_of(1)),
        lambda: read.page(connection, twice),
        lambda: read.page(connection, twice, filter=Eq("words", "x")),
        lambda: read.find(connection, twice, "words", "x"),
        lambda: read.count(twice, Engine(tmp_path)),
        lambda: read.count(twice, Engine(tmp_path), Eq("words", "x")),
        lambda: read.extract(twice, tmp_path / "x.parquet", Engine(tmp_path)),
    )
    for question in questions:
        with pytest.raises(Misconfigured, match="words"):
            question()
    assert not list(tmp_path.iterdir())


def at_once(work: Callable[[], object], times: int = 4) -> list[object]:
    """What each gives of so many that start together."""
    together = Barrier(times)

    def start() -> object:
        together.wait()
        return work()

    with ThreadPoolExecutor(times) as pool:
        return [each.result() for each in [pool.submit(start) for _ in range(times)]]


def test_extracts_written_at_once_to_one_place_disturb_each_other_in_nothing(release, tmp_path):
    out = tmp_path / "x.parquet"
    made = at_once(lambda: read.extract(view_of(release, **PLAIN), out, Engine(tmp_path)))
    assert {each.sha256 for each in made} == {manifest.file_digest(out)}
    assert list(tmp_path.iterdir()) == [out]


def test_a_look_up_file_made_at_once_by_several_is_whole_for_each(release, tmp_path):
    copied = Path(copytree(release, tmp_path / "r1"))
    lookup.path_of(copied, "things").unlink()

    def ensure() -> int:
        read.prepare_lookup(copied, SPEC, Engine(tmp_path))
        with closing(read.open_lookup(copied, "things")) as opened:
            return len(read.page(opened, view_of(copied, **PLAIN)).rows)

    assert at_once(ensure) == [len(ROWS)] * 4
    assert sorted(path.name for path in copied.iterdir()) == [manifest.FILE, "things.parquet", "things.sqlite"]


def test_what_fails_leaves_no_draft(release, tmp_path):
    broken = replace(view_of(release, **PLAIN), where=Eq("born", "2026-02-30"))
    with pytest.raises(Invalid):
        read.extract(broken, tmp_path / "x.parquet", Engine(tmp_path))
    with pytest.raises(FileNotFoundError), drafted(tmp_path / "y") as draft:
        draft.write_bytes(b"half")
        raise FileNotFoundError
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("limit", [0, -1, 101])
def test_a_page_has_between_one_and_a_hundred_rows(release, connection, limit):
    with pytest.raises(Invalid):
        read.page(connection, view_of(release), limit)


def test_the_look_up_file_cannot_be_written_through(connection):
    with pytest.raises(sqlite3.OperationalError):
        connection.execute("delete from things")


def test_a_release_without_a_look_up_file_says_so(tmp_path):
    with pytest.raises(NoRelease):
        read.open_lookup(tmp_path, "things")


def test_looking_up_by_an_indexed_column_and_by_key_scans_no_table(release, connection):
    plans = [
        connection.execute(f"explain query plan select * from things where {column} = 'x' order by record_key limit 9")
        for column in ("words", "record_key")
    ]
    assert all("SEARCH" in plan.fetchall()[0][3] for plan in plans)
