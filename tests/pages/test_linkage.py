"""A reviewer decides whose a statement without an identifier is; each look leaves receipts, each answer lasts."""

from __future__ import annotations

import re
from typing import Any

import pytest
from sqlalchemy import select

from api import identifying, linking
from catalog import grants, linkages, resources, runs, sealing
from catalog.models import LinkageDecision
from catalog.reads import newest
from tests.pages.conftest import Portal
from tests.pages.forms import fill, post, read

WHY = "走访核实"


def candidates(text: str) -> list[str]:
    return re.findall(r'name="answer" value="([0-9a-f]{20})"', text)


def name_of(portal: Portal, statement: str) -> str:
    """The name on a statement, as a reviewer sees it."""
    with portal.house.transaction() as db:
        today = portal.house.clock().date()
        with linking.opened(portal.house, db, "person_unlinked", ("name",), today) as (lookup, view):
            row = linking.read.record(lookup, view, statement)
    assert row
    return str(row["name"])


def test_the_queue_shows_no_values_and_a_case_leaves_receipts(portal: Portal) -> None:
    statement = portal.ids["statement"]
    steward, name = portal.as_("steward"), name_of(portal, statement)
    queue = steward.get("/linkage?lang=zh").text
    assert (statement in queue, name in queue) == (True, False), queue[queue.find("<h1") :]
    before = {each.receipt_id for each in newest(portal.house.store)}
    page = steward.get(f"/linkage/{statement}?lang=zh").text
    assert name in page and candidates(page)
    made = [each for each in newest(portal.house.store) if each.receipt_id not in before]
    assert {(each.resource, each.purpose, each.department) for each in made} == {
        ("person_unlinked", linking.PURPOSE, "digital_government"),
        ("person", linking.PURPOSE, "digital_government"),
    }


def test_nobody_but_the_authority_reviews(portal: Portal) -> None:
    for login in ("verifier", "consumer", "auditor"):
        assert portal.as_(login).get(f"/linkage/{portal.ids['statement']}").status_code == 403


def test_an_answer_without_a_reason_comes_back_with_what_was_chosen(portal: Portal) -> None:
    place = f"/linkage/{portal.ids['statement']}"
    steward = portal.as_("steward")
    chosen = candidates(steward.get(place).text)[0]
    answer = post(steward, place, answer=chosen, reason=" ")
    assert answer.status_code == 400
    assert f'value="{chosen}" checked' in answer.text


def test_who_is_unsure_leaves_the_statement_waiting(portal: Portal) -> None:
    statement = portal.ids["statement"]
    steward = portal.as_("steward")
    assert post(steward, f"/linkage/{statement}", answer="unsure", reason=WHY).status_code == 303
    with portal.house.transaction() as db:
        waiting = linking.waiting(portal.house, db, portal.house.clock().date())
    assert [each.is_unsure for each in waiting if each.statement_key == statement] == [True]


def test_many_of_which_somebody_was_unsure_keep_no_others_from_the_queue(
    portal: Portal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(linking, "SHOWN", 2)
    house, today = portal.house, portal.house.clock().date()
    with house.transaction() as db:
        first = {each.statement_key for each in linking.waiting(house, db, today)}
        caller = identifying.operator(db)
        for statement in first:
            linking.decide(house, db, caller, statement, linking.UNSURE, WHY)
        waiting = linking.waiting(house, db, today)
        db.rollback()
    assert len(waiting) == 2 and not first & {each.statement_key for each in waiting}


def test_a_decision_for_somebody_whom_the_base_holds_no_more_lets_the_statement_wait_again(portal: Portal) -> None:
    house, today = portal.house, portal.house.clock().date()
    with house.transaction() as db:
        (first, second, *_), who = linking.waiting(house, db, today), identifying.operator(db)
        facts: dict[str, Any] = {"department_id": who.department_id, "by": "test", "now": house.clock(), "reason": WHY}
        linkages.decide(db, house.keys, "person", first.statement_key, "f" * 20, **facts)
        linkages.decide(db, house.keys, "person", second.statement_key, None, **facts)
        waiting = {each.statement_key for each in linking.waiting(house, db, today)}
        db.rollback()
    assert first.statement_key in waiting and second.statement_key not in waiting


def test_a_statement_that_is_withheld_is_neither_in_the_queue_nor_shown(portal: Portal) -> None:
    steward = portal.as_("steward")
    statement = next(each for each in _queue(portal) if each != portal.ids["statement"])
    with portal.house.transaction() as db:
        now = portal.house.clock()
        facts: dict[str, Any] = {"reason": "测试", "valid_from": now.date(), "by": "test", "now": now}
        grants.suppress(db, resources.get(db, "person_unlinked"), statement, **facts)
    assert statement not in _queue(portal)
    assert steward.get(f"/linkage/{statement}").status_code == 404


def _queue(portal: Portal) -> list[str]:
    with portal.house.transaction() as db:
        return [each.statement_key for each in linking.waiting(portal.house, db, portal.house.clock().date())]


def test_a_decision_is_kept_sealed_and_asks_for_a_build(portal: Portal) -> None:
    statement = portal.ids["statement"]
    steward = portal.as_("steward")
    place = f"/linkage/{statement}"
    chosen = candidates(steward.get(place).text)[0]
    with portal.house.transaction() as db:
        before = runs.wanted(db).get("natural_person", 0)
    sent = post(steward, place, answer=chosen, reason=WHY)
    assert (sent.status_code, sent.headers["location"]) == (303, "/linkage?done=linkage_decided")
    assert statement not in steward.get("/linkage").text
    with portal.house.transaction() as db:
        assert ("person", statement, chosen) in linkages.linked(db)
        assert runs.wanted(db)["natural_person"] == before + 1
        made = db.scalars(select(LinkageDecision).order_by(LinkageDecision.id.desc())).first()
        assert made is not None and WHY not in made.reason
        assert sealing.unseal(portal.house.keys, f"linkage.{made.id}.reason", made.reason) == WHY
    fill(steward, place, answer="nobody", reason=WHY)
    with portal.house.transaction() as db:
        assert ("person", statement, None) in linkages.linked(db)


def test_of_two_who_look_at_once_the_second_is_told_and_changes_nothing(portal: Portal) -> None:
    steward = portal.as_("steward")
    statement = next(each for each in _queue(portal) if each != portal.ids["statement"])
    place = f"/linkage/{statement}"
    shown = read(steward.get(f"{place}?lang=zh").text, place)
    assert steward.post(place, data={**shown, "answer": "nobody", "reason": WHY}).status_code == 303
    with portal.house.transaction() as db:
        before = runs.wanted(db)["natural_person"]
    chosen = candidates(steward.get(place).text)[0]
    late = steward.post(f"{place}?lang=zh", data={**shown, "answer": chosen, "reason": WHY})
    assert (late.status_code, "在您打开页面之后已有新的办理" in late.text) == (400, True)
    assert "这条记录已有研判结论" in late.text
    with portal.house.transaction() as db:
        assert ("person", statement, None) in linkages.linked(db)
        assert runs.wanted(db)["natural_person"] == before


def test_a_key_that_is_no_candidate_is_refused(portal: Portal) -> None:
    place = f"/linkage/{portal.ids['statement']}"
    answer = fill(portal.as_("steward"), f"{place}?lang=zh", place, answer="0" * 20, reason=WHY)
    assert (answer.status_code, "请选择一个结论" in answer.text) == (400, True)
