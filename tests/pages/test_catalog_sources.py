"""One source per item, and spills: who may settle, freeze and erase; nothing is done twice."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from catalog import deliveries, departments, one_source, rankings, resources, spill
from catalog.models import SourceConflict
from catalog.vocab import DeliveryState
from tests.pages.conftest import Portal
from tests.pages.forms import fill

ATTRIBUTE = "/sources/natural_person/person.name"


def order(portal: Portal) -> tuple[str, ...]:
    with portal.house.transaction() as db:
        return rankings.ranking_of(db, "natural_person", on=portal.house.today)["person.name"]


def test_the_authority_ranks_the_sources_of_an_attribute_anew(portal: Portal) -> None:
    first, second, *rest = order(portal)
    ranks = {f"rank.{role}": "" for role in rest} | {f"rank.{first}": "2", f"rank.{second}": "1"}
    roles = {"role": [first, second, *rest]}
    steward = portal.as_("steward")
    wrong = steward.post(ATTRIBUTE, data={"csrf": steward.csrf(ATTRIBUTE), **roles, **ranks, "basis": " "})
    assert wrong.status_code == 400
    assert order(portal)[:2] == (first, second)
    both = {**ranks, f"rank.{first}": "1"}
    equal = steward.post(ATTRIBUTE, data={"csrf": steward.csrf(ATTRIBUTE), **roles, **both, "basis": "会议纪要"})
    assert equal.status_code == 400
    done = steward.post(ATTRIBUTE, data={"csrf": steward.csrf(ATTRIBUTE), **roles, **ranks, "basis": "会议纪要"})
    assert done.status_code == 303
    assert order(portal) == (second, first)
    assert "会议纪要" in portal.as_("registrar").get(ATTRIBUTE).text
    denied = portal.as_("registrar")
    data = {"csrf": denied.csrf("/password"), **roles, **ranks, "basis": "x"}
    assert denied.post(ATTRIBUTE, data=data).status_code == 403
    assert steward.get("/sources/natural_person/nothing").status_code == 404


@pytest.fixture
def conflict(portal: Portal) -> Any:
    """An item that the housing fund registered although the police hold it."""
    with portal.house.transaction() as db:
        holder, newcomer = resources.get(db, "police_population"), departments.get(db, "housing_fund")
        own = next(r for r in resources.delivered(db) if r.provider_id == newcomer.id)
        row = SourceConflict(
            meaning="citizen_id|民族|GB/T 3304", item="ethnicity_code", title="民族", resource=own, department=newcomer,
            holder_resource=holder, holder=holder.provider, state=one_source.OPEN, found_at=portal.house.clock(),
        )  # fmt: skip
        db.add(row)
        db.flush()
        yield_id = row.id
    yield f"/source-conflicts/{yield_id}"
    with portal.house.transaction() as db:
        db.delete(one_source.get_conflict(db, yield_id))


def test_a_conflict_is_settled_once_with_its_basis_and_both_sides_read_it(portal: Portal, conflict: str) -> None:
    assert "民族" in portal.as_("registrar").get("/source-conflicts").text
    assert portal.as_("finance").get(conflict).status_code == 403
    steward = portal.as_("steward")
    assert fill(steward, conflict, outcome="newcomer", basis=" ").status_code == 400
    assert fill(steward, conflict, outcome="nothing", basis="协调会").status_code == 400
    sent = {"csrf": steward.csrf(conflict), "outcome": "holder", "basis": "协调会"}
    assert steward.post(conflict, data=sent).status_code == 303
    assert steward.post(conflict, data=sent).status_code == 409
    for login in ("registrar", "consumer"):
        page = portal.as_(login).get(f"{conflict}?lang=zh").text
        assert "以先登记部门为数源" in page
        assert "<textarea" not in page
    assert "民族" in portal.as_("consumer").get("/sources?list=items").text


def test_only_the_authority_settles_a_conflict(portal: Portal, conflict: str) -> None:
    for login in ("registrar", "verifier", "consumer", "auditor"):
        data = {"csrf": portal.as_(login).csrf("/password"), "outcome": "holder", "basis": "x"}
        assert portal.as_(login).post(conflict, data=data).status_code == 403
    with portal.house.transaction() as db:
        assert one_source.get_conflict(db, conflict.rpartition("/")[2]).state == one_source.OPEN


def freeze(portal: Portal, login: str, delivery: str, do: str = "freeze", reason: str = "疑似涉密") -> httpx.Response:
    return fill(portal.as_(login), "/spills", delivery=delivery, reason=reason, do=do)


def newest(portal: Portal, slug: str) -> str:
    with portal.house.transaction() as db:
        return deliveries.history(db, resources.get(db, slug), limit=1)[0].id


def count(portal: Portal) -> int:
    with portal.house.transaction() as db:
        return len(spill.listed(db))


def test_a_spill_is_tried_out_frozen_and_lifted(portal: Portal) -> None:
    delivery = newest(portal, "police_address")
    tried = freeze(portal, "steward", delivery, do="try")
    assert "尚未冻结" in tried.text
    assert "police_address" in tried.text
    assert count(portal) == 0
    assert freeze(portal, "steward", delivery, reason=" ").status_code == 400
    assert freeze(portal, "steward", "nothing").status_code == 400
    frozen = freeze(portal, "registrar", delivery)
    path = frozen.headers["location"].partition("?")[0]
    assert freeze(portal, "steward", delivery).status_code == 409
    assert "解除冻结" not in portal.as_("registrar").get(f"{path}?lang=zh").text.replace("清除或解除", "")
    for what in ("lifting", "erasure"):
        data = {"csrf": portal.as_("registrar").csrf("/password"), "again": path.rpartition("/")[2]}
        assert portal.as_("registrar").post(f"{path}/{what}", data=data).status_code == 403
    assert fill(portal.as_("steward"), path, f"{path}/lifting").status_code == 303
    assert (
        portal.as_("steward")
        .post(f"{path}/lifting", data={"csrf": portal.as_("steward").csrf("/password")})
        .status_code
        == 409
    )
    assert path in portal.as_("verifier").get("/spills").text
    assert portal.as_("consumer").get(path).status_code == 403


def test_a_department_freezes_only_its_own(portal: Portal) -> None:
    other = newest(portal, "statistics_gdp")
    before = count(portal)
    assert freeze(portal, "registrar", other).status_code == 403
    assert count(portal) == before


def test_erasing_asks_for_the_number_again(portal: Portal) -> None:
    delivery = newest(portal, "police_driving_licence")
    path = freeze(portal, "steward", delivery).headers["location"].partition("?")[0]
    wrong = fill(portal.as_("steward"), path, f"{path}/erasure", again="1")
    assert wrong.status_code == 400
    done = fill(portal.as_("steward"), path, f"{path}/erasure", again=path.rpartition("/")[2])
    assert done.headers["location"].endswith("done=spill_erased")
    with portal.house.transaction() as db:
        assert deliveries.get(db, delivery).state is DeliveryState.ERASED
        assert not portal.house.store.bytes_of(deliveries.get(db, delivery).digest).exists()
    assert "已清除" in portal.as_("steward").get(f"{path}?lang=zh").text
