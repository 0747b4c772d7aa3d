"""The OpenAPI document keeps its word: whatever is sent, no server error and no answer that it does not describe."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, note, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from catalog import clients, departments, people
from catalog.roles import Role
from tests.api.conftest import START, City, keys_of
from tests.api.officials import Browser, cheap_hashing, hire

__all__ = ["cheap_hashing"]

# a client of each kind that may do something, one that may do everything of its own department, and nobody
CALLERS = (
    "",
    "housing-all",
    "police-all",
    "digital_government-steward",
    "digital_government-auditor",
    "digital_government-acceptance_officer",
)
ADMINISTRATORS = (Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN)
THEIRS = ("/v1/people", "/v1/clients", "/v1/admin-log", "/v1/sign-ins")
Send = Callable[..., httpx.Response]
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# cases of an operation, each sent for every caller
EXAMPLES = 6


@pytest.fixture(scope="module")
def operations(city: City) -> list[Any]:
    """Every operation of the document."""
    document = city.api.get("/openapi.json").json()
    found = list(schemathesis.openapi.from_dict(document).get_all_operations())
    assert all(isinstance(each, Ok) for each in found) and len(found) > 15
    return [each.ok() for each in found]


@pytest.fixture
def known(city: City) -> Iterator[dict[str, list[str]]]:
    """Path parameters that lead to something, by name."""
    grant = city.grant()
    yield {
        "slug": ["people"],
        "resource": ["people"],
        "unit": ["people"],
        "record_key": sorted(keys_of(city).values())[:2],
        "grant_id": [grant],
    }


@pytest.fixture
def administrator(city: City, request: pytest.FixtureRequest) -> Iterator[Browser]:
    """A browser of that administrator; an account and a client that may come to harm."""
    role: Role = request.param
    with city.transaction() as db:
        hire(db, f"schema-{role}", [("digital_government", role)])
        if people.find(db, "target") is None:
            hire(db, "target", [("police", Role.VERIFIER)])
            clients.register(
                db, "spare", department=departments.get(db, "police"), name="spare", roles=["verifier"], now=START
            )
    browser = Browser(city.app)
    assert browser.sign_in(f"schema-{role}").status_code == 303
    yield browser
    browser.close()


def as_client(city: City, caller: str) -> Send:
    """Calls with the token of a client, or with none."""
    token = city.token(caller) if caller else ""
    return lambda method, url, **more: city.api.request(method, url, token, **more)


def as_official(browser: Browser) -> Send:
    """Calls as pages of ours make them."""
    csrf = browser.csrf("/password")

    def send(method: str, url: str, **more: Any) -> httpx.Response:
        more["headers"]["X-CSRF-Token"] = csrf
        return browser.request(method, url.replace("http://", "https://"), **more)

    return send


def send(case: Case, by: Send) -> httpx.Response:
    """What the exchange answers to a case."""
    asked = requests.Request(**case.as_transport_kwargs(base_url="http://exchange")).prepare()
    headers = {name: value for name, value in asked.headers.items() if name.lower() != "authorization"}
    return by(str(asked.method), str(asked.url), headers=headers, content=asked.body or b"")


def test_every_answer_is_one_that_the_document_describes(
    city: City, operations: list[Any], known: dict[str, list[str]]
) -> None:
    callers = {caller: as_client(city, caller) for caller in CALLERS}
    for operation in operations:
        _try(operation, known, callers)


@pytest.mark.parametrize("administrator", ADMINISTRATORS, indirect=True)
def test_every_answer_to_an_administrator_is_described(
    administrator: Browser, operations: list[Any], known: dict[str, list[str]]
) -> None:
    mine = [operation for operation in operations if operation.path.startswith(THEIRS)]
    assert len(mine) > 10
    for operation in mine:
        _try(operation, {**known, "login": ["target"], "client_id": ["spare"]}, {"": as_official(administrator)})


def _try(operation: Any, known: dict[str, list[str]], callers: dict[str, Send]) -> None:
    """Send each case for every caller: making one takes longer than sending it."""
    cases = st.one_of(operation.as_strategy(mode) for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE))

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        derandomize=True,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=cases, data=st.data())
    def holds(case: Case, data: st.DataObject) -> None:
        for name in set(case.path_parameters or {}) & known.keys():
            case.path_parameters[name] = data.draw(st.sampled_from([*known[name], case.path_parameters[name]]))
        for caller, by in callers.items():
            note(f"asked by {caller or 'nobody'}")
            case.validate_response(send(case, by), checks=CHECKS)

    holds()
