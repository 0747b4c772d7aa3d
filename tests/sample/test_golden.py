"""What a base says against the truth: right, or a difference with its reason."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import polars as pl
import pytest

from sample import bases, golden
from tests.sample.conftest import City

# person: what the truth says, what the base says, what accepted deliveries of the police, of hospitals and of the tax office say
PEOPLE = {
    "right": ("甲", "甲", ("甲", None, None)),
    "chosen wrongly": ("乙", "丁", ("乙", "丁", None)),
    "of who is trusted less": ("乙", "丁", ("丁", "乙", None)),
    "of who is not asked": ("乙", None, (None, None, "乙")),
    "in no delivery": ("丙", None, None),
    "unsaid": ("戊", None, (None, None, None)),
    "said wrongly": ("己", "庚", ("庚", None, None)),
    "made up": (None, "辛", ("辛", None, None)),
    "nobody's": (None, None, (None, None, None)),
}


SLUGS = ("police_population", "health_resident_record", "taxation_taxpayer")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    with sqlite3.connect(tmp_path / "register.sqlite") as db:
        db.execute("create table publication (id integer primary key, unit text, release_id text)")
        db.execute("insert into publication (unit, release_id) values ('natural_person', 'r1')")
    db.close()
    truth = {"id_number": list(PEOPLE), "name": [true for true, _, _ in PEOPLE.values()]}
    write(tmp_path / "sample" / "truth" / "persons.parquet", {**truth, "sex_code": ["1"] * len(PEOPLE)})
    held = {number: said for number, (_, said, told) in PEOPLE.items() if told is not None}
    write(
        tmp_path / "releases/natural_person/r1/person.parquet", {"id_number": list(held), "name": list(held.values())}
    )
    for place, slug in enumerate(SLUGS):
        told = {number: each[place] for number, (_, _, each) in PEOPLE.items() if each is not None}
        said = {"id_number": list(told), "name": list(told.values())}
        write(tmp_path / "releases" / slug / "s1" / f"{slug}.parquet", said)
    sources = [{"resource": slug, "release_id": "s1"} for slug in SLUGS]
    (tmp_path / "releases/natural_person/r1/manifest.json").write_text(json.dumps({"sources": sources}))
    return tmp_path


def write(path: Path, columns: dict[str, list[str | None]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)).write_parquet(path)


def test_every_difference_has_a_reason_and_what_could_be_right_is_told_apart(home: Path) -> None:
    found = golden.compare(home, "natural_person", home / "releases/natural_person/r1")
    assert found["differences"] == {"name": dict.fromkeys(sorted(golden.REASONS), 1)}
    # eight things have a value in the truth or in the base
    assert found["golden"] == {"name": round(1 / 8, 5)}
    assert found["best"] == {"name": round(3 / 8, 5)}


def test_a_base_that_is_not_published_is_left_out(home: Path) -> None:
    assert set(golden.HELD) == {
        "natural_person", "legal_entity", "geospatial", "license", "credit", "macro_economy",
    }  # fmt: skip
    with sqlite3.connect(home / "register.sqlite") as db:
        db.execute("delete from publication")
    db.close()
    assert bases.figures(home) == {}


def test_who_is_said_to_live_nowhere_else_lives_where_registered(home: Path) -> None:
    numbers = ["at home", "elsewhere"]
    places = {"id_number": numbers, "registered_division_code": ["140213", "140213"]}
    write(home / "sample/truth/persons.parquet", {**places, "residence_division_code": ["140213", "140214"]})
    golden._truth.cache_clear()
    folder = home / "releases/natural_person/r1"
    write(folder / "person.parquet", {**places, "residence_division_code": [None, "140214"]})
    assert golden.compare(home, "natural_person", folder)["golden"]["residence_division_code"] == 1


def test_the_city_keeps_the_truth_of_all_six_bases(city: City) -> None:
    """Each file of the truth has what its base is held against, once for each thing."""
    for tables in golden.HELD.values():
        for held in tables:
            key = list(held.key.values())
            parts = [pl.read_parquet(city.folder / "truth" / f"{name}.parquet") for name in held.truth]
            ended = {"ended_date"} if held.table == "credit_list_entry" else set()
            stated = {column for part in parts for column in part.columns} | ended
            assert set(key) | set(held.attributes.values()) <= stated, held.table
            assert all(len(part.unique(key)) == len(part) > 0 for part in parts), held.table
