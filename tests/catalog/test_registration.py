"""Catalog workbooks: taken whole or refused with every fault."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import rankings, registration, resources
from catalog.errors import Conflict, Invalid, Unreadable, WorkbookRefused
from catalog.models import BaseInput, DepartmentName, ResourceVersion
from catalog.recognise import Known
from catalog.vocab import IdentifierKind, Mask, ResourceState
from catalog.workbook import read, take
from tests.catalog.workbooks import write
from tests.conftest import NOW, TODAY


def enter(db: Session, path: Path) -> registration.Registered:
    registration.enter_reference_data(db)
    return registration.enter_catalog(
        db, read(path), authority="digital_government", now=NOW, on=TODAY, by="test", reason="test"
    )


def test_a_workbook_becomes_a_resource_with_items_a_code_and_a_role(db: Session, tmp_path: Path) -> None:
    assert enter(db, write(tmp_path / "a.xlsx")).changed == ("police_population",)
    resource = resources.get(db, "police_population")
    assert (resource.code, resource.provider.slug, resource.system.project.code) == ("302001/000001", "police", "P1")
    assert resource.state is ResourceState.DRAFT
    spec = resources.table_spec(db, resource)
    assert (spec.key, spec.subject, spec.column("sex_code").codes) == (
        ("id_number",),
        "id_number",
        ("0", "1", "2", "9"),
    )
    assert spec.column("id_number").identifier is IdentifierKind.CITIZEN_ID
    assert spec.column("id_number").mask is Mask.PARTIAL
    assert [(i.base, i.role) for i in db.scalars(select(BaseInput))] == [("natural_person", "resident")]


def test_the_same_workbook_twice_changes_nothing(db: Session, tmp_path: Path) -> None:
    enter(db, write(tmp_path / "a.xlsx"))
    again = enter(db, write(tmp_path / "a.xlsx"))
    assert (again.changed, again.unchanged) == ((), ("police_population",))
    assert len(db.scalars(select(ResourceVersion)).all()) == 1


def test_a_change_is_a_new_version_and_keeps_the_code(db: Session, tmp_path: Path) -> None:
    enter(db, write(tmp_path / "a.xlsx"))
    enter(db, write(tmp_path / "b.xlsx", resource={"信息资源摘要": "改过的摘要"}))
    resource = resources.get(db, "police_population")
    assert (resource.version, resource.code) == (2, "302001/000001")


def test_a_code_is_never_given_twice(db: Session, tmp_path: Path) -> None:
    enter(db, write(tmp_path / "a.xlsx"))
    resources.retire(db, resources.get(db, "police_population"))
    enter(db, write(tmp_path / "b.xlsx", resource={"资源标识": "police_other", "信息资源名称": "另一资源"}))
    assert resources.get(db, "police_other").code == "302001/000002"


def test_a_slug_of_another_department_is_a_conflict(db: Session, tmp_path: Path) -> None:
    enter(db, write(tmp_path / "a.xlsx"))
    catalog = read(write(tmp_path / "b.xlsx"))
    catalog.slug, catalog.credit_code = "health", "11140200MA0K000000"
    with pytest.raises(Conflict, match="另一部门"):
        registration.enter_catalog(db, catalog, authority="x", now=NOW, on=TODAY, by="t", reason="t")


def test_a_departments_former_name_is_kept(db: Session, tmp_path: Path) -> None:
    enter(db, write(tmp_path / "a.xlsx"))
    catalog = read(write(tmp_path / "a.xlsx"))
    catalog.name = "大同市公安局"
    registration.enter_catalog(db, catalog, authority="x", now=NOW, on=TODAY, by="t", reason="t")
    assert [(n.name, n.valid_to) for n in db.scalars(select(DepartmentName))] == [("市公安局", TODAY)]


@pytest.mark.parametrize(
    ("resource", "item", "column"),
    [
        ({"类": "别的"}, {}, "类"),
        ({"资源标识": "Police"}, {}, "资源标识"),
        ({"信息资源摘要": None}, {}, "信息资源摘要"),
        ({"共享类型": "随便"}, {}, "共享类型"),
        ({"共享条件": None}, {}, "共享条件"),
        ({"共享方式类型": "文件"}, {}, "共享方式类型"),
        ({"信息资源格式分类": "电子表格"}, {}, "共享方式类型"),
        ({"信息资源名称": "人口系统"}, {}, "信息资源名称"),
        ({"项": "2"}, {}, "项"),
        ({"目": "01"}, {}, "目"),
        ({"细目": "甲"}, {}, "细目"),
        ({"类": "基础信息资源", "项": "07"}, {}, "项"),
        ({"信息资源格式类型": "某库"}, {}, "信息资源格式类型"),
        ({"共享类型": "不予共享", "共享条件": "依法不予共享"}, {}, "共享条件"),
        ({}, {"信息项共享类型": "不予共享"}, "信息项共享条件"),
        ({}, {"信息项共享类型": "不予共享", "信息项共享条件": "暂无。"}, "信息项共享条件"),
        ({}, {"信息项共享类型": "不予共享", "信息项共享条件": "内部管理需要"}, "信息项共享条件"),
        ({"共享类型": "无条件共享", "共享条件": None}, {"信息项共享类型": "有条件共享"}, "信息项共享条件"),
        ({"所属系统编码": "S9"}, {}, "所属系统编码"),
        ({"发布日期": "明天"}, {}, "发布日期"),
        ({"报送期限": "三"}, {}, "报送期限"),
        ({"是否向社会开放": "也许"}, {}, "是否向社会开放"),
        ({}, {"是否主键": "否"}, "是否主键"),
        ({}, {"信息项标识": "id number"}, "信息项标识"),
        ({}, {"信息项标识": "sex_code"}, "信息项标识"),
        ({}, {"数据类型": "字节"}, "数据类型"),
        ({}, {"格式规则": "("}, "格式规则"),
        *(({}, {"格式规则": pattern}, "格式规则") for pattern in (r"x\Z", "(?!0)x", r"(\d)\1", "x{1,2000}")),
        ({}, {"信息项共享类型": "无条件共享"}, "信息项共享类型"),
    ],
)
def test_a_wrong_cell_is_named_with_its_way_out(
    tmp_path: Path, resource: dict[str, Any], item: dict[str, Any], column: str
) -> None:
    with pytest.raises(WorkbookRefused) as refused:
        read(write(tmp_path / "a.xlsx", resource=resource, item=item))
    faults = refused.value.facts["faults"]
    assert column in {f["column"] for f in faults}
    assert all(f["sheet"] and f["row"] and f["rule"] and f["remedy"] for f in faults)


@pytest.mark.parametrize("basis", ["《征信业管理条例》第十四条", "个人信息保护法第二十八条", "国发〔2016〕51号"])
def test_a_named_instrument_is_a_basis(tmp_path: Path, basis: str) -> None:
    own = {"信息项共享类型": "不予共享", "信息项共享条件": basis}
    assert read(write(tmp_path / "a.xlsx", item=own)).resources[0].items[0].share_condition == basis


# format, then what may be registered over the platform and on a medium: 接口, 数据库, 文件, 介质
METHODS = """
    电子文件   | ..F. | ..FM
    电子表格   | ..F. | ..FM
    数据库     | AT.. | ....
    图形图像   | ..F. | ..FM
    流媒体     | ATF. | ..FM
    自描述格式 | ATF. | ..FM
"""
CELLS = [
    (*[part.strip() for part in line.split("|")][:1], channel, method, line.split("|")[column].strip()[number] != ".")
    for line in METHODS.strip().splitlines()
    for column, channel in enumerate(("共享平台", "邮件、拷盘、介质交换"), start=1)
    for number, method in enumerate(("接口", "数据库", "文件", "邮件拷盘介质交换"))
]


def test_each_format_has_its_ways_of_sharing(tmp_path: Path) -> None:
    found = []
    for format_class, channel, method, _ in CELLS:
        cells = {"信息资源格式分类": format_class, "共享方式分类": channel, "共享方式类型": method}
        facts = {"信息资源格式类型": "自有", "其他类型资源格式描述": "自有格式"}
        path = write(tmp_path / "a.xlsx", resource={**cells, **facts})
        faults = take(path, Known()).faults
        assert {fault.column for fault in faults} <= {"共享方式分类", "共享方式类型"}
        found.append((format_class, channel, method, not faults))
    assert found == CELLS and len(CELLS) == 48


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(WorkbookRefused) as refused:
        read(write(tmp_path / "a.xlsx", resource={"类": "x", "更新周期": "y"}, item={"数据类型": "z"}))
    assert len(refused.value.facts["faults"]) == 3


def test_a_file_that_is_no_workbook_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"PK\x03\x04 not really")
    with pytest.raises(Unreadable):
        read(path)


@pytest.mark.parametrize("column", ["保密审查人", "保密审查日期"])
def test_an_incomplete_resource_cannot_be_published(db: Session, tmp_path: Path, column: str) -> None:
    enter(db, write(tmp_path / "a.xlsx", resource={column: None}))
    with pytest.raises(Invalid, match=column):
        resources.publish(db, resources.get(db, "police_population"), on=TODAY)


def test_reference_data_is_entered_once(db: Session) -> None:
    registration.enter_reference_data(db)
    registration.enter_reference_data(db)
    assert len(rankings.ranking_of(db, "natural_person", on=TODAY)) == 0


def test_the_register_settles_which_role_speaks_first(db: Session) -> None:
    registration.enter_authority(db, "natural_person", {"person.name": ("resident", "insured")}, on=date(2026, 1, 1))
    registration.enter_authority(db, "natural_person", {"person.name": ("insured",)}, on=date(2026, 2, 1))
    assert rankings.ranking_of(db, "natural_person", on=TODAY) == {"person.name": ("resident", "insured")}
    assert rankings.ranking_of(db, "natural_person", on=date(2025, 1, 1)) == {}
