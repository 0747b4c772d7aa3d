"""The OpenAPI document over a whole city: with the ids of real things every look answers, and as it is described."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis

from catalog.models import Grant
from tests.api.test_schema import CHECKS, send
from tests.pages.conftest import Portal, shown_record
from tests.pages.test_oversight import token_of

LOGINS = ("steward", "registrar", "consumer", "auditor", "officer", "system", "security", "audits")
# nothing of the kind in this city, or no plain look
WITHOUT = {
    "/v1/orders/{order_id}/explanations/{explanation_id}/evidence": "no order was explained",
    "/v1/catalogs/faults/{upload_id}.xlsx": "no workbook was refused",
    "/v1/data/{resource}/changes": "a release to go on from is asked for",
    "/v1/open/{slug}/data.geoparquet": "the resource has no places",
    "/v1/data/{resource}/extract.geoparquet": "the resource has no places",
}


@pytest.fixture(scope="module")
def known(portal: Portal) -> dict[str, str]:
    """A real thing for each parameter of a path or a query."""
    with portal.house.transaction() as db:
        grant = db.get_one(Grant, portal.ids["grant"])
        return {
            "slug": "statistics_gdp",
            "resource": grant.resource.slug,
            "record": shown_record(portal.house, db, grant),
            "record_key": shown_record(portal.house, db, grant),
            "unit": "natural_person",
            "base": "natural_person",
            "attribute": "person.name",
            "department": "police",
            "delivery_id": portal.ids["delivery"],
            "request_id": portal.ids["request"],
            "grant_id": grant.id,
            "demand_id": portal.ids["demand"],
            "order_id": portal.ids["order"],
            "correction_id": portal.ids["correction"],
            "code": portal.ids["project"],
            "first": "1",
            "last": "1",
        }


def test_every_look_answers_with_real_ids_and_as_the_document_says(portal: Portal, known: dict[str, str]) -> None:
    public = portal.as_("")
    document = public.get("/openapi.json").json()
    token = token_of(portal)
    answered: dict[str, set[int]] = {}
    for each in schemathesis.openapi.from_dict(document).get_all_operations():
        operation: Any = each.ok()
        if operation.method.upper() != "GET":
            continue
        asked = {p.name for p in operation.query if p.is_required} & known.keys()
        names = {p.name for p in operation.path_parameters}
        for login in ("", "token", *LOGINS):
            case = operation.Case(
                path_parameters={name: known.get(name, "1") for name in names},
                query={name: known[name] for name in asked},
            )

            def by(method: str, url: str, login: str = login, **more: Any) -> Any:
                if login == "token":
                    return public.request(method, url, token, **more)
                return portal.as_(login).request(method, url.replace("http://", "https://"), **more)

            answer = send(case, by)
            case.validate_response(answer, checks=CHECKS)
            answered.setdefault(operation.path, set()).add(answer.status_code)
    assert len(answered) > 40
    assert {path for path, found in answered.items() if 200 not in found} == set(WITHOUT)
