"""The life of an entry: who may do what when, what waits, what is late, who is told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from catalog import (
    answers,
    copies,
    departments,
    export,
    life_steps,
    lifecycle,
    notices,
    one_source,
    registration,
    resources,
    revisions,
    sharing,
    todo_queries,
    versions,
    writing,
)
from catalog.changes import diff
from catalog.clockwork import advance
from catalog.entries import ResourceEntry
from catalog.errors import Conflict, Invalid, NotAllowed
from catalog.models import Notice, Resource
from catalog.register import sessions
from catalog.settings import Settings
from catalog.vocab import DataType, ResourceState, ShareType
from catalog.workbook import read
from tests.catalog.conftest import make_department
from tests.catalog.workbooks import write
from tests.conftest import NOW, TODAY

STEP: dict[str, Any] = {"now": NOW, "today": TODAY, "by": "test"}
SLUG = "police_population"
ZONE = Settings().zone


@pytest.fixture
def draft(db: Session, tmp_path: Path) -> Resource:
    """A complete draft of the police, in a register with an authority."""
    registration.enter_reference_data(db)
    make_department(db, "digital_government", 1, is_authority=True)
    enter(db, write(tmp_path / "a.xlsx"))
    return resources.get(db, SLUG)


def enter(db: Session, path: Path, on: date = TODAY, now: datetime = NOW) -> registration.Registered:
    return registration.enter_catalog(db, read(path), authority="x", now=now, on=on, by="test", reason="测试")


def publish(db: Session, resource: Resource) -> Resource:
    lifecycle.submit(db, resource, **STEP)
    lifecycle.publish(db, resource, **STEP)
    return resource


def grant(db: Session, resource: Resource, columns: tuple[str, ...], serial: int = 7) -> str:
    """A living grant of another department; its slug."""
    consumer = make_department(db, f"consumer{serial}", serial)
    asked = sharing.request(
        db, resource=resource, department=consumer, columns=columns, purpose="p", legal_basis="b", days=300,
        mask_key_id="k", asked_by="t", now=NOW, zone=ZONE,
    )  # fmt: skip
    authority = departments.get(db, "digital_government")
    answers.check(db, asked, conforms=True, department_id=authority.id, by="t", now=NOW, zone=ZONE)
    sharing.decide(
        db, asked, approve=True, department_id=resource.provider_id, by="t", now=NOW, zone=ZONE, mask_key_id="k"
    )
    return consumer.slug


def changed(db: Session, resource: Resource, **changes: Any) -> ResourceEntry:
    return replace(writing.entry_of(db, resource), **changes)


def without(db: Session, resource: Resource, name: str) -> ResourceEntry:
    entry = writing.entry_of(db, resource)
    return replace(entry, items=[i for i in entry.items if i.name != name])


def propose(db: Session, resource: Resource, entry: ResourceEntry) -> Any:
    return revisions.propose(db, resource, entry, now=NOW, by="test", reason="测试")


def test_a_draft_is_submitted_returned_mended_and_published(db: Session, draft: Resource, tmp_path: Path) -> None:
    lifecycle.submit(db, draft, **STEP)
    lifecycle.send_back(db, draft, [{"column": "信息资源摘要", "reason": "太短"}], **STEP)
    assert draft.state is ResourceState.RETURNED
    returned = life_steps.last_return(db, draft)
    assert returned is not None
    assert returned.reasons == [{"column": "信息资源摘要", "item": "", "reason": "太短"}]
    enter(db, write(tmp_path / "b.xlsx", resource={"信息资源摘要": "户籍人口的基本信息，每日更新"}))
    publish(db, draft)
    assert draft.state is ResourceState.PUBLISHED
    assert [s.step for s in life_steps.history(db, draft)] == ["submitted", "returned", "submitted", "published"]
    assert [v.version for v in versions.listed(db, draft)] == [2, 1]
    first, second = versions.get(db, draft, 1).content, versions.get(db, draft, 2).content
    assert [(c.field, c.new) for c in diff(first, second)] == [("abstract", "户籍人口的基本信息，每日更新")]


def test_steps_out_of_turn_are_conflicts(db: Session, draft: Resource) -> None:
    with pytest.raises(Conflict):
        lifecycle.publish(db, draft, **STEP)
    with pytest.raises(Conflict):
        lifecycle.send_back(db, draft, [{"column": "a", "reason": "b"}], **STEP)
    lifecycle.submit(db, draft, **STEP)
    with pytest.raises(Conflict):
        lifecycle.submit(db, draft, **STEP)
    with pytest.raises(Conflict):
        lifecycle.retire(db, draft, reason="x", **STEP)
    lifecycle.publish(db, draft, **STEP)
    with pytest.raises(Conflict):
        lifecycle.submit(db, draft, **STEP)


def test_who_looked_at_an_older_version_is_told(db: Session, draft: Resource) -> None:
    with pytest.raises(Conflict, match="第 1 版，您看到的是第 9 版"):
        lifecycle.submit(db, draft, version=9, **STEP)


def test_a_return_needs_a_reason_for_each_column(db: Session, draft: Resource) -> None:
    lifecycle.submit(db, draft, **STEP)
    for reasons in ([], [{"column": "摘要", "reason": " "}]):
        with pytest.raises(Invalid):
            lifecycle.send_back(db, draft, reasons, **STEP)


def test_an_incomplete_draft_is_not_submitted(db: Session, draft: Resource) -> None:
    draft.secrecy_reviewer = ""
    with pytest.raises(Invalid, match="保密审查人"):
        lifecycle.submit(db, draft, **STEP)


def test_editing_what_was_submitted_takes_it_back(db: Session, draft: Resource, tmp_path: Path) -> None:
    lifecycle.submit(db, draft, **STEP)
    enter(db, write(tmp_path / "b.xlsx"))
    assert draft.state is ResourceState.SUBMITTED
    enter(db, write(tmp_path / "c.xlsx", resource={"信息资源摘要": "改过"}))
    assert draft.state is ResourceState.DRAFT


def test_a_base_table_does_not_walk_this_way(db: Session, draft: Resource) -> None:
    draft.unit = "natural_person"
    with pytest.raises(NotAllowed):
        lifecycle.submit(db, draft, **STEP)


def test_a_change_of_what_is_published_waits_for_its_review(db: Session, draft: Resource, tmp_path: Path) -> None:
    publish(db, draft)
    done = enter(db, write(tmp_path / "b.xlsx", resource={"信息资源摘要": "改过"}), now=NOW + timedelta(hours=1))
    assert (done.changed, done.revised) == ((), (SLUG,))
    assert draft.abstract == "户籍人口的基本信息"
    lifecycle.submit(db, draft, **STEP)
    assert draft.state is ResourceState.PUBLISHED, "the published version goes on answering"
    lifecycle.publish(db, draft, **STEP)
    assert (draft.abstract, draft.version) == ("改过", 2)
    assert revisions.open_of(db, draft) is None


def test_handing_the_old_text_in_again_drops_the_draft_of_the_change(db: Session, draft: Resource) -> None:
    publish(db, draft)
    assert propose(db, draft, changed(db, draft, abstract="改过")) is not None
    assert propose(db, draft, changed(db, draft)) is None
    assert revisions.open_of(db, draft) is None


def test_a_breaking_change_names_its_consumers_and_waits_for_its_notice(db: Session, draft: Resource) -> None:
    publish(db, draft)
    consumer = grant(db, draft, ("sex_code",))
    grant(db, draft, ("id_number",), serial=8)
    revision = propose(db, draft, without(db, draft, "sex_code"))
    assert (revision.consumers, [b["rule"] for b in revision.breaking]) == ([consumer], ["item_removed"])
    lifecycle.submit(db, draft, **STEP)
    lifecycle.publish(db, draft, **STEP)
    # ten working days after Friday 20 November 2026
    assert revision.effective_date == date(2026, 12, 4)
    assert [i.name for i in draft.items] == ["id_number", "sex_code"]
    told = notices.listed(db, departments.get(db, consumer).id)
    assert [(n.kind, n.due) for n in told if n.kind != "granted"] == [("breaking_change", date(2026, 12, 4))]
    assert revisions.apply_due(db, now=NOW, today=date(2026, 12, 4)) == []
    assert revisions.apply_due(db, now=NOW, today=date(2026, 12, 5)) == [revision]
    assert [i.name for i in draft.items] == ["id_number"]
    with pytest.raises(Conflict):
        revisions.withdraw(db, draft, now=NOW)


def test_a_waiting_change_can_be_taken_back_and_blocks_another(db: Session, draft: Resource) -> None:
    publish(db, draft)
    consumer = grant(db, draft, ("sex_code",))
    propose(db, draft, changed(db, draft, share_type=ShareType.NOT_SHARED))
    lifecycle.submit(db, draft, **STEP)
    lifecycle.publish(db, draft, **STEP)
    with pytest.raises(Conflict, match="生效"):
        propose(db, draft, changed(db, draft, abstract="改过"))
    lifecycle.take_back(db, draft, now=NOW, by="test")
    told = {n.kind for n in notices.listed(db, departments.get(db, consumer).id)}
    assert told == {"granted", "breaking_change", "change_withdrawn"}
    assert propose(db, draft, changed(db, draft, abstract="改过")) is not None


def test_a_breaking_change_that_touches_nobody_is_in_force_at_once(db: Session, draft: Resource) -> None:
    publish(db, draft)
    entry = writing.entry_of(db, draft)
    entry.items[1].data_type = DataType.INTEGER
    propose(db, draft, entry)
    lifecycle.submit(db, draft, **STEP)
    lifecycle.publish(db, draft, **STEP)
    assert draft.items[1].data_type is DataType.INTEGER


def test_retiring_waits_only_where_somebody_reads(db: Session, draft: Resource) -> None:
    publish(db, draft)
    grant(db, draft, ("sex_code",))
    lifecycle.retire(db, draft, reason="职责划转", **STEP)
    assert draft.state is ResourceState.PUBLISHED
    revisions.apply_due(db, now=NOW, today=date(2027, 1, 1))
    assert draft.state is ResourceState.RETIRED


def test_a_retired_slug_is_not_registered_again(db: Session, draft: Resource, tmp_path: Path) -> None:
    publish(db, draft)
    lifecycle.retire(db, draft, reason="停用", **STEP)
    with pytest.raises(Conflict, match="停用"):
        enter(db, write(tmp_path / "b.xlsx", resource={"信息资源摘要": "改过"}))


def test_resources_of_a_project_not_yet_built_are_planned_until_it_is(
    db: Session, draft: Resource, tmp_path: Path
) -> None:
    plan = {"resource": {"资源标识": "police_plan", "信息资源名称": "拟建资源", "更新周期": None, "基础库角色": None}}
    enter(db, write(tmp_path / "b.xlsx", project={0: "P2", 3: "拟建", 5: "S2"}, **with_system(plan)))
    planned = publish(db, resources.get(db, "police_plan"))
    assert planned.state is ResourceState.PLANNED
    assert planned not in resources.delivered(db), "no deliveries are owed"
    built = with_system({"resource": {**plan["resource"], "更新周期": "每月"}})
    enter(db, write(tmp_path / "c.xlsx", project={0: "P2", 3: "在建", 5: "S2"}, **built))
    assert planned.state is ResourceState.PUBLISHED


def with_system(plan: dict[str, Any]) -> dict[str, Any]:
    return {"resource": {**plan["resource"], "所属系统编码": "S2"}}


def test_both_sides_see_what_is_overdue(db: Session, draft: Resource) -> None:
    authority = departments.get(db, "digital_government").id
    lifecycle.submit(db, draft, **STEP)
    assert life_steps.overdue(db, date(2026, 11, 24)) == []
    (late,) = life_steps.overdue(db, date(2026, 11, 25))
    assert (late.side, late.department_id, late.due) == ("authority", authority, date(2026, 11, 24))
    lifecycle.send_back(db, draft, [{"column": "a", "reason": "b"}], **STEP)
    (late,) = life_steps.overdue(db, date(2027, 1, 1))
    assert (late.side, late.department_id, late.step) == ("department", draft.provider_id, "returned")
    publish(db, draft)
    assert life_steps.overdue(db, date(2027, 1, 1)) == []
    lifecycle.ask_update(db, draft, reason="职责调整", **STEP)
    (late,) = life_steps.overdue(db, date(2027, 1, 1))
    assert (late.step, late.due) == ("update_asked", date(2026, 12, 4))


def test_a_copy_is_a_draft_of_its_own_and_must_be_reviewed_anew(db: Session, draft: Resource) -> None:
    copy = copies.copy(db, draft, "police_next", "人口基本信息二", owner=draft.provider, now=NOW, by="t")
    assert (copy.state, copy.secrecy_reviewer, copy.code) == (ResourceState.DRAFT, "", "302001/000002")
    assert [i.name for i in copy.items] == [i.name for i in draft.items]
    for slug, name in ((SLUG, "新名"), ("police_third", "人口，基本信息")):
        with pytest.raises(Conflict):
            copies.copy(db, draft, slug, name, owner=draft.provider, now=NOW, by="t")


def test_a_notice_is_sent_once_and_read_once(db: Session, draft: Resource) -> None:
    for _ in range(2):
        notices.notify(db, draft.provider_id, kind="k", subject="s", text="t", now=NOW)
    (found,) = notices.listed(db, draft.provider_id)
    assert notices.unread(db, draft.provider_id) == 1
    notices.read(db, found, by="甲", now=NOW)
    notices.read(db, found, by="乙", now=NOW)
    assert (found.read_by, notices.unread(db, draft.provider_id)) == ("甲", 0)
    notices.notify(db, draft.provider_id, kind="k", subject="s", text="t", now=NOW)
    assert len(db.scalars(select(Notice).where(Notice.kind == "k")).all()) == 2


def test_the_exported_workbook_holds_what_is_in_force(db: Session, draft: Resource) -> None:
    publish(db, draft)
    propose(db, draft, changed(db, draft, abstract="改过"))
    (entry,) = export.catalog_of(db, draft.provider).resources
    assert (entry.abstract, entry.code) == ("户籍人口的基本信息", "302001/000001")


CONFLICT = "source_conflict"


def another(db: Session, path: Path) -> Resource:
    """A draft of housing that says what the police's says, under its own name."""
    make_department(db, "housing", 9)
    own = {"部门标识": "housing", "部门名称": "住建局", "统一社会信用代码": "11140200MA0K10009M"}
    more = {"资源标识": "housing_people", "信息资源名称": "住户", "基础库角色": None, "所属系统编码": "S9"}
    enter(db, write(path, department=own, resource=more, project={0: "P9", 5: "S9"}))
    return resources.get(db, "housing_people")


def conflicts(db: Session, slug: str) -> list[str]:
    return [each.item for each in one_source.conflicts_of(db, resources.get(db, slug))]


def test_of_two_drafts_with_the_same_item_the_second_meets_the_first_when_it_is_submitted(
    db: Session, draft: Resource, tmp_path: Path
) -> None:
    second = another(db, tmp_path / "s.xlsx")
    lifecycle.submit(db, draft, zone=ZONE, **STEP)
    assert conflicts(db, SLUG) == []
    lifecycle.submit(db, second, zone=ZONE, **STEP)
    assert conflicts(db, "housing_people") == ["sex_code"]
    lifecycle.publish(db, second, zone=ZONE, **STEP)
    assert conflicts(db, "housing_people") == ["sex_code"], "told once"


def test_a_copy_that_is_submitted_unchanged_meets_its_source(db: Session, draft: Resource) -> None:
    publish(db, draft)
    owner = make_department(db, "housing", 9)
    made = copies.copy(db, draft, "housing_people", "住户", owner=owner, now=NOW, by="test")
    made.secrecy_reviewer, made.secrecy_reviewed_date = "丁", TODAY
    lifecycle.submit(db, made, zone=ZONE, **STEP)
    assert conflicts(db, "housing_people") == ["sex_code"]


def test_an_item_that_a_revision_adds_meets_those_who_hold_it(db: Session, draft: Resource, tmp_path: Path) -> None:
    publish(db, draft)
    second = another(db, tmp_path / "s.xlsx")
    writing.write(db, second, without(db, second, "sex_code"), now=NOW, by="t", reason="t")
    lifecycle.submit(db, second, zone=ZONE, **STEP)
    publish_submitted = {"zone": ZONE, **STEP}
    lifecycle.publish(db, second, **publish_submitted)
    assert conflicts(db, "housing_people") == []
    whole = changed(db, second, items=writing.entry_of(db, draft).items)
    propose(db, second, whole)
    lifecycle.submit(db, second, **publish_submitted)
    assert conflicts(db, "housing_people") == ["sex_code"]
    lifecycle.publish(db, second, **publish_submitted)
    assert conflicts(db, "housing_people") == ["sex_code"]


def test_two_stewards_at_once_on_a_change_the_second_is_told(engine: Engine, draft: Resource, db: Session) -> None:
    if engine.dialect.name == "sqlite":
        pytest.skip("SQLite lets one write at a time")
    publish(db, draft)
    propose(db, draft, changed(db, draft, abstract="改过的摘要"))
    lifecycle.submit(db, draft, **STEP)
    db.commit()
    with sessions(engine)() as first, sessions(engine)() as second:
        seen = [resources.get(each, SLUG) for each in (first, second)]
        late = revisions.open_of(second, seen[1])
        assert late is not None and late.state == revisions.SUBMITTED
        lifecycle.send_back(first, seen[0], [{"column": "a", "reason": "b"}], **STEP)
        first.commit()
        with pytest.raises(Conflict, match="他人"):
            revisions.approve(second, late, now=NOW, today=TODAY, by="second")
        second.rollback()
    db.expire_all()
    assert draft.abstract == "户籍人口的基本信息"


@pytest.mark.parametrize("side", ["review", "mend"])
def test_a_late_step_is_told_to_both_sides_once(db: Session, draft: Resource, side: str) -> None:
    lifecycle.submit(db, draft, **STEP)
    if side == "mend":
        lifecycle.send_back(db, draft, [{"column": "a", "reason": "b"}], **STEP)
    later = NOW + timedelta(days=60)
    assert [advance(db, at, ZONE)["catalog"] for at in (NOW, later, later + timedelta(days=1))] == [0, 1, 0]
    for slug in ("police", "digital_government"):
        told = [n for n in notices.listed(db, departments.get(db, slug).id) if n.kind == "catalog_overdue"]
        assert [n.subject for n in told] == [SLUG]
    reach = {"department": "", "now": later, "whose_official_held": "", "whose_secret_waiting": ""}
    late = db.execute(todo_queries.overdue_entries(), reach).all()
    assert [row.id for row in late] == ([SLUG] if side == "mend" else [])
