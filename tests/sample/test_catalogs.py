"""Workbooks: one per department, each resource and item in the guide's columns."""

from __future__ import annotations

from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet
from stdnum.cn import uscc

from sample.catalogs import HEADINGS
from sample.contract import departments, items, resources_of
from sample.projects import PROJECTS
from sample.resources import RESOURCES
from tests.sample.conftest import City

Rows = list[dict[str, Any]]


def sheet(city: City, department: str, name: str) -> Worksheet:
    return openpyxl.load_workbook(city.folder / "catalogs" / f"{department}.xlsx")[name]


def rows(city: City, department: str) -> Rows:
    found = list(sheet(city, department, "信息资源目录").iter_rows(values_only=True))
    assert found[0] == HEADINGS
    return [dict(zip(HEADINGS, row, strict=True)) for row in found[1:]]


def test_every_department_has_a_workbook_and_every_resource_stands_in_it(city: City) -> None:
    slugs = {row["资源标识"] for d in departments() for row in rows(city, d.slug)} - {None}
    assert slugs == {r.slug for r in RESOURCES}


def test_a_resource_has_one_row_per_item_and_its_own_cells_once(city: City) -> None:
    found = rows(city, "transport")
    assert [row["信息项标识"] for row in found] == [i.code for i in items("transport_operation_licence")]
    assert [row["信息资源名称"] for row in found].count("道路运输经营许可") == 1
    merged = {str(area) for area in sheet(city, "transport", "信息资源目录").merged_cells.ranges}
    assert "E2:E7" in merged


def test_departments_have_valid_codes_of_their_own(city: City) -> None:
    codes = []
    for one in departments():
        facts = dict(sheet(city, one.slug, "部门信息").iter_rows(values_only=True, max_col=2))
        codes.append(facts["统一社会信用代码"])
        assert (facts["部门标识"], facts["区划代码"]) == (one.slug, "140200")
    assert len(set(codes)) == len(codes)
    assert all(uscc.is_valid(code) and code.startswith("11140200") for code in codes)


def test_personal_items_of_an_unconditional_resource_are_shared_on_conditions(city: City) -> None:
    found = {row["信息项标识"]: row for row in rows(city, "court")}
    assert found["id_number"]["信息项共享类型"] == "有条件共享"
    assert found["id_number"]["敏感级别"] == "个人信息"
    assert found["case_no"]["信息项共享类型"] == "无条件共享"


def test_a_withheld_item_has_its_legal_basis(city: City) -> None:
    found = rows(city, "health")
    cause = next(row for row in found if row["信息项标识"] == "cause_class")
    condition = next(row["共享条件"] for row in found if row["资源标识"] == "health_death_certificate")
    assert cause["信息项共享类型"] == "不予共享"
    assert "个人信息保护法" in condition


def test_resources_with_personal_items_are_not_open(city: City) -> None:
    is_open = {row["资源标识"]: row["是否向社会开放"] for d in departments() for row in rows(city, d.slug)}
    assert is_open["statistics_gdp"] == "是"
    assert is_open["court_dishonest_debtor"] == is_open["police_population"] == "否"


def test_a_front_end_table_is_named_for_database_resources_only(city: City) -> None:
    tables = {row["资源标识"]: row["前置库表"] for d in departments() for row in rows(city, d.slug)}
    assert tables["housing_fund_deposit"] == "housing_fund.sqlite:housing_fund_deposit"
    assert tables["police_population"] is None


@pytest.mark.parametrize("project", PROJECTS, ids=lambda p: p.code)
def test_the_projects_for_acceptance_stand_in_their_departments(city: City, project: Any) -> None:
    found = {row[0]: row for row in sheet(city, project.department, "项目与系统").iter_rows(values_only=True)}
    assert found[project.code][2:4] == (project.kind, project.state)


def test_every_resource_belongs_to_a_system_of_its_department(city: City) -> None:
    for one in departments():
        systems = {row[5] for row in sheet(city, one.slug, "项目与系统").iter_rows(values_only=True, min_row=2)}
        named = {row["所属系统编码"] for row in rows(city, one.slug) if row["资源标识"]}
        assert named <= systems
        assert len(resources_of(one.slug)) == len([r for r in rows(city, one.slug) if r["资源标识"]])
