"""Who holds and controls a firm: shares along all chains, nothing past the view, and every cycle ends."""

from __future__ import annotations

import hashlib
from contextlib import closing
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from basedb import control, lookup, manifest, read, tables
from basedb.connect import Engine, connect
from basedb.control import Control
from basedb.spec import base
from catalog.errors import NotGranted
from catalog.view import Condition, Range, View, ViewColumn
from catalog.vocab import Mask

SPEC = base("legal_entity").table("shareholder")
COLUMNS = (*control.NEEDED, "person_key", "name")
Edge = tuple[str, str, str]  # firm, holder (a capital letter is a firm), part in percent


def key(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:20]


def release(folder: Path, edges: list[Edge]) -> Path:
    folder.mkdir()
    with connect(Engine(folder), "sqlite_scanner") as connection:
        connection.execute(f"create table shareholder ({', '.join(f'{c.name} {c.type}' for c in SPEC.columns)})")
        rows = [_row(n, *edge) for n, edge in enumerate(edges)]
        connection.executemany(
            "insert into shareholder (record_key, entity_key, serial, kind_code, name, person_key, "
            "partner_entity_key, ratio_pct, source) values (?, ?, ?, '1', ?, ?, ?, ?, 1)",
            rows or [_row(0, "Z", "z", "1")],
        )
        entry = tables.write(connection, SPEC, folder)
    manifest.write(folder, {"unit": "test", "release_id": "r1", "tables": {"shareholder": entry}})
    lookup.write(folder, {"shareholder": entry}, {"shareholder": lookup.indexes(SPEC)}, Engine(folder))
    return folder


def _row(number: int, firm: str, holder: str, part: str) -> list[object]:
    person, partner = (None, key(holder)) if holder.isupper() else (key(holder), None)
    return [key(f"row{number}"), key(firm), number, holder, person, partner, part or None]


def view_of(
    folder: Path,
    shown: tuple[str, ...] = COLUMNS,
    where: Condition | None = None,
    hidden: tuple[str, ...] = (),
    mask: Mask = Mask.PLAIN,
) -> View:
    columns = tuple(
        ViewColumn(c.name, c.type, mask if c.name == "name" else Mask.PLAIN) for c in SPEC.columns if c.name in shown
    )
    usable = tuple(column for column in SPEC.lookup if column in shown)
    return View("shareholder", folder, "shareholder", "r1", "g1", 1, columns, where, frozenset(hidden), usable, b"k")


def ask(view: View, firm: str = "A", least: float = 0) -> Control:
    with closing(read.open_lookup(view.directory, "shareholder")) as connection:
        return control.of(connection, view, key(firm), least)


def shares(found: Control) -> dict[str, tuple[float, float, float]]:
    return {str(h.name): (h.direct_pct, h.indirect_pct, h.total_pct) for h in found.holders}


def test_a_share_is_the_sum_over_all_chains_of_their_products(tmp_path: Path) -> None:
    edges = [("A", "B", "60"), ("A", "x", "40"), ("B", "x", "50"), ("B", "y", "50")]
    found = ask(view_of(release(tmp_path / "r", edges)))
    assert shares(found) == {"x": (40, 30, 70), "B": (60, 0, 60), "y": (0, 30, 30)}
    holders = {h.name: h for h in found.holders}
    assert [holders[n].is_ultimate for n in "xBy"] == [True, False, True]
    assert (holders["x"].chains, holders["x"].nearest, holders["y"].nearest) == (2, 1, 2)
    assert found.is_complete and len(found.records) == 4


def test_a_small_share_controls_by_a_chain_of_majorities(tmp_path: Path) -> None:
    edges = [("A", "B", "60"), ("B", "C", "60"), ("C", "x", "60"), ("A", "y", "40")]
    found = ask(view_of(release(tmp_path / "r", edges)))
    told = {h.name: (h.total_pct, h.is_controlling) for h in found.holders}
    assert told["x"] == (21.6, True) and told["y"] == (40, False)


def test_only_holders_of_the_share_asked_for_are_named(tmp_path: Path) -> None:
    edges = [("A", "x", "24.99"), ("A", "y", "25"), ("A", "z", "50.01")]
    assert list(shares(ask(view_of(release(tmp_path / "r", edges)), least=25))) == ["z", "y"]


def test_a_share_that_comes_to_just_what_was_asked_for_is_named(tmp_path: Path) -> None:
    """2 % and 40 % of 57.5 % are 25 %, and a little less in binary fractions."""
    edges = [("A", "x", "2"), ("A", "B", "40"), ("B", "x", "57.5")]
    found = ask(view_of(release(tmp_path / "r", edges)), least=25)
    assert shares(found) == {"B": (40, 0, 40), "x": (2, 23, 25)}


def test_firms_that_hold_each_other_end(tmp_path: Path) -> None:
    edges = [("A", "B", "50"), ("B", "A", "50"), ("B", "x", "50"), ("A", "A", "10"), ("B", "B", "5")]
    assert shares(ask(view_of(release(tmp_path / "r", edges)))) == {"B": (50, 0, 50), "x": (0, 25, 25)}


def test_what_the_grant_hides_is_in_no_chain_and_nobody_behind_it_is_reached(tmp_path: Path) -> None:
    folder = release(tmp_path / "r", [("A", "B", "60"), ("B", "x", "100"), ("A", "y", "40")])
    assert shares(ask(view_of(folder, hidden=(key("row0"),)))) == {"y": (40, 0, 40)}
    partly = view_of(folder, where=Range("ratio_pct", high=60.0), hidden=(key("row2"),))
    found = ask(partly)
    assert shares(found) == {"B": (60, 0, 60)} and found.records == (key("row0"),)
    assert found.holders[0].is_ultimate


def test_names_are_masked_as_the_grant_says(tmp_path: Path) -> None:
    folder = release(tmp_path / "r", [("A", "x", "60")])
    assert [h.name for h in ask(view_of(folder, mask=Mask.PARTIAL)).holders] != ["x"]
    assert [h.name for h in ask(view_of(folder, shown=control.NEEDED)).holders] == [None]


def test_whose_key_is_not_shown_is_somebody_else_in_each_row(tmp_path: Path) -> None:
    edges = [("A", "B", "60"), ("A", "x", "40"), ("B", "x", "100")]
    folder = release(tmp_path / "r", edges)
    found = ask(view_of(folder, shown=(*control.NEEDED, "name")))
    assert sorted((h.name, h.total_pct, h.person_key) for h in found.holders) == [
        ("B", 60, None), ("x", 40, None), ("x", 60, None),
    ]  # fmt: skip


@pytest.mark.parametrize("left_out", control.NEEDED)
def test_without_what_chains_are_made_of_nothing_is_answered(tmp_path: Path, left_out: str) -> None:
    folder = release(tmp_path / "r", [("A", "x", "60")])
    with pytest.raises(NotGranted, match=left_out):
        ask(view_of(folder, shown=tuple(c for c in COLUMNS if c != left_out)))


def test_too_many_chains_are_left_out_and_the_answer_says_so(tmp_path: Path) -> None:
    firms = [chr(ord("A") + n) for n in range(16)]
    edges = [(a, b, "10") for a in firms for b in firms if a != b]
    found = ask(view_of(release(tmp_path / "r", edges)))
    assert not found.is_complete and sum(h.chains for h in found.holders) == control.MOST


def test_a_part_that_nobody_stated_leaves_the_answer_incomplete(tmp_path: Path) -> None:
    edges = [("A", "B", ""), ("A", "x", "40"), ("B", "y", "100"), ("C", "z", "")]
    found = ask(view_of(release(tmp_path / "r", edges)))
    assert not found.is_complete and shares(found) == {"x": (40, 0, 40), "B": (0, 0, 0)}
    assert ask(view_of(tmp_path / "r"), "B").is_complete


def naive(edges: list[Edge], firm: str) -> dict[str, Fraction]:
    """Every chain walked by hand."""
    found: dict[str, Fraction] = {}

    def walk(at: str, share: Fraction, seen: frozenset[str]) -> None:
        for _, holder, part in (edge for edge in edges if edge[0] == at and edge[1] not in seen):
            mine = share * Fraction(part) / 100
            found[holder] = found.get(holder, Fraction()) + mine
            if mine:
                walk(holder, mine, seen | {holder})

    walk(firm, Fraction(1), frozenset({firm}))
    return found


NODES = st.sampled_from("ABCDEvwxyz")
EDGES = st.lists(st.tuples(st.sampled_from("ABCDE"), NODES, st.integers(0, 10_000).map(lambda n: str(n / 100))), max_size=14)  # fmt: skip


@settings(max_examples=6, deadline=None)
@given(graphs=st.lists(EDGES, min_size=30, max_size=30))
def test_shares_equal_those_of_every_chain_walked_by_hand(graphs: list[list[Edge]]) -> None:
    """Thirty small graphs lie side by side in each release."""
    apart = [[(f"{n}{firm}", f"{n}{holder}", part) for firm, holder, part in g] for n, g in enumerate(graphs)]
    with TemporaryDirectory() as folder:
        view = view_of(release(Path(folder) / "r", [edge for edges in apart for edge in edges]))
        found = [ask(view, f"{n}A") for n in range(len(graphs))]
    for n, edges in enumerate(apart):
        assert {h.name: h.total_pct for h in found[n].holders} == {
            name: pytest.approx(float(share * 100), abs=1e-4) for name, share in naive(edges, f"{n}A").items()
        }
        assert found[n].is_complete
