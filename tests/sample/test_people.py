"""People, households and addresses look like those of a city."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl
import pytest

from sample import geography, people
from sample.households import HEAD, SPOUSE
from sample.streams import rank_within, stream
from tests.sample.conftest import City

AS_OF = date(2026, 11, 20)


@pytest.fixture(scope="module")
def crowd() -> people.People:
    return people.make(30_000, 3, AS_OF)


def test_ages_follow_the_census(crowd: people.People) -> None:
    shares = [np.mean(crowd.age < 15), np.mean((crowd.age >= 15) & (crowd.age < 60)), np.mean(crowd.age >= 60)]
    assert shares == pytest.approx([0.164, 0.647, 0.189], abs=0.01)


def test_common_surnames_lead(crowd: people.People) -> None:
    top = crowd.name.str.slice(0, 1).value_counts(sort=True)[:3]
    assert set(top.to_series(0)) == {"王", "李", "张"}


def test_every_household_has_one_head(crowd: people.People) -> None:
    heads = crowd.homes.household[crowd.homes.relation == HEAD]
    assert len(heads) == len(set(heads.tolist())) == crowd.homes.count
    assert 2.0 < len(crowd.age) / crowd.homes.count < 3.0


def test_couples_are_a_man_and_a_woman_and_children_bear_the_fathers_surname(crowd: people.People) -> None:
    homes = crowd.homes
    assert (crowd.sex[homes.husbands] == 1).all()
    assert (crowd.sex[homes.wives] == 2).all()
    assert (homes.relation[homes.wives] == SPOUSE).all()
    children = np.flatnonzero(homes.father >= 0)
    surnames = crowd.name.str.slice(0, 1)
    assert (surnames.gather(children) == surnames.gather(homes.father[children])).all()
    assert (crowd.age[homes.father[children]] - crowd.age[children]).min() >= 19


def test_identifiers_carry_old_codes_of_the_region(crowd: people.People) -> None:
    areas = set(crowd.area.tolist())
    assert {140202, 140203, 140211, 140227, 142132} <= areas


def test_deaths_come_before_the_citys_day_and_after_birth(crowd: people.People) -> None:
    dead = crowd.status == people.DECEASED
    assert (crowd.death[dead] < np.datetime64(AS_OF)).all()
    assert (crowd.death[dead] > crowd.birth[dead]).all()
    assert np.isnat(crowd.death[~dead]).all()


def test_addresses_lie_inside_the_outline_of_their_county(city: City) -> None:
    table = pl.read_csv(city.landing("police_address"), schema_overrides={"division_code": pl.String})
    planted = city.plants.filter((pl.col("resource") == "police_address") & pl.col("row").is_not_null())["row"]
    table = table.with_row_index("row", offset=2).filter(~pl.col("row").is_in(planted.to_list())).drop("row")
    for county, rows in table.group_by("division_code"):
        points = rows.select("longitude", "latitude").to_numpy()
        assert geography.inside(points, geography.outline(str(county[0]))).all()


def test_a_square_holds_its_middle_and_not_its_neighbour() -> None:
    square = np.array([[0, 0], [2, 0], [2, 2], [0, 2], [0, 0]], dtype=float)
    assert geography.inside(np.array([[1.0, 1.0], [3.0, 1.0]]), square).tolist() == [True, False]


def test_streams_differ_by_label_and_ranks_count_from_nothing() -> None:
    assert stream(1, "a").random() != stream(1, "b").random()
    assert stream(1, "a").random() == stream(1, "a").random()
    assert rank_within(np.array([5, 7, 5, 5, 7])).tolist() == [0, 0, 1, 2, 1]


def test_a_child_of_the_same_day_sex_and_place_gets_another_number(crowd: people.People) -> None:
    assert crowd.id_number.is_unique().all()
