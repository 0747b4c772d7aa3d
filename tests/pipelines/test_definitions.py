"""Dagster's code location, as the register makes it."""

from __future__ import annotations

from pathlib import Path

import dagster as dg
import pytest

from catalog.settings import Settings
from pipelines.definitions import build_definitions, defs
from pipelines.demo import initialise
from pipelines.house import House, open_house


@pytest.fixture
def house(city: Path) -> House:
    return open_house(Settings(home=city))


def test_a_missing_home_gives_a_valid_empty_location(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIXBASE_HOME", str(tmp_path / "nothing"))
    assert not list(defs().resolve_asset_graph().get_all_asset_keys())


def test_an_empty_register_gives_the_six_bases_and_no_resource(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    initialise(settings)
    keys = build_definitions(open_house(settings)).resolve_asset_graph().get_all_asset_keys()
    assert len(keys) == 12


def test_lineage_reads_from_resource_to_base_to_release(house: House) -> None:
    graph = build_definitions(house).resolve_asset_graph()
    resource = dg.AssetKey(["police", "police_population"])
    candidate = dg.AssetKey(["natural_person", "candidate"])
    assert resource in graph.get(candidate).parent_keys
    assert graph.get(dg.AssetKey(["natural_person", "release"])).parent_keys == {candidate}


def test_each_resource_shows_its_department_freshness_and_checks(house: House) -> None:
    graph = build_definitions(house).resolve_asset_graph()
    node = graph.get(dg.AssetKey(["police", "police_population"]))
    assert (node.group_name, node.owners) == ("police", ["team:police"])
    assert node.freshness_policy is not None
    assert {key.name for key in node.check_keys} == {"quality", "on_time"}
    told = graph.get_check_spec(dg.AssetCheckKey(node.key, "quality")).description
    assert told and "规则集 police_population" in told and "责任部门：大同市公安局" in told
    assert "expectations/police_population.html" in told


def test_the_check_before_a_release_blocks(house: House) -> None:
    graph = build_definitions(house).resolve_asset_graph()
    key = dg.AssetCheckKey(dg.AssetKey(["credit", "candidate"]), "sound")
    assert graph.get_check_spec(key).blocking
