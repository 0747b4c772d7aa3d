"""The review by the authority: what differs, whom it touches, published, returned, retired; and pages left open."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from catalog import answers, departments, life_steps, request_states, resources, revisions, sharing
from catalog.models import Resource
from catalog.vocab import ResourceState
from tests.pages.conftest import Portal
from tests.pages.forms import fill, read

SLUG = "police_driving_licence"
PAGE = f"/registration/{SLUG}"
FORM = f"{PAGE}/form"


@pytest.fixture(autouse=True)
def settled(portal: Portal) -> Any:
    """Each test begins and ends with the entry published and nothing under way."""
    yield
    with portal.house.transaction() as db:
        found = resources.get(db, SLUG)
        for revision in (revisions.open_of(db, found), revisions.waiting_of(db, found)):
            if revision is not None:
                revision.state = revisions.WITHDRAWN
        found.state = ResourceState.PUBLISHED


def act(portal: Portal, login: str, what: str, **data: Any) -> httpx.Response:
    """Press a button of the entry's page as it is now."""
    return fill(portal.as_(login), PAGE, f"{PAGE}/{what}", **data)


def propose(portal: Portal, **changes: str) -> None:
    sent = fill(portal.as_("registrar"), FORM, do="submit", reason="业务调整", **changes)
    assert sent.status_code == 303, sent.text


def look(portal: Portal) -> tuple[str, str, ResourceState]:
    """Abstract, state of the open or waiting change, state of the entry."""
    with portal.house.transaction() as db:
        found: Resource = resources.get(db, SLUG)
        revision = revisions.open_of(db, found) or revisions.waiting_of(db, found)
        return found.abstract, revision.state if revision else "", found.state


def test_a_change_is_reviewed_by_its_differences_and_the_published_version_goes_on_until_then(portal: Portal) -> None:
    before = look(portal)[0]
    propose(portal, 信息资源摘要="新的摘要")
    assert look(portal) == (before, "submitted", ResourceState.PUBLISHED)
    assert SLUG in portal.as_("steward").get("/reviews").text
    page = portal.as_("steward").get(f"{PAGE}?lang=zh").text
    assert f"<del>{before}</del>" in page
    assert "<ins>新的摘要</ins>" in page
    assert "主管部门应于" in page
    done = act(portal, "steward", "publication")
    assert done.headers["location"].endswith("done=entry_published")
    assert look(portal) == ("新的摘要", "", ResourceState.PUBLISHED)


def grant(portal: Portal, column: str) -> str:
    """A living grant of the housing fund on the entry; the name of the department."""
    with portal.house.transaction() as db:
        found, consumer = resources.get(db, SLUG), departments.get(db, "housing_fund")
        now, zone = portal.house.clock(), portal.house.settings.zone
        facts: dict[str, Any] = {"purpose": "核验", "legal_basis": "条例", "days": 90, "mask_key_id": "k"}
        asked = sharing.request(
            db, resource=found, department=consumer, columns=[column], asked_by="test", now=now, zone=zone, **facts
        )
        if asked.state == request_states.CHECKING:
            authority = departments.authority(db).id
            answers.check(db, asked, conforms=True, department_id=authority, by="test", now=now, zone=zone)
        owner = found.provider_id
        sharing.decide(
            db,
            asked,
            approve=True,
            department_id=owner,
            by="test",
            now=now,
            zone=portal.house.settings.zone,
            mask_key_id="k",
        )
        return consumer.name


def test_a_change_that_consumers_feel_names_them_and_waits_for_its_notice(portal: Portal) -> None:
    held = read(portal.as_("registrar").get(FORM).text, FORM)
    number = next(name.partition(".")[0] for name, text in held.items() if text == "name" and "信息项标识" in name)
    consumer = grant(portal, "name")
    propose(portal, **{f"{number}.数据长度": "5"})
    page = portal.as_("steward").get(f"{PAGE}?lang=zh").text
    assert "影响使用部门的变更" in page
    assert consumer in page
    assert act(portal, "steward", "publication").headers["location"].endswith("done=entry_announced")
    assert look(portal)[1] == "approved"
    assert "期满后生效" in portal.as_("registrar").get(f"{PAGE}?lang=zh").text
    again = fill(portal.as_("registrar"), FORM, do="save", reason="再改", 信息资源摘要="又一稿")
    assert again.status_code == 409
    assert read(again.text, FORM)["信息资源摘要"] == "又一稿"
    assert act(portal, "registrar", "withdrawal").headers["location"].endswith("done=entry_taken_back")
    assert look(portal)[1] == ""


def test_a_return_needs_reasons_and_shows_them_beside_what_is_to_be_mended(portal: Portal) -> None:
    propose(portal, 业务事项="驾驶证核发")
    page = portal.as_("steward").get(PAGE).text
    held = read(page, f"{PAGE}/return")
    lines: dict[str, Any] = {"column": ["业务事项", ""], "item": ["", ""], "reason": ["", ""], "csrf": held["csrf"]}
    lines["stamp"] = held["stamp"]
    refused = portal.as_("steward").post(f"{PAGE}/return", data=lines)
    assert refused.status_code == 400
    assert look(portal)[1] == "submitted"
    lines["reason"] = ["与权责清单不一致", ""]
    done = portal.as_("steward").post(f"{PAGE}/return", data=lines)
    assert done.headers["location"].endswith("done=entry_returned")
    told = portal.as_("registrar").get(f"{PAGE}?lang=zh").text
    assert "业务事项：与权责清单不一致" in told
    assert "部门应于" in told
    assert look(portal)[1] == "returned"


def test_what_changed_while_the_page_was_open_is_not_published_unseen(portal: Portal) -> None:
    propose(portal, 信息资源摘要="第一稿")
    held = read(portal.as_("steward").get(PAGE).text, f"{PAGE}/publication")
    propose(portal, 信息资源摘要="第二稿")
    late = portal.as_("steward").post(f"{PAGE}/publication", data=held)
    assert late.status_code == 409
    assert look(portal)[1] == "submitted"


def test_a_double_click_publishes_once(portal: Portal) -> None:
    propose(portal, 信息资源摘要="定稿")
    held = read(portal.as_("steward").get(PAGE).text, f"{PAGE}/publication")
    steward = portal.as_("steward")
    answers = [steward.post(f"{PAGE}/publication", data=held).status_code for _ in range(2)]
    assert answers == [303, 409]
    with portal.house.transaction() as db:
        steps = [s.step for s in life_steps.history(db, resources.get(db, SLUG))]
        assert steps[-2:] == ["submitted", "published"]


@pytest.mark.parametrize(
    ("what", "denied"),
    [
        ("submission", ("verifier", "consumer", "steward", "auditor")),
        ("withdrawal", ("verifier", "consumer", "steward")),
        ("publication", ("registrar", "verifier", "officer", "auditor")),
        ("return", ("registrar", "verifier", "officer")),
        ("retirement", ("verifier", "consumer", "officer")),
        ("updates", ("registrar", "verifier", "auditor")),
    ],
)
def test_each_step_is_denied_to_all_others(portal: Portal, what: str, denied: tuple[str, ...]) -> None:
    with portal.house.transaction() as db:
        before = resources.get(db, SLUG).state
    for login in denied:
        data = {"csrf": portal.as_(login).csrf("/password"), "stamp": "1.", "reason": "x", "column": "类"}
        assert portal.as_(login).post(f"{PAGE}/{what}", data=data).status_code == 403, login
    assert portal.as_("steward").post(f"{PAGE}/{what}", data={"stamp": "1."}).status_code == 403
    assert look(portal)[2] is before


def test_retiring_asks_why_and_takes_the_entry_out_of_the_catalog(portal: Portal) -> None:
    slug = "police_address"
    path = f"/registration/{slug}"
    refused = fill(portal.as_("steward"), path, f"{path}/retirement", reason=" ")
    assert refused.status_code == 400
    done = fill(portal.as_("registrar"), path, f"{path}/retirement", reason="职能划转")
    assert done.headers["location"].endswith("done=entry_retired")
    assert portal.as_("").get(f"/catalog/{slug}").status_code == 404
    page = portal.as_("registrar").get(f"{path}?lang=zh").text
    assert "职能划转" in page
    assert f'href="{path}/form"' not in page
    data = {"csrf": portal.as_("registrar").csrf("/password"), "items": "0", "do": "save"}
    assert portal.as_("registrar").post(f"{path}/form", data=data).status_code == 409


def test_an_update_is_asked_for_with_a_due_date(portal: Portal) -> None:
    done = act(portal, "steward", "updates", reason="新规施行")
    assert done.headers["location"].endswith("done=entry_update_asked")
    page = portal.as_("registrar").get(f"{PAGE}?lang=zh").text
    assert "新规施行" in page
    assert "部门应于" in page


def test_versions_are_compared_field_by_field_by_who_may_read_them(portal: Portal) -> None:
    with portal.house.transaction() as db:
        before = resources.get(db, SLUG).version
    propose(portal, 履行职责="机动车驾驶人管理")
    act(portal, "steward", "publication")
    page = portal.as_("registrar").get(f"{PAGE}/versions?first={before}&last={before + 1}&lang=zh").text
    assert "<ins>机动车驾驶人管理</ins>" in page
    assert "业务调整" in page
    assert portal.as_("consumer").get(f"{PAGE}/versions").status_code == 403
    assert portal.as_("registrar").get(f"{PAGE}/versions?first=77&last=78").status_code == 404
    assert portal.as_("steward").get("/registration/person/versions").status_code == 404


def test_what_is_selected_on_the_list_is_returned_together_with_one_reason(portal: Portal) -> None:
    propose(portal, 业务事项="批量退回试验")
    steward = portal.as_("steward")
    listed = steward.get("/reviews?lang=zh").text
    assert 'name="action" value="return"' in listed
    data = {"csrf": steward.csrf("/password"), "action": "return", "id": SLUG, "step": "do", "reason": "依据不全"}
    assert "办成 1 条" in steward.post("/batch?lang=zh", data=data).text
    assert look(portal)[1] == "returned"
    assert "依据不全" in portal.as_("registrar").get(PAGE).text
