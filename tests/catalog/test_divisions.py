"""Area codes of a city: those of its counties, former ones, and those of counties that came to it with their people."""

from __future__ import annotations

from catalog.divisions import area_codes, own_area_codes


def test_a_county_that_came_from_a_prefecture_that_is_no_more_brings_its_codes() -> None:
    own = own_area_codes("140200")
    assert {"140200", "140213", "140203", "140227"} <= set(own)
    # counties of the former Yanbei prefecture: 阳高 to 左云 and 大同县 came to the city, 应县 and 怀仁 to another
    assert [code for code in own if code.startswith("1421")] == [
        "142121", "142122", "142123", "142124", "142125", "142130", "142132",
    ]  # fmt: skip
    assert set(own) <= set(area_codes())


def test_a_county_of_the_same_name_in_a_city_that_lives_is_not_its_own() -> None:
    # 城区 and 矿区 are counties of Yangquan, too
    assert not [code for code in own_area_codes("140200") if code.startswith(("1403", "1404", "1405"))]


def test_a_city_that_the_table_lacks_has_its_own_code() -> None:
    assert own_area_codes("000000") == ("000000",)
