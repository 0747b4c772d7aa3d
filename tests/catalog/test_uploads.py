"""Workbooks handed in: judged against the whole register, entered together or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog import copies, deliveries, departments, notices, registration, resources, template, uploads
from catalog.errors import Conflict, Invalid, NotAllowed, WorkbookRefused
from catalog.field_help import FIELDS
from catalog.models import CatalogUpload, Department, Resource
from catalog.store import Store
from catalog.uploads import Book, Hand, HandedIn
from catalog.vocab import Channel, ResourceState
from tests.catalog.conftest import make_department, make_resource
from tests.catalog.offices import ZONE
from tests.catalog.workbooks import write
from tests.conftest import NOW, TODAY

POLICE = {"部门名称": "测试police", "统一社会信用代码": "11140200MA0K10002M"}
HEALTH = {"部门标识": "health", "部门名称": "市卫健委", "统一社会信用代码": "11140200MA0K10009M"}


@pytest.fixture
def police(db: Session) -> Department:
    registration.enter_reference_data(db)
    make_department(db, "digital_government", 1, is_authority=True)
    return make_department(db, "police", 2)


def hand_in(
    db: Session, store: Store, hand: Department, *paths: Path, accept_fixes: bool = False, may_any: bool = False
) -> HandedIn:
    return uploads.hand_in(
        db,
        store,
        [Book(path, path.name) for path in paths],
        Hand(hand, "test", may_any),
        accept_fixes=accept_fixes,
        authority="digital_government",
        now=NOW,
        zone=ZONE,
        reason="测试",
    )


def faults(done: HandedIn) -> list[tuple[str, str]]:
    assert isinstance(done.error, WorkbookRefused)
    return [(f["column"], f["rule"]) for f in done.error.facts["faults"]]


def book(folder: Path, name: str = "a.xlsx", department: dict[str, Any] = POLICE, **more: Any) -> Path:
    return write(folder / name, department=department, **more)


def test_many_books_are_entered_together_or_not_at_all(
    db: Session, store: Store, police: Department, tmp_path: Path
) -> None:
    right = book(tmp_path)
    other = {"资源标识": "health_birth", "信息资源名称": "出生医学证明"}
    wrong = book(tmp_path, "b.xlsx", HEALTH, resource={**other, "更新周期": "x"}, project={0: "P9", 5: "S1"})
    done = hand_in(db, store, police, right, wrong, may_any=True)
    assert db.scalar(select(func.count(Resource.id))) == 0
    assert [u.outcome for u in done.uploads] == ["held_up", "refused"]
    assert {f["file"] for f in done.error.facts["faults"]} == {"b.xlsx"}  # type: ignore[union-attr]
    assert uploads.marked_file(store, done.uploads[1].id).exists()
    mended = book(tmp_path, "b.xlsx", HEALTH, resource={**other, "所属系统编码": "S9"}, project={0: "P9", 5: "S9"})
    done = hand_in(db, store, police, right, mended, may_any=True)
    assert (done.error, [e.changed for e in done.entered]) == (None, [("police_population",), ("health_birth",)])


def test_a_workbook_with_an_item_that_is_published_elsewhere_tells_both(
    db: Session, store: Store, police: Department, tmp_path: Path
) -> None:
    assert hand_in(db, store, police, book(tmp_path)).error is None
    resources.get(db, "police_population").state = ResourceState.PUBLISHED
    other = {"资源标识": "health_birth", "信息资源名称": "出生医学证明", "所属系统编码": "S9", "基础库角色": ""}
    again = book(tmp_path, "b.xlsx", HEALTH, resource=other, project={0: "P9", 5: "S9"})
    assert hand_in(db, store, police, again, may_any=True).error is None
    for told in (police.id, departments.get(db, "health").id):
        assert "source_conflict" in {n.kind for n in notices.listed(db, told)}


def test_a_name_that_differs_by_punctuation_anywhere_in_the_register_is_found(
    db: Session, store: Store, police: Department, tmp_path: Path
) -> None:
    make_resource(db, make_department(db, "health", 9), "health_people", name="人口 基本（信息）")
    ((column, rule),) = faults(hand_in(db, store, police, book(tmp_path)))
    assert column == "信息资源名称"
    assert "测试health" in rule
    resources.get(db, "health_people").state = ResourceState.RETIRED
    assert hand_in(db, store, police, book(tmp_path)).error is None


def test_another_departments_book_is_nobody_elses_to_hand_in(
    db: Session, store: Store, police: Department, tmp_path: Path
) -> None:
    with pytest.raises(NotAllowed):
        hand_in(db, store, police, book(tmp_path, department=HEALTH))
    assert hand_in(db, store, police, book(tmp_path, department=HEALTH), may_any=True).error is None


@pytest.mark.parametrize(
    ("department", "resource", "project", "item", "column"),
    [
        ({"统一社会信用代码": "11140200MA0K12348M"}, {}, {}, {}, "统一社会信用代码"),
        ({"统一社会信用代码": "11140200MA0K10001M"}, {}, {}, {}, "统一社会信用代码"),
        ({}, {"信息资源提供方代码": "11140200MA0K10001M"}, {}, {}, "信息资源提供方代码"),
        ({}, {"资源标识": "taken"}, {}, {}, "资源标识"),
        ({}, {"保密审查日期": "2026-11-21"}, {}, {}, "保密审查日期"),
        ({}, {}, {0: "P7"}, {}, "项目编码"),
        ({}, {}, {}, {"代码表": "没有的代码表"}, "代码表"),
        ({}, {"数据存储总量（GB）": "约3"}, {}, {}, "数据存储总量（GB）"),
        ({}, {"数据存储总量（GB）": 3, "已共享的数据存储量（GB）": 4}, {}, {}, "已共享的数据存储量（GB）"),
        ({}, {"报送方式": "增量带删除"}, {}, {}, "增量操作项"),
        ({}, {"开放条件": "注明来源"}, {}, {}, "开放条件"),
        ({}, {"信息资源格式类型": "xlsx"}, {}, {}, "信息资源格式类型"),
        ({}, {"信息资源名称": "人口系统。"}, {}, {}, "信息资源名称"),
        ({}, {}, {}, {"信息项是否开放": "是"}, "信息项是否开放"),
        ({}, {"基础库角色": "人口"}, {}, {}, "基础库角色"),
        ({}, {"基础库角色": "natural_person.residnt"}, {}, {}, "基础库角色"),
        ({}, {"基础库角色": "natural_person.medical_insured"}, {}, {}, "基础库角色"),
        ({}, {}, {}, {"信息项标识": "birth_date"}, "基础库角色"),
        ({}, {"信息资源名称": "长" * 201}, {}, {}, "信息资源名称"),
    ],
)
def test_what_only_the_guide_or_the_register_knows_is_told_by_cell(
    db: Session,
    store: Store,
    police: Department,
    tmp_path: Path,
    department: dict[str, Any],
    resource: dict[str, Any],
    project: dict[int, Any],
    item: dict[str, Any],
    column: str,
) -> None:
    health = make_department(db, "health", 9)
    make_resource(db, health, "taken")
    other = book(
        tmp_path,
        "h.xlsx",
        HEALTH,
        resource={"资源标识": "h_one", "信息资源名称": "其他", "所属系统编码": "S7"},
        project={0: "P7", 5: "S7"},
    )
    assert hand_in(db, store, police, other, may_any=True).error is None
    path = book(tmp_path, "a.xlsx", {**POLICE, **department}, resource=resource, project=project, item=item)
    assert column in [name for name, _ in faults(hand_in(db, store, police, path))]


def test_fixes_are_proposed_and_then_accepted_at_once(
    db: Session, store: Store, police: Department, tmp_path: Path
) -> None:
    path = book(tmp_path, resource={"共享类型": "有条件", "更新周期": "日", "信息资源代码": "X-1"})
    done = hand_in(db, store, police, path)
    assert (faults(done), done.uploads[0].outcome) == ([], "proposed")
    assert "accept_fixes" in done.error.remedy  # type: ignore[union-attr]
    assert {f["column"] for f in done.uploads[0].fixes} == {"共享类型", "更新周期", "信息资源代码"}
    assert hand_in(db, store, police, path, accept_fixes=True).error is None
    assert resources.get(db, "police_population").code == "302001/000001"
    assert [u.outcome for u in db.scalars(select(CatalogUpload).order_by(CatalogUpload.outcome))] == [
        "entered",
        "proposed",
    ]


def test_the_template_tells_every_field_and_is_refused_only_for_being_empty(
    db: Session, store: Store, police: Department, tmp_path: Path
) -> None:
    path = tmp_path / "template.xlsx"
    path.write_bytes(template.template(db, police))
    made = load_workbook(path)
    told = {row[0] for row in made["填写说明"].iter_rows(values_only=True)}
    assert {field.heading for field in FIELDS} <= told
    sheet = made["信息资源目录"]
    lists = {str(rule.formula1) for rule in sheet.data_validations.dataValidation}
    assert '"无条件共享,有条件共享,不予共享"' in lists
    assert all(cell.comment for cell in sheet[1])
    assert hand_in(db, store, police, path).error is None, "an empty catalog changes nothing"
    assert departments.get(db, "police").name == "测试police"


@pytest.mark.parametrize(
    ("column", "said"), [("部门名称", "市公安局"), ("区划代码", "140212"), ("上级部门标识", "digital_government")]
)
def test_a_registrar_names_who_is_responsible_and_the_authority_what_the_department_is(
    db: Session, store: Store, police: Department, tmp_path: Path, column: str, said: str
) -> None:
    police.upper_id = make_department(db, "council", 3).id
    changed = book(tmp_path, department={**POLICE, column: said, "目录负责人": "新任"})
    ((told, rule),) = faults(hand_in(db, store, police, changed))
    assert told == column and "由主管部门更改" in rule
    assert hand_in(db, store, police, changed, may_any=True).error is None
    again = book(tmp_path, department={**POLICE, column: said, "目录负责人": "继任"})
    assert hand_in(db, store, police, again).error is None
    assert police.registrar_name == "继任"


def test_a_department_that_stands_under_nobody_may_say_under_whom_once(
    db: Session, store: Store, police: Department, tmp_path: Path
) -> None:
    first = book(tmp_path, department={**POLICE, "上级部门标识": "digital_government"})
    assert hand_in(db, store, police, first).error is None
    assert police.upper_id == departments.get(db, "digital_government").id
    make_department(db, "council", 3)
    second = book(tmp_path, "b.xlsx", {**POLICE, "上级部门标识": "council"})
    assert [told for told, _ in faults(hand_in(db, store, police, second))] == ["上级部门标识"]


def test_the_authority_stays_the_authority_whatever_is_handed_in(
    db: Session, store: Store, police: Department, tmp_path: Path
) -> None:
    departments.get(db, "digital_government").slug = "city_data"
    same = {"name": "数据局", "credit_code": "11140200MA0K10001M", "division_code": "140200", "on": TODAY}
    assert departments.enter(db, "city_data", **same).is_authority
    other = {"部门标识": "digital_government", "部门名称": "另一局", "统一社会信用代码": "11140200MA0K10009M"}
    assert hand_in(db, store, police, book(tmp_path, department=other), may_any=True).error is None
    assert departments.authority(db).slug == "city_data"
    with pytest.raises(Conflict, match="数据局"):
        departments.enter(db, "police", is_authority=True, **{**same, "credit_code": "11140200MA0K10002M"})


def test_a_resource_that_has_its_code_keeps_its_class(
    db: Session, store: Store, police: Department, tmp_path: Path
) -> None:
    assert hand_in(db, store, police, book(tmp_path)).error is None
    for changes in ({"类": "主题信息资源"}, {"项": "03"}, {"目": "002"}, {"细目": "1"}):
        ((column, rule),) = faults(hand_in(db, store, police, book(tmp_path, resource=changes)))
        assert column in changes and "302001/000001" in rule


@pytest.mark.parametrize("slug", ["credit", "legal_entity"])
def test_no_resource_of_a_department_is_called_like_a_base_under_whose_name_its_releases_would_lie(
    db: Session, store: Store, police: Department, tmp_path: Path, slug: str
) -> None:
    ((column, rule),) = faults(hand_in(db, store, police, book(tmp_path, resource={"资源标识": slug})))
    assert column == "资源标识" and "标识格式" in rule
    assert hand_in(db, store, police, book(tmp_path)).error is None
    with pytest.raises(Invalid, match="资源标识"):
        copies.copy(db, resources.get(db, "police_population"), slug, "人口副本", owner=police, now=NOW, by="test")


def test_a_system_of_any_department_lends_its_name_to_no_resource(
    db: Session, store: Store, police: Department, tmp_path: Path
) -> None:
    assert hand_in(db, store, police, book(tmp_path)).error is None
    other = {"资源标识": "health_birth", "信息资源名称": "人口（系统）", "所属系统编码": "S9", "基础库角色": None}
    again = book(tmp_path, "b.xlsx", HEALTH, resource=other, project={0: "P9", 5: "S9", 6: "出生系统"})
    assert faults(hand_in(db, store, police, again, may_any=True)) == [("信息资源名称", "资源名称不得是系统名称")]
    with pytest.raises(Invalid, match="系统名称"):
        copies.copy(
            db, resources.get(db, "police_population"), "police_more", "人口系统", owner=police, now=NOW, by="test"
        )


def test_registered_systems_stand_for_those_of_a_book_without_the_sheet(
    db: Session, store: Store, police: Department, tmp_path: Path
) -> None:
    assert hand_in(db, store, police, book(tmp_path)).error is None
    path = book(tmp_path, resource={"信息资源摘要": "改过的摘要"})
    made = load_workbook(path)
    del made["项目与系统"]
    made.save(path)
    done = hand_in(db, store, police, path)
    assert (done.error, done.entered[0].changed) == (None, ("police_population",))


def test_related_codes_are_codes_of_the_register(db: Session, store: Store, police: Department, tmp_path: Path) -> None:
    assert hand_in(db, store, police, book(tmp_path)).error is None
    right = {"关联资源代码": "302001/000001"}
    assert hand_in(db, store, police, book(tmp_path, resource=right)).error is None
    wrong = {"关联资源代码": "302001/000001、302001/000009"}
    ((column, rule),) = faults(hand_in(db, store, police, book(tmp_path, resource=wrong)))
    assert column == "关联资源代码" and "302001/000009" in rule


def test_old_marked_copies_are_swept(db: Session, store: Store, police: Department, tmp_path: Path) -> None:
    done = hand_in(db, store, police, book(tmp_path, resource={"类": "x"}))
    assert uploads.sweep(store, keep=TODAY.replace(year=2000)) == 0
    assert uploads.sweep(store, keep=TODAY.replace(year=2100)) == 1
    assert not uploads.marked_file(store, done.uploads[0].id).exists()


@pytest.mark.parametrize(
    ("channel", "named", "required", "reviewer"),
    [
        (Channel.API, "甲", True, "甲"),
        (Channel.API, "", False, "审查人"),
        (Channel.FOLDER, "", True, "审查人"),
        (Channel.API, " ", True, None),
    ],
)
def test_a_delivery_carries_who_reviewed_it_for_secrets(
    db: Session,
    store: Store,
    police: Department,
    tmp_path: Path,
    channel: Channel,
    named: str,
    required: bool,
    reviewer: str | None,
) -> None:
    resource = make_resource(db, police)
    (tmp_path / "d.csv").write_text("a")
    facts: dict[str, Any] = {
        "resource": resource, "source": tmp_path / "d.csv", "filename": "d.csv", "period": "2026-11-19",
        "channel": channel, "delivered_by": "t", "now": NOW, "today": TODAY,
    }  # fmt: skip
    if reviewer is None:
        with pytest.raises(Invalid, match="保密审查人"):
            deliveries.receive(db, store, secrecy_reviewer=named, must_name_reviewer=required, **facts)
    else:
        made = deliveries.receive(db, store, secrecy_reviewer=named, must_name_reviewer=required, **facts)
        assert made.secrecy_reviewer == reviewer
