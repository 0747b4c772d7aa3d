"""Divisions from two tables that disagree, their outlines, and addresses with points."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.basedb.conftest import text_table

if TYPE_CHECKING:
    from tests.basedb.conftest import Builder

SQUARE = '{"type":"Polygon","coordinates":[[[113.0,40.0],[113.1,40.0],[113.1,40.1],[113.0,40.1],[113.0,40.0]]]}'
NEXT_SQUARE = '{"type":"Polygon","coordinates":[[[113.1,40.0],[113.2,40.0],[113.2,40.1],[113.1,40.1],[113.1,40.0]]]}'

CIVIL = """
    division_code | name     | level_code | parent_code
    140200        | 大同市   | 2          | 140000
    140222        | 天镇县   | 3          | 140200
    140222200     | 三十里铺乡 | 4        | 140222
"""


def test_a_code_with_two_names_keeps_the_name_of_civil_affairs_and_is_a_finding(build_base: Builder) -> None:
    base = build_base(
        "geospatial",
        division=CIVIL,
        statistical_division="""
            division_code | name     | level_code | parent_code
            140222200000  | 卅里铺乡 | 4          | 140222000000
        """,
        departments={"division": "civil_affairs", "statistical_division": "statistics"},
    )
    assert base.rows("division", "division_code", "name", "statistical_name", where="level_code = '4'") == [
        ("140222200", "三十里铺乡", "卅里铺乡")
    ]
    assert base.findings() == [
        ("DIVISION_CONFLICT", "statistical_division", "civil_affairs", "name", "statistical_division-d0", 2)
    ]


def test_names_that_differ_by_a_prefix_or_a_blank_are_no_conflict(build_base: Builder) -> None:
    base = build_base(
        "geospatial",
        division=CIVIL,
        statistical_division="""
            division_code | name                 | level_code | parent_code
            140222        | 大同市天镇县         | 3          | 1402
            140222200     | 天镇县 三十里　铺乡  | 4          | 140222
        """,
    )
    assert base.findings() == []


def test_the_city_s_authority_of_names_may_be_another(build_base: Builder) -> None:
    statistics = "division_code | name | level_code | parent_code\n140222 | 天镇 | 3 | 1402"
    base = build_base(
        "geospatial",
        division=CIVIL,
        statistical_division=statistics,
        ranking={"division.name": ("statistical_division", "division")},
    )
    assert base.rows("division", "name", where="division_code = '140222'") == [("天镇",)]


def test_statistics_may_have_another_code_for_the_same_place(build_base: Builder) -> None:
    base = build_base(
        "geospatial",
        division="""
            division_code | name       | level_code | parent_code
            140213        | 平城区     | 3          | 140200
            140213009     | 大庆路街道 | 4          | 140213
        """,
        statistical_division="""
            division_code | name       | level_code | parent_code
            140213059     | 大庆路街道 | 4          | 140213
            140213059001  | 某某社区   | 5          | 140213059
        """,
    )
    assert base.rows("division", "division_code", "statistical_code", "parent_code", "is_statistical_only") == [
        ("140213", None, "140200", False),
        ("140213009", "140213059", "140213", False),
        ("140213059001", "140213059001", "140213009", False),
    ]
    assert base.findings() == []


def test_a_name_twice_in_one_parent_is_matched_to_nobody(build_base: Builder) -> None:
    base = build_base(
        "geospatial",
        division="""
            division_code | name   | level_code | parent_code
            140213001     | 某街道 | 4          | 140213
            140213002     | 某街道 | 4          | 140213
        """,
        statistical_division="""
            division_code | name   | level_code | parent_code
            140213051     | 某街道 | 4          | 140213
        """,
    )
    assert base.rows("division", "division_code", "statistical_code", "is_statistical_only") == [
        ("140213001", None, False),
        ("140213002", None, False),
        ("140213051", "140213051", True),
    ]


def test_the_development_zone_exists_for_statistics_only_with_all_below_it(build_base: Builder) -> None:
    base = build_base(
        "geospatial",
        division=CIVIL,
        statistical_division="""
            division_code | name               | level_code | parent_code
            140271        | 山西大同经济开发区 | 3          | 1402
            140271400     | 开发区乡级单位     | 4          | 140271
            140271400001  | 某社区             | 5          | 140271400
            140222200201  | 三十里铺村         | 5          | 140222200
        """,
    )
    assert base.rows("division", "division_code", where="is_statistical_only") == [
        ("140271",), ("140271400",), ("140271400001",)
    ]  # fmt: skip
    assert base.rows("division", "parent_code", where="division_code = '140271' and parent_key is not null") == [
        ("140200",)
    ]


def test_where_civil_affairs_are_silent_on_a_level_nothing_on_it_is_for_statistics_only(build_base: Builder) -> None:
    base = build_base(
        "geospatial",
        division="division_code | name | level_code | parent_code\n140214 | 云冈区 | 3 | 140200",
        statistical_division="""
            division_code | name               | level_code | parent_code
            140214001     | 某街道             | 4          | 140214
            140271        | 山西大同经济开发区 | 3          | 1402
            140271400     | 开发区乡级单位     | 4          | 140271
        """,
    )
    assert base.rows("division", "division_code", where="is_statistical_only") == [("140271",), ("140271400",)]


def test_the_villages_of_a_township_that_only_statistics_know_are_for_statistics_too(build_base: Builder) -> None:
    base = build_base(
        "geospatial",
        division=CIVIL,
        statistical_division="""
            division_code | name   | level_code | parent_code
            140222299     | 某乡   | 4          | 140222
            140222299001  | 某村   | 5          | 140222299
        """,
    )
    assert base.rows("division", "division_code", where="is_statistical_only") == [("140222299",), ("140222299001",)]


def test_a_code_that_statistics_give_to_another_place_makes_a_division_of_its_own(build_base: Builder) -> None:
    base = build_base(
        "geospatial",
        division="""
            division_code | name   | level_code | parent_code
            140214027     | 甲街道 | 4          | 140214
        """,
        statistical_division="""
            division_code | name   | level_code | parent_code
            140214026     | 甲街道 | 4          | 140214
            140214027     | 乙街道 | 4          | 140214
        """,
        standard_address="""
            address_code | division_code | longitude | latitude
            A1           | 140214027     |           |
        """,
    )
    assert base.rows("division", "division_code", "name", "statistical_code", "is_statistical_only") == [
        ("140214027", "乙街道", "140214027", True),
        ("140214027", "甲街道", "140214026", False),
    ]
    civil = base.rows("division", "record_key", where="not is_statistical_only")
    assert base.rows("address", "division_key") == civil


def test_an_outline_has_its_area_on_the_ellipsoid_and_its_centre(build_base: Builder) -> None:
    base = build_base(
        "geospatial", division=CIVIL, boundary=f"division_code | name | geometry\n140222 | 天镇县 | {SQUARE}"
    )
    [(area, longitude, latitude, shape)] = base.rows(
        "division_outline", "area_m2", "centroid_longitude", "centroid_latitude", "geometry"
    )
    assert 94_700_000 < float(str(area)) < 94_900_000
    assert (longitude, latitude, shape) == (113.05, 40.05, SQUARE)
    keys = base.rows("division", "record_key", where="division_code = '140222'")
    assert base.rows("division_outline", "division_key") == keys


def test_an_outline_that_is_no_geometry_stays_without_an_area(build_base: Builder) -> None:
    base = build_base("geospatial", boundary='division_code | name | geometry\n140222 | 天镇县 | {"type":"Polygon"}')
    assert base.rows("division_outline", "division_code", "area_m2") == [("140222", None)]


def test_an_outline_that_crosses_itself_has_the_area_of_both_its_halves(build_base: Builder) -> None:
    bow = '{"type":"Polygon","coordinates":[[[113.0,40.0],[113.1,40.1],[113.1,40.0],[113.0,40.1],[113.0,40.0]]]}'
    base = build_base("geospatial", boundary=f"division_code | name | geometry\n140222 | 天镇县 | {bow}")
    [(area, longitude)] = base.rows("division_outline", "area_m2", "centroid_longitude")
    assert 47_300_000 < float(str(area)) < 47_500_000
    assert longitude == 113.05


@pytest.mark.parametrize(
    "ring", ["[[40,113],[41,113],[41,114],[40,113]]", "[[113,40]]", "[[113,40],[114,41],[114,40]]"]
)
def test_an_outline_in_other_units_or_of_too_few_points_has_no_area_and_locates_nothing(
    build_base: Builder, ring: str
) -> None:
    outline = f'{{"type":"Polygon","coordinates":[{ring}]}}'
    base = build_base(
        "geospatial",
        division="division_code | name | level_code | parent_code\n140222 | 天镇县 | 3 | 140200",
        boundary=f"division_code | name | geometry\n140222 | 天镇县 | {outline}",
        standard_address="""
            address_code | full_address | division_code | longitude | latitude
            A1           | 在内         | 140222        | 113.05    | 40.05
        """,
    )
    assert base.rows("division_outline", "division_code", "area_m2") == [("140222", None)]
    assert base.rows("address", "located_division_code", "is_inside") == [(None, None)]


@pytest.mark.parametrize(
    ("longitude", "latitude", "grid"),
    [
        ("113.05", "40.05", ("N4005E11305", 113.05, 40.05)),
        # the other way round, in metres, not to be drawn at all
        ("40.05", "113.05", None),
        ("500000", "4400000", None),
        ("1e308", "-1e308", None),
        ("-70.655", "-33.455", ("S3346W07066", -70.66, -33.46)),
    ],
)
def test_a_point_lies_in_a_grid_cell_of_either_hemisphere_and_no_point_of_other_units_stops_the_build(
    build_base: Builder, longitude: str, latitude: str, grid: tuple[object, ...] | None
) -> None:
    base = build_base(
        "geospatial",
        standard_address=f"""
            address_code | full_address | division_code | longitude   | latitude
            A1           | 某处         | 140222        | {longitude} | {latitude}
        """,
    )
    assert base.rows("address", "grid_code") == [(grid and grid[0],)]
    assert base.rows("address_grid", "grid_code", "west", "south") == ([grid] if grid else [])


def test_a_point_is_located_in_the_outline_that_holds_it(build_base: Builder) -> None:
    base = build_base(
        "geospatial",
        division="""
            division_code | name   | level_code | parent_code
            140222        | 天镇县 | 3          | 140200
            140223        | 广灵县 | 3          | 140200
            140226        | 左云县 | 3          | 140200
        """,
        boundary=f"""
            division_code | name   | geometry
            140222        | 天镇县 | {SQUARE}
            140223        | 广灵县 | {NEXT_SQUARE}
        """,
        standard_address="""
            address_code | full_address | division_code | longitude | latitude
            A1           | 在内         | 140222        | 113.05    | 40.05
            A2           | 在邻县       | 140222        | 113.15    | 40.05
            A3           | 在界上       | 140223        | 113.1     | 40.05
            A4           | 不在任何处   | 140222        | 114.0     | 40.05
            A5           | 没有界线     | 140226        | 113.05    | 40.05
            A6           | 没有坐标     | 140222        |           |
            A7           | 没有区划     |               | 113.05    | 40.05
        """,
    )
    assert base.rows("address", "address_code", "located_division_code", "is_inside") == [
        ("A1", "140222", True),
        ("A2", "140223", False),
        ("A3", "140223", True),
        ("A4", None, False),
        ("A5", "140222", None),
        ("A6", None, None),
        ("A7", "140222", None),
    ]


def test_an_address_of_an_unknown_division_has_no_division_key(build_base: Builder) -> None:
    base = build_base(
        "geospatial",
        division=CIVIL,
        standard_address="address_code | division_code | longitude | latitude\nA1 | 140299 | 113.0 | 40.0",
    )
    assert base.rows("address", "division_code", "division_key") == [("140299", None)]


STREET = "address_code | full_address | division_code\nA1 | 山西省大同市平城区迎宾街道迎宾路3号2号楼1单元101室 | 140213"


def test_an_address_that_no_standard_address_bears_out_is_for_who_delivered_it(build_base: Builder) -> None:
    base = build_base(
        "geospatial",
        departments={"standard_address": "police"},
        standard_address=STREET,
        check_residence="""
            residence_address                                     | residence_division_code | end_date
            山西省大同市平城区迎宾街道迎宾路3号2号楼1单元101室    | 140213                  |
            山西省大同市平城区迎宾街道迎宾路5号                   | 140213                  |
            平城区迎宾街道迎宾路7号                               | 140213                  | 2020-01-01
            北京市东城区某街1号                                   | 110101                  |
        """,
        check_business="""
            address                       | division_code | status_code
            大同市平城区迎宾街道御河路3号 | 140213        | 1
            大同市平城区迎宾街道御河路3号 | 140213        | 3
            无此处                        |               |
        """,
        check_registered="registered_address | registered_division_code\n云冈区某街1号 | 140214",
    )
    assert base.told() == [
        ("ADDRESS_UNKNOWN", "check_business", 2, "check_business", "police"),
        ("ADDRESS_UNKNOWN", "check_business", 4, "check_business", "police"),
        ("ADDRESS_UNKNOWN", "check_residence", 3, "check_residence", "police"),
    ]


@pytest.mark.parametrize(
    "written",
    [
        "大同市平城区迎宾街道迎宾路3号2号楼1单元101室",
        "平城区迎宾街道迎宾路 ３号２号楼１单元１０１室",
        "山西省大同市平城区迎宾街道迎宾路3号",
        "平城区迎宾街道迎宾路3号9号楼2单元202室",
    ],
)
def test_an_address_is_found_as_written_otherwise_or_by_its_house(build_base: Builder, written: str) -> None:
    base = build_base("geospatial", standard_address=STREET, check_business=f"address\n{written}")
    assert base.findings() == []


@pytest.mark.parametrize("written", ["平城区迎宾街道迎宾小区2号楼1单元", "平城区迎宾街道迎宾路13号", "平城区"])
def test_a_building_of_a_compound_is_no_house(build_base: Builder, written: str) -> None:
    base = build_base("geospatial", standard_address=STREET, check_business=f"address\n{written}")
    assert [found[0] for found in base.findings()] == ["ADDRESS_UNKNOWN"]


def test_without_standard_addresses_nothing_is_looked_for(build_base: Builder) -> None:
    assert build_base("geospatial", check_business="address\n平城区某街1号").findings() == []


ROOMS = """
    address_code | full_address | division_code | town_name | street | house_no | unit_room | longitude | latitude
    A1 | 山西省大同市平城区迎宾街道迎宾路3号2号楼1单元101室 | 140213 | 迎宾街道 | 迎宾路 | 3号 | 2号楼1单元101室 | 113.305 | 40.085
    A2 | 山西省大同市平城区迎宾街道迎宾路3号12号楼2单元203室 | 140213 | 迎宾街道 | 迎宾路 | 3号 | 12号楼2单元203室 | 113.306 | 40.086
    A3 | 山西省大同市云冈区三十里乡三里村5号 | 140214 | 三十里乡 | 三里村 | 5号 | | 113.1 | 40.0
    A4 | 山西省大同市云冈区长城乡二十六1号 | 140214 | 长城乡 | 二十六 | 1号 | | |
    A5 | 山西省大同市平城区迎宾街道迎宾路8号2单元101室 | 140213 | 迎宾街道 | 迎宾路 | 8号 | 2单元101室 | |
"""
COUNTIES = """
    division_code | name   | level_code | parent_code
    140213        | 平城区 | 3          | 140200
    140214        | 云冈区 | 3          | 140200
"""


WRITTEN = """
    residence_address | expected | code
    山西省大同市平城区迎宾街道迎宾路3号2号楼1单元101室 | room | A1
    大同市城区迎宾街道迎宾路三号十二号楼二单元二〇三室 | room | A2
    平城区迎宾街道办事处迎宾路３号院２－１－１０１ | room | A1
    城区迎宾路3#2栋1单元1层101户 | room | A1
    城区迎宾路3号2栋1单元101 | room | A1
    平城区迎宾路三号十二幢二单元二〇三 | room | A2
    城区迎宾路3号2号楼1门101 | room | A1
    城区迎宾路3號2號樓1單元101室 | room | A1
    城区迎宾路8号2门101 | room | A5
    城区迎宾路8号2单元101 | room | A5
    南郊区三十里乡三里村五号 | house | A3
    云岗区 三里村5号 | house | A3
    云冈区长城乡二十六1号 | house | A4
    平城区迎宾街道迎宾路3号12号楼9单元 | building | A2
    平城区迎宾街道迎宾路3号7号楼 | house | A1
    平城区迎宾街道迎宾路13号 | road |
    平城区迎宾街道御河路3号 | division |
    迎宾街道某处 | none |
"""


def test_an_address_is_coded_to_the_finest_level_that_bears_it_out(build_base: Builder) -> None:
    base = build_base("geospatial", division=COUNTIES, standard_address=ROOMS, check_told=WRITTEN)
    _, rows = text_table(WRITTEN)
    assert base.rows("address_match", "stated_address", "match_code", "address_code") == sorted(map(tuple, rows))
    assert base.findings() == []


def test_an_address_without_its_county_lies_in_the_county_stated_beside_it(build_base: Builder) -> None:
    told = "residence_address | residence_division_code\n迎宾路3号2号楼1单元101室 | 140213"
    base = build_base("geospatial", division=COUNTIES, standard_address=ROOMS, check_told=told)
    columns = ("division_code", "house_no", "building_no", "unit_no", "room_no", "match_code", "grid_code")
    assert base.rows("address_match", *columns) == [("140213", "3", "2", "1", "101", "room", "N4008E11330")]


def test_addresses_are_counted_by_cells_of_a_hundredth_of_a_degree(build_base: Builder) -> None:
    base = build_base("geospatial", division=COUNTIES, standard_address=ROOMS)
    assert base.rows("address_grid", "grid_code", "west", "south", "east", "north", "addresses", "houses") == [
        ("N4000E11310", 113.1, 40.0, 113.11, 40.01, 1, 1),
        ("N4008E11330", 113.3, 40.08, 113.31, 40.09, 2, 1),
    ]


def test_both_tables_of_divisions_are_listed_with_how_they_were_settled(build_base: Builder) -> None:
    base = build_base(
        "geospatial",
        division="""
            division_code | name       | level_code | parent_code | valid_to
            140213        | 平城区     | 3          | 140200      |
            140213009     | 大庆路街道 | 4          | 140213      |
            140213010     | 甲街道     | 4          | 140213      |
            140213011     | 乙街道     | 4          | 140213      |
            140202        | 城区       | 3          | 140200      | 2018-02-09
        """,
        statistical_division="""
            division_code | name         | level_code | parent_code
            140213        | 大同市平城区 | 3          | 140200
            140213059     | 大庆路街道   | 4          | 140213
            140213010     | 丙街道       | 4          | 140213
            140271        | 开发区       | 3          | 140200
            140213059001  | 某某社区     | 5          | 140213059
        """,
    )
    assert base.rows("division_settlement", "civil_code", "statistical_code", "settled_code") == [
        ("140202", None, "ended"),
        ("140213", "140213", "other_name"),
        ("140213009", "140213059", "other_code"),
        ("140213010", "140213010", "other_name"),
        ("140213011", None, "civil_only"),
        (None, "140213059001", "statistics_below"),
        (None, "140271", "statistics_only"),
    ]
    assert base.rows("division_change", "old_name", "new_name", where="new_code = '140213'") == [
        ("南郊区", "平城区"), ("城区", "平城区")
    ]  # fmt: skip


@pytest.mark.parametrize("valid_to", ["2026-11-23", "2027-06-30", "9999-12-31"])
def test_a_division_whose_last_day_is_to_come_has_not_ended(build_base: Builder, valid_to: str) -> None:
    base = build_base(
        "geospatial",
        division=f"""
            division_code | name   | level_code | parent_code | valid_to
            140213        | 平城区 | 3          | 140200      | {valid_to}
            140214        | 云冈区 | 3          | 140200      | {valid_to}
        """,
        statistical_division="""
            division_code | name   | level_code | parent_code
            140293        | 平城区 | 3          | 140200
        """,
    )
    columns = ("civil_code", "statistical_code", "settled_code")
    assert base.rows("division_settlement", *columns) == [
        ("140213", "140293", "other_code"), ("140214", None, "civil_only")
    ]  # fmt: skip


def test_a_house_is_numbered_in_digits_whether_it_is_found_as_written_or_otherwise(build_base: Builder) -> None:
    base = build_base(
        "geospatial",
        division=COUNTIES,
        standard_address="""
            address_code | full_address | division_code | town_name | street | house_no
            A1 | 山西省大同市平城区迎宾街道迎宾路十二号 | 140213 | 迎宾街道 | 迎宾路 | 十二号
            A2 | 山西省大同市平城区迎宾街道御河路7号 | 140213 | 迎宾街道 | 御河路 |
        """,
        check_told="""
            residence_address | residence_division_code
            山西省大同市平城区迎宾街道迎宾路十二号 | 140213
            平城区迎宾路12号 | 140213
            山西省大同市平城区迎宾街道御河路7号 | 140213
            平城区御河路7号 | 140213
        """,
    )
    assert base.rows("address_match", "address_code", "house_no", "match_code") == [
        *[("A1", "12", "house")] * 2,
        *[("A2", "7", "house")] * 2,
    ]
