"""The authority sees who may stand under two numbers, and decides; the decision lasts and may be taken back."""

from __future__ import annotations

import re
from typing import Any

from api import doubles
from catalog import grants, identities, resources
from catalog.reads import newest
from tests.pages.conftest import Portal
from tests.pages.forms import post

WORDS = {"reason": "补领证件", "evidence": "公安机关证明 第 3 号"}


def waiting(portal: Portal) -> list[doubles.Proposal]:
    with portal.house.transaction() as db:
        return doubles.waiting(portal.house, db, portal.house.clock().date())


def test_the_list_shows_no_values_and_a_case_leaves_a_receipt(portal: Portal) -> None:
    steward, double = portal.as_("steward"), portal.ids["double"]
    queue = steward.get("/doubles?lang=zh").text
    before = {each.receipt_id for each in newest(portal.house.store)}
    page = steward.get(f"/doubles/{double}?lang=zh").text
    numbers = re.findall(r"\d{17}[\dX]", page)
    assert len(set(numbers)) == 2
    assert double in queue
    assert not [each for each in numbers if each in queue]
    made = [each for each in newest(portal.house.store) if each.receipt_id not in before]
    assert {(each.resource, each.purpose) for each in made} == {("person", doubles.LOOK.purpose)}


def test_nobody_but_the_authority_decides(portal: Portal) -> None:
    for login in ("verifier", "consumer", "auditor"):
        assert portal.as_(login).get(f"/doubles/{portal.ids['double']}").status_code == 403


def test_an_answer_that_is_none_comes_back_with_what_was_written(portal: Portal) -> None:
    place = f"/doubles/{portal.ids['double']}?lang=zh"
    answer = post(portal.as_("steward"), place, answer="0" * 20, **WORDS)
    assert (answer.status_code, "请选择一个结论" in answer.text, "补领证件" in answer.text) == (400, True, True)


def test_a_pair_of_which_one_is_withheld_is_neither_in_the_list_nor_shown(portal: Portal) -> None:
    *_, last = waiting(portal)
    with portal.house.transaction() as db:
        now = portal.house.clock()
        facts: dict[str, Any] = {"reason": "测试", "valid_from": now.date(), "by": "test", "now": now}
        grants.suppress(db, resources.get(db, "person"), last.sides[0], **facts)
    assert last.key not in {each.key for each in waiting(portal)}
    steward = portal.as_("steward")
    assert steward.get(f"/doubles/{last.key}").status_code == 404
    assert post(steward, f"/doubles/{last.key}", answer="apart", **WORDS).status_code == 404


def test_who_was_found_to_be_two_is_not_proposed_again(portal: Portal) -> None:
    *_, last = waiting(portal)
    sent = post(portal.as_("steward"), f"/doubles/{last.key}", answer="apart", **WORDS)
    assert sent.status_code == 303
    assert sent.headers["location"].endswith("?done=identity_apart")
    assert last.key not in {each.key for each in waiting(portal)}
    with portal.house.transaction() as db:
        assert not set(last.sides) & {key for pair in identities.same_as(db, portal.house.keys) for key in pair}


def test_a_pair_on_which_somebody_else_has_decided_meanwhile_is_not_decided_again(portal: Portal) -> None:
    *_, last = waiting(portal)
    steward, place = portal.as_("steward"), f"/doubles/{last.key}?lang=zh"
    assert post(steward, place, answer="apart", **WORDS).status_code == 303
    for answer in ("apart", last.sides[0]):
        late = post(steward, place, answer=answer, **WORDS)
        assert (late.status_code, "已有认定" in late.text) == (400, True)
    with portal.house.transaction() as db:
        assert not set(last.sides) & {key for pair in identities.same_as(db, portal.house.keys) for key in pair}


def test_who_was_found_to_be_one_is_merged_and_may_be_split_again(portal: Portal) -> None:
    first, *_ = waiting(portal)
    steward = portal.as_("steward")
    sent = post(steward, f"/doubles/{first.key}", answer=first.sides[1], **WORDS)
    assert sent.status_code == 303
    with portal.house.transaction() as db:
        found = identities.get(db, int(re.findall(r"/identities/(\d+)", sent.headers["location"])[0]))
        assert (found.is_same, found.kept_key, found.other_key) == (True, first.sides[1], first.sides[0])
        merged = identities.same_as(db, portal.house.keys)
    assert first.key not in {each.key for each in waiting(portal)}
    again = post(steward, f"/doubles/{first.key}?lang=zh", answer=first.sides[1], **WORDS)
    assert (again.status_code, "已经合并" in again.text) == (400, True)
    assert post(steward, f"/identities/{found.id}/split", **WORDS).status_code == 303
    with portal.house.transaction() as db:
        assert len(identities.same_as(db, portal.house.keys)) == len(merged) - 2
    # both decisions are kept, and the newest says that they are two
    assert first.key not in {each.key for each in waiting(portal)}
