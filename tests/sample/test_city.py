"""The city as a whole: the same bytes, every resource, deliveries in every form."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import pytest

from sample.city import generate
from sample.contract import departments, items
from sample.periods import last_period, months_before
from sample.resources import RESOURCES
from sample.trouble import KINDS, places
from tests.sample.conftest import AS_OF, PERSONS, SEED, City, make

NOT_DELIVERED = {"transport_operation_licence"}


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in sorted(folder.rglob("*")) if path.is_file())
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_the_same_persons_seed_and_day_give_the_same_bytes(city: City, tmp_path: Path) -> None:
    assert digests(make(tmp_path).folder) == digests(city.folder)


def test_another_seed_gives_another_city(city: City, tmp_path: Path) -> None:
    other = digests(make(tmp_path, SEED + 1).folder)
    same = {name for name, digest in digests(city.folder).items() if other.get(name) == digest}
    assert not {name for name in same if "police" in name and "landing" in name}


def test_a_small_city_takes_seconds(city: City) -> None:
    assert city.seconds < 30


def test_a_hundred_people_are_a_city_too(tmp_path: Path) -> None:
    generate(100, 1, date(2026, 2, 3), tmp_path)
    assert len(pl.read_parquet(tmp_path / "truth" / "persons.parquet")) == 100


def test_progress_tells_what_is_being_written(tmp_path: Path) -> None:
    told: list[str] = []
    generate(100, 1, AS_OF, tmp_path, told.append)
    assert {"police_population", "statistics_gdp", "catalogs", "truth"} <= set(told)


def test_every_resource_has_a_delivery_but_that_of_the_late_department(city: City) -> None:
    sent = {path.parent.name for path in city.folder.glob("landing/*/*/*")}
    for path in city.folder.glob("frontend/*.sqlite"):
        with sqlite3.connect(path) as db:
            sent |= {name for (name,) in db.execute("select name from sqlite_master where type = 'table'")}
    assert {r.slug for r in RESOURCES} - sent == NOT_DELIVERED


def test_deliveries_come_in_every_form(city: City) -> None:
    endings = {path.suffix for path in city.folder.glob("landing/*/*/*")}
    assert endings == {".csv", ".xlsx", ".parquet", ".jsonl", ".geojson"}
    assert (city.folder / "frontend" / "housing_fund.sqlite").exists()


def test_chinese_headings_stand_below_a_title_in_excel(city: City) -> None:
    book = openpyxl.load_workbook(city.landing("civil_affairs_welfare"), read_only=True)
    first, second = list(book.active.iter_rows(max_row=2, values_only=True))
    assert first[0] == "低保特困对象"
    assert list(second) == [item.name for item in items("civil_affairs_welfare")]


def test_gbk_files_do_not_read_as_utf_8(city: City) -> None:
    content = city.landing("police_population").read_bytes()
    assert "公民身份号码" in content.decode("gb18030")
    with pytest.raises(UnicodeDecodeError):
        content.decode("utf-8")


def test_some_csv_files_begin_with_a_byte_order_mark(city: City) -> None:
    assert city.landing("police_residence_permit").read_bytes().startswith(b"\xef\xbb\xbf")
    assert not city.landing("police_address").read_bytes().startswith(b"\xef\xbb\xbf")


def test_outlines_are_geojson_with_item_codes(city: City) -> None:
    collection = json.loads(city.landing("natural_resources_boundary").read_text("utf-8"))
    assert {f["properties"]["division_code"] for f in collection["features"]} >= {"140213", "140226"}


def test_every_kind_of_trouble_is_planted_in_every_place_of_it(city: City) -> None:
    plants = city.plants
    assert set(plants["kind"]) == set(KINDS)
    assert set(places()) <= set(plants.select("kind", "resource", "item").iter_rows())


def test_no_row_carries_two_plants_that_show_at_one_stage(city: City) -> None:
    rows = city.plants.filter(pl.col("row").is_not_null()).group_by("resource", "period", "row", "stage").len()
    assert rows["len"].max() == 1


def test_plants_name_files_that_exist_and_known_departments(city: City) -> None:
    plants = city.plants
    assert all((city.folder / file).exists() for file in plants["file"].drop_nulls().unique())
    assert set(plants["department"]) <= {d.slug for d in departments()}
    assert plants["plant_id"].is_unique().all()


def test_rates_are_stated_for_every_kind(city: City) -> None:
    rates = json.loads((city.folder / "truth" / "rates.json").read_text())
    assert {kind: r["planted"] for kind, r in rates.items()} == dict(city.plants.group_by("kind").len().iter_rows())


def test_the_truth_counts_the_people_asked_for(city: City) -> None:
    people = pl.read_parquet(city.folder / "truth" / "persons.parquet")
    assert len(people) == people["id_number"].n_unique() == PERSONS


@pytest.mark.parametrize(
    ("as_of", "periods"),
    [
        (date(2026, 11, 23), ["2026-11-22", "2026-W47", "2026-10", "2026-Q3", "2026-H1", "2025"]),
        (date(2026, 1, 1), ["2025-12-31", "2025-W52", "2025-12", "2025-Q4", "2025-H2", "2025"]),
        (date(2026, 4, 1), ["2026-03-31", "2026-W13", "2026-03", "2026-Q1", "2025-H2", "2025"]),
    ],
)
def test_the_last_complete_period_of_each_cycle(as_of: date, periods: list[str]) -> None:
    cycles = ("每日", "每周", "每月", "每季度", "每半年", "每年")
    assert [last_period(cycle, as_of) for cycle in cycles] == periods


def test_months_before_january_lie_in_the_old_year() -> None:
    assert months_before(date(2026, 1, 9), 2) == [(2025, 11), (2025, 12)]
