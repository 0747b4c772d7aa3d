"""Search over HTTP: facets as parameters, pages by cursor, drafts for those who may know them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from catalog import departments, resources
from catalog.vocab import ResourceState, ShareType
from tests.api.conftest import City
from tests.catalog.conftest import make_resource
from tests.helpers import sixbase


@pytest.fixture(scope="module", autouse=True)
def catalog(city: City) -> Iterator[None]:
    """Two published resources of the police, a draft of it, one of housing."""
    with city.transaction() as db:
        police, housing = departments.get(db, "police"), departments.get(db, "housing")
        make_resource(db, police, "lowest", name="低保边缘人口", share_type=ShareType.UNCONDITIONAL)
        make_resource(db, police, "plan", name="低保计划").state = ResourceState.DRAFT
        make_resource(db, housing, "homes", name="保障性住房", abstract="面向低保对象")
    yield
    with city.transaction() as db:
        for slug in ("lowest", "plan", "homes"):
            resources.retire(db, resources.get(db, slug))


def search(city: City, token: str = "", **parameters: Any) -> Any:
    answer = city.api.get("/v1/resources", token, params=parameters)
    assert answer.status_code == 200, answer.text
    return answer.json()


def slugs(page: Any) -> list[str]:
    return [each["slug"] for each in page["resources"]]


def counts(page: Any, name: str) -> dict[str, int]:
    return {v["value"]: v["count"] for facet in page["facets"] if facet["name"] == name for v in facet["values"]}


def test_the_public_finds_what_is_published_with_facets(city: City) -> None:
    page = search(city, q="低保")
    assert slugs(page) == ["lowest", "homes"] and page["total"] == 2
    assert counts(page, "department") == {"police": 1, "housing": 1}
    assert counts(page, "share_type") == {"unconditional": 1, "conditional": 1}
    assert {f["title"] for f in page["facets"]} >= {"基础库", "提供部门", "共享类型", "更新情况", "质量等级"}
    first = page["resources"][0]
    assert (first["state"], first["freshness"], first["quality"]) == ("published", "none", "unrated")
    assert slugs(search(city, q="dbby")) == ["lowest"]
    assert slugs(search(city, q="低保", department="housing,taxation")) == ["homes"]
    assert slugs(search(city, freshness="current,late")) == ["people"]


def test_a_draft_is_for_its_department_and_the_stewards(city: City) -> None:
    assert slugs(search(city, city.token("police-registrar"), q="低保")) == ["lowest", "homes", "plan"]
    assert slugs(search(city, city.token("digital_government-steward"), q="低保")) == ["lowest", "homes", "plan"]
    for client in ("police-consumer", "housing-all", "housing-steward", "digital_government-registrar"):
        found = search(city, city.token(client), q="低保")
        assert slugs(found) == ["lowest", "homes"] and found["total"] == 2
        assert sum(counts(found, "department").values()) == 2


def test_a_bad_token_is_refused_rather_than_taken_for_the_public(city: City) -> None:
    assert city.api.get("/v1/resources", "nonsense").status_code == 401


def test_pages_follow_by_cursor(city: City) -> None:
    seen, cursor = [], ""
    while True:
        page = search(city, q="低保", limit=1, cursor=cursor)
        seen += slugs(page)
        if page["next"] is None:
            break
        cursor = page["next"]
    assert seen == ["lowest", "homes"]


@pytest.mark.parametrize("parameters", [{"quality": "best"}, {"cursor": "x"}, {"limit": 0}, {"q": "x" * 101}, {"p": 1}])
def test_what_cannot_be_asked_is_refused_with_the_way_out(city: City, parameters: dict[str, Any]) -> None:
    answer = city.api.get("/v1/resources", params=parameters)
    assert answer.status_code == 400 and answer.json()["remedy"]


def test_a_search_sees_what_another_process_changed(city: City) -> None:
    assert search(city, q="乡村振兴")["total"] == 0
    with city.transaction() as db:
        resources.get(db, "homes").abstract = "乡村振兴"
    assert slugs(search(city, q="乡村振兴")) == ["homes"]


def test_the_index_is_proved_by_verify_and_mended_by_upgrade(city: City) -> None:
    home = city.settings.home
    with city.house.database.begin() as connection:
        connection.exec_driver_sql("update search_entry set name = 'x' where slug = 'homes'")
    broken = sixbase("verify", home=home)
    assert broken.returncode == 1 and "search homes" in broken.stdout
    assert sixbase("upgrade", home=home).returncode == 0
    assert sixbase("verify", home=home).returncode == 0
    assert slugs(search(city, q="保障性")) == ["homes"]
