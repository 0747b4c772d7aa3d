"""Hostile files from the watched folder to their findings: each is news, none stops the house."""

from __future__ import annotations

import io
import zipfile

import xlsxwriter

from catalog import deliveries
from catalog.vocab import DeliveryState
from pipelines.checking import take
from pipelines.house import House
from pipelines.landing import collect

SLUG = "police_population"
HEADER = "id_number,name\n"
GOOD = HEADER + "140213199003070018,甲\n"


def archive(**parts: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name.replace("__", "/"), content)
    return made.getvalue()


def workbook(formula: str, stray: str = "") -> bytes:
    made = io.BytesIO()
    book = xlsxwriter.Workbook(made)
    sheet = book.add_worksheet()
    sheet.write_row(0, 0, ("id_number", "name"))
    sheet.write_formula(1, 0, formula, None, "")
    if stray:
        sheet.write(stray, "x")
    book.close()
    return made.getvalue()


HOSTILE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "FILE_EMPTY"),
    "header alone": (HEADER.encode(), "FILE_EMPTY"),
    "binary": (bytes(range(256)) * 99, "FILE_UNREADABLE"),
    "two encodings": (GOOD.encode() + b"140213199003070018," + b"\xff\xfe\xff\n", "FILE_UNREADABLE"),
    "torn workbook": (workbook("=1")[:-200], "FILE_UNREADABLE"),
    "formula without result": (workbook("=UNKNOWN()"), "FILE_UNREADABLE"),
    "page called Excel": (b"<html><table><tr><td>id_number</td></tr></table></html>", "FILE_UNREADABLE"),
    "cell at the far end": (workbook("=1", "XFD1048576"), "FILE_UNREADABLE"),
    "zip bomb": (archive(xl__workbook__xml=b"", **{"xl__workbook.xml": b"<x/>", "x": b"0" * (1 << 26)}), "FILE_UNREADABLE"),
    "other archive": (archive(**{"a.csv": GOOD.encode()}), "FILE_UNREADABLE"),
    "old excel": (b"\xd0\xcf\x11\xe0" + b"x" * 999, "FILE_UNREADABLE"),
    "half parquet": (b"PAR1" + b"x" * 999, "FILE_UNREADABLE"),
    "deep json": (b"[" * 200_000, "FILE_UNREADABLE"),
    "json and rubbish": (b'{"id_number": "x", "name": "y"}\n{,}\n', "FILE_UNREADABLE"),
    "ragged lines": (GOOD.encode() + b"x,y,z\n", "FILE_UNREADABLE"),
    "open quote": (HEADER.encode() + b'"x,y\n', "FILE_UNREADABLE"),
    "other columns": (b"a,b\n1,2\n", "COLUMN_MISSING"),
    "renamed column": ("id_number,full_name\n1,甲\n".encode(), "COLUMN_RENAMED"),
    "every row bad": (HEADER.encode() + ",甲\n".encode() * 5000, "KEY_MISSING"),
    "one endless line": (HEADER.encode() + b"x" * 3_000_000 + b",y\n", "FILE_UNREADABLE"),
}  # fmt: skip


def send(house: House, content: bytes, name: str) -> str:
    """The id of the delivery that a file of the watched folder became."""
    path = house.store.landing / "police" / SLUG / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    (received,), _ = collect(house)
    return received


def test_each_hostile_file_is_returned_with_its_cause_and_the_next_file_is_taken(house: House) -> None:
    sent = {
        send(house, content, f"2026-11-19.{number}.csv"): (kind, rule)
        for number, (kind, (content, rule)) in enumerate(HOSTILE.items(), 1)
    }
    good = send(house, GOOD.encode(), "2026-11-20.csv")
    taken = take(house, SLUG, "run")
    assert taken.rows == 1
    with house.transaction() as db:
        for delivery_id, (kind, rule) in sent.items():
            found = deliveries.get(db, delivery_id)
            assert (kind, found.state) == (kind, DeliveryState.RETURNED)
            assert (kind, rule in {f.rule for f in found.findings}) == (kind, True)
            assert all(len(f.message) <= 500 and len(f.first_rows) <= 20 and f.remedy for f in found.findings)
        assert deliveries.get(db, good).state is DeliveryState.ACCEPTED


def test_a_file_for_an_unregistered_resource_and_the_same_file_twice_leave_no_second_delivery(house: House) -> None:
    stranger = house.store.landing / "police" / "unknown_resource" / "2026-11-19.csv"
    stranger.parent.mkdir(parents=True)
    stranger.write_text(GOOD)
    received, refused = collect(house)
    assert (received, len(refused)) == ([], 1)
    first = send(house, GOOD.encode(), "2026-11-19.csv")
    assert send(house, GOOD.encode(), "2026-11-19.csv") == first
