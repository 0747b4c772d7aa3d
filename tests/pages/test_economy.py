"""The economy in charts: each indicator, the counties compared, as known on a day, in both languages."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import duckdb
import pytest

from api.main import create_app
from catalog import grants, releases, resources
from catalog.settings import Settings
from catalog.vocab import Base
from pipelines.demo import initialise
from tests.api.officials import Browser

if TYPE_CHECKING:
    from tests.pages.conftest import Portal


def test_each_open_indicator_is_drawn_and_compared_between_the_ten_counties(portal: Portal) -> None:
    page = portal.as_("").get("/economy?lang=zh").text
    assert "社会消费品零售总额（亿元）" in page
    assert "原煤产量" not in page
    names = re.findall(r'class="indicator"><h2>([^（]+)', page)
    assert page.count("<svg") >= len(names) + len(set(names)) > 0
    compared = re.findall(r"各县区对比（[^）]+）</figcaption>.*?</figure>", page, re.DOTALL)
    assert len(compared) == len(set(names)) and all(
        len(re.findall(r"<tr><td>[^<]+[区县]</td>", each)) == 10 for each in compared
    )


@pytest.mark.parametrize("path", ["/economy?lang=zh", "/bases/macro_economy?lang=zh"])
def test_values_that_are_no_longer_open_are_drawn_for_nobody(portal: Portal, path: str) -> None:
    """The department closed one item, and left the others of the resource open."""
    heading = "地区生产总值（亿元）"
    assert heading in portal.as_("").get(path).text
    for is_open in (False, True):
        with portal.house.transaction() as db:
            items = resources.get(db, "statistics_gdp").items
            next(each for each in items if each.name == "obs_value").is_open = is_open
        assert (heading in portal.as_("").get(path).text) == is_open


def test_a_withheld_observation_is_on_no_page(portal: Portal) -> None:
    path = "/economy?lang=zh&area=140213"
    text = portal.as_("").get(path).text
    section = re.findall(r"<h2>社会消费品零售总额.*?</section>", text, re.DOTALL)[0]
    period, value = re.findall(r'<tr><td>(20\d\d-\d\d)</td><td class="number">([\d,.]+)</td>', section)[0]
    with portal.house.transaction() as db:
        release = releases.in_force(db, Base.MACRO_ECONOMY)
        path_of = portal.house.store.release(release.unit, release.release_id) / "observation.parquet"
        query = "select record_key from read_parquet(?) where ref_area = '140213' and time_period = ?"
        now = portal.house.clock()
        facts: dict[str, Any] = {"reason": "误发布", "valid_from": now.date(), "by": "test", "now": now}
        with duckdb.connect() as connection:
            for (key,) in connection.execute(query, [str(path_of), period]).fetchall():
                grants.suppress(db, resources.get(db, "observation"), key, **facts)
    assert value in text and value not in portal.as_("").get(path).text


def test_what_was_delivered_in_another_unit_stands_apart_with_no_figure_in_the_dictionary_s(portal: Portal) -> None:
    first = portal.as_("").get("/economy?lang=zh").text
    areas = re.findall(r'<option value="(\d{6})"', first)
    pages = [portal.as_("").get(f"/economy?lang=zh&area={area}").text for area in areas]
    sections = [re.findall(r"<h2>([^（]+)（([^）]+)）</h2>(.*?)</section>", page, re.DOTALL) for page in pages]
    apart = [(unit, text) for each in sections for (before, *_), (name, unit, text) in pairwise(each) if name == before]
    assert apart, "the sample city delivers no indicator in two units"
    assert [unit for unit, text in apart if "各县区对比" in text or "%</td>" in text] == []


def test_growth_as_published_stands_beside_that_of_the_levels(portal: Portal) -> None:
    page = portal.as_("").get("/economy?area=140213&lang=en").text
    assert re.search(r'<td class="number">-?\d+\.\d%</td><td class="number">-?\d+\.\d\d%</td><td>yes</td>', page)


def test_on_a_day_before_anything_was_published_there_is_nothing(portal: Portal) -> None:
    assert "当日尚无已发布的开放指标" in portal.as_("").get("/economy?day=2000-01-01&lang=zh").text


def test_a_day_shows_only_what_was_published_by_then(portal: Portal) -> None:
    early = portal.as_("").get("/economy?day=2025-12-31&lang=zh").text
    assert "<td>2025-11</td>" in early and "<td>2026-" not in early


@pytest.mark.parametrize("query", ["area=999999", "day=yesterday"])
def test_an_unknown_area_or_day_is_told_so(portal: Portal, query: str) -> None:
    assert portal.as_("").get(f"/economy?{query}").status_code == 400


def test_a_city_of_which_no_area_is_listed_yet_has_its_page_and_no_other_city_s_areas(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home", division_code="110100")
    initialise(settings)
    browser = Browser(create_app(settings, log=lambda line: None))
    page = browser.get("/economy?lang=zh")
    browser.close()
    assert (page.status_code, "110100" in page.text, "大同市" in page.text) == (200, True, False)


@pytest.mark.parametrize("path", ["/economy", "/bases", "/bases/natural_person"])
def test_counties_are_written_in_the_letters_of_the_page(portal: Portal, path: str) -> None:
    english, chinese = (portal.as_("").get(f"{path}?lang={lang}").text for lang in ("en", "zh"))
    assert "Xinrong District" in english and "Yanggao County" in english
    assert "新荣区" not in english
    assert "新荣区" in chinese and "Xinrong" not in chinese
