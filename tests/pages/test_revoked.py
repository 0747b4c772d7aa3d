"""A grant that is revoked shuts every door that puts tables of bases together, at the next question."""

from __future__ import annotations

from typing import Any

import pytest

from tests.pages.conftest import Portal
from tests.pages.test_oversight import token_of
from tests.pages.test_whole import CONTROL, LICENCE, granted_for_now, held_firm, holder, linked

STATE = ("licence_key", "licence_no", "licence_id", "state_code", "state_from", "state_until")


def shows(portal: Portal, door: str, body: dict[str, Any]) -> bool:
    """Whether a door shows anything to housing_fund's client."""
    answer = portal.as_("").post(door, token_of(portal), json=body)
    assert answer.status_code in (200, 403), answer.text
    return answer.status_code == 200 and any(
        answer.json().get(part) for part in ("tables", "holders", "cards", "answers")
    )


@pytest.mark.parametrize(
    ("door", "resource", "columns"),
    [
        ("/v1/whole/legal_entity", "legal_entity", ("credit_code", "name")),
        ("/v1/whole/legal_entity/control", "shareholder", CONTROL),
        ("/v1/credit-reports/legal_entity", "tax_credit_grade", ("entity_key", "year", "grade_code")),
        ("/v1/licences/cards", "licence", LICENCE),
        ("/v1/licences/validity", "licence_state", STATE),
    ],
)
def test_a_door_over_bases_shuts_with_its_grant(
    portal: Portal, door: str, resource: str, columns: tuple[str, ...]
) -> None:
    firm, _ = held_firm(portal)
    key = {
        "tax_credit_grade": linked(portal, "credit", "tax_credit_grade", "entity_key"),
        "licence": holder(portal, "entity_key")[1],
        "licence_state": holder(portal, "entity_key")[1],
    }.get(resource, firm)
    with granted_for_now(portal, resource, columns) as grants:
        body = {"record_key": key, "grants": grants} | ({"least_pct": 0} if resource == "shareholder" else {})
        assert shows(portal, door, body)
    assert not shows(portal, door, body)
    assert not shows(portal, door, {name: value for name, value in body.items() if name != "grants"})
