"""The OpenAPI document keeps its word: whatever is sent, no server error and no answer that it does not describe."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import httpx
import pytest
import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
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

from tests.api.conftest import City, keys_of

# a client of each kind that may do something, one that may do everything of its own department, and nobody
CALLERS = (
    "",
    "housing-all",
    "police-all",
    "digital_government-steward",
    "digital_government-auditor",
    "digital_government-acceptance_officer",
)
CHECKS: list[Any] = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]
# over six callers and all operations about a minute
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


def send(city: City, case: Case, caller: str) -> httpx.Response:
    """What the exchange answers to a case."""
    asked = requests.Request(**case.as_transport_kwargs(base_url="http://exchange")).prepare()
    headers = {name: value for name, value in asked.headers.items() if name.lower() != "authorization"}
    token = city.token(caller) if caller else ""
    return city.api.request(str(asked.method), str(asked.url), token, headers=headers, content=asked.body or b"")


@pytest.mark.parametrize("caller", CALLERS)
def test_every_answer_is_one_that_the_document_describes(
    city: City, operations: list[Any], known: dict[str, list[str]], caller: str
) -> None:
    for operation in operations:
        _try(city, operation, known, caller)


def _try(city: City, operation: Any, known: dict[str, list[str]], caller: str) -> None:
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
        case.validate_response(send(city, case, caller), checks=CHECKS)

    holds()
