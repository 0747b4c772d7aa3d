"""What a run does with bad news and with bad builds."""

from __future__ import annotations

import shutil
from pathlib import Path

import dagster as dg
import polars as pl
import pytest
from sqlalchemy import delete, select

from catalog import deliveries, releases, resources
from catalog.errors import BuildFailed
from catalog.models import BaseInput, Delivery
from catalog.settings import Settings
from catalog.vocab import DeliveryState
from pipelines.basedbs import build_candidate
from pipelines.checking import take
from pipelines.definitions import build_definitions, due_assets
from pipelines.demo import initialise, run_city
from pipelines.house import House, open_house
from pipelines.landing import collect
from tests.helpers import AS_OF

DAY = AS_OF


def in_force(house: House, unit: str) -> str:
    with house.transaction() as db:
        return releases.in_force(db, unit).release_id


def land(house: House, rows: pl.DataFrame, slug: str = "police_driving_licence", department: str = "police") -> str:
    rows.write_parquet(house.store.landing / department / slug / f"{DAY}.parquet")
    (received,), _ = collect(house)
    return received


def sent(house: House) -> pl.DataFrame:
    (path,) = (house.store.home / "sample/landing/police/police_driving_licence").glob("*.parquet")
    return pl.read_parquet(path)


def test_a_bad_delivery_is_news_the_run_stays_green_and_the_last_release_in_force(city_house: House) -> None:
    before = in_force(city_house, "police_driving_licence")
    delivery = land(city_house, sent(city_house).drop("name"))
    assert run_city(city_house) == []
    with city_house.transaction() as db:
        settled = deliveries.get(db, delivery)
        assert settled.state is DeliveryState.RETURNED
        assert [(f.rule, f.department.slug) for f in settled.findings] == [("COLUMN_MISSING", "police")]
    assert in_force(city_house, "police_driving_licence") == before


def test_a_snapshot_that_would_empty_its_resource_waits_for_a_steward(city_house: House) -> None:
    before = in_force(city_house, "police_driving_licence")
    delivery = land(city_house, sent(city_house).head(20))
    taken = take(city_house, "police_driving_licence", "run")
    assert taken.states == ((DAY, "held"),)
    assert in_force(city_house, "police_driving_licence") == before
    with city_house.transaction() as db:
        found = deliveries.get(db, delivery)
        deliveries.confirm(db, found, city_house.checks, now=city_house.clock(), zone=city_house.settings.zone)
    after = take(city_house, "police_driving_licence", "run")
    assert after.is_new
    assert after.rows <= 20


def test_a_base_that_fails_its_check_is_not_published_and_the_run_is_red(city_house: House) -> None:
    before = in_force(city_house, "credit")
    with city_house.transaction() as db:
        db.execute(delete(BaseInput).where(BaseInput.base == "credit"))
        keep = resources.get(db, "taxation_credit_grade")
        db.add(BaseInput(base="credit", role="tax_grade", resource=keep))
    job = build_definitions(city_house).resolve_job_def("city")
    keys = [dg.AssetKey(["credit", "candidate"]), dg.AssetKey(["credit", "release"])]
    with dg.instance_for_test() as instance:
        result = job.execute_in_process(instance=instance, asset_selection=keys, raise_on_error=False)
    checks = {e.check_name: e.passed for e in result.get_asset_check_evaluations()}
    assert checks == {"sound": False}
    assert not result.success
    assert in_force(city_house, "credit") == before


def test_a_build_does_not_start_on_a_full_disk(city_house: House) -> None:
    city_house.settings.min_free_mb = 10**9
    # what is kept would be taken as it is
    shutil.rmtree(city_house.store.release("credit", in_force(city_house, "credit")))
    with pytest.raises(BuildFailed, match="磁盘"):
        build_candidate(city_house, "credit")
    assert list((city_house.store.candidates / "credit").glob("*")) == []


def test_what_a_failing_house_held_is_given_back(city_house: House) -> None:
    land(city_house, sent(city_house))
    key = city_house.store.keys / "platform.json"
    key.rename(key.with_suffix(".away"))
    failures = run_city(city_house)
    assert any("police_driving_licence" in line for line in failures)
    with city_house.transaction() as db:
        waiting = db.scalars(select(Delivery.state).where(Delivery.period == DAY)).all()
    assert DeliveryState.CHECKING not in waiting


def test_an_empty_city_has_nothing_due(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    initialise(settings)
    house = open_house(settings)
    assert due_assets(house) == []
    assert run_city(house) == []
    house.database.dispose()
