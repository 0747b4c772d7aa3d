"""Every action that has a route, by every role, in its own department and in another: an official's way in."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import pytest

from catalog import client_admin, clients, departments, people, sessions
from catalog.last_uses import LastUses
from catalog.models import OfficialState
from catalog.roles import Action, Role
from tests.api.conftest import START, City, Client
from tests.api.guarded_authoring import authoring_bodies
from tests.api.identity_calls import IDENTITY_BODIES, prepare_identity
from tests.api.officials import LONG_AGO, cheap_hashing, hire
from tests.api.quality_calls import QUALITY_BODIES, correction_body, prepare_quality
from tests.api.sharing_calls import SHARING_BODIES, prepare
from tests.api.test_attacks import GUARDED, MAY_LACK, WENT_THROUGH, is_allowed, things, workbook_bytes

__all__ = ["cheap_hashing", "things"]
DEPARTMENTS = ("digital_government", "police", "housing")
TODAY = START.date()
DATA = ("/v1/data/", "/v1/whole/", "/v1/credit-reports/", "/v1/licences/")
COOKIE = "__Host-sixbase-session"


@dataclass
class Desk:
    """A signed-in official: what its browser sends."""

    department: str
    role: Role
    headers: dict[str, str]


@pytest.fixture(scope="module")
def desks(city: City) -> list[Desk]:
    """An official for each role in the authority, in the department whose things are touched, and in another."""
    made = []
    with city.transaction() as db:
        for department in DEPARTMENTS:
            for role in Role:
                login = f"{department[:3]}-{role}".replace("_", "-")
                official = hire(db, login, [(department, role)])
                token = sessions.begin(db, official, means="password", now=START, today=TODAY)
                visit = sessions.visit(db, token, LastUses(), now=START, today=TODAY)
                made.append(Desk(department, role, {"Cookie": f"{COOKIE}={token}", "X-CSRF-Token": visit.csrf}))
        # the three of the authority that stay when others are ended or disabled
        for role in ("system_admin", "security_admin", "audit_admin"):
            hire(db, f"second-{role}", [("digital_government", Role(role))])
    return made


@pytest.fixture(scope="module")
def web(city: City) -> Iterator[Client]:
    found = Client(city.app, "https://exchange")
    yield found
    found.close()


class Subjects:
    """Fresh things of the police to act on, whatever the call before did to them."""

    def __init__(self, city: City, things: dict[str, str]) -> None:
        self._city, self._things = city, things

    def fresh(self, template: str) -> dict[str, str]:
        name = f"s{secrets.token_hex(4)}"
        found = {**self._things, "login": name, "client_id": name, "new": f"new-{name}"}
        found |= prepare(self._city, template) | prepare_quality(self._city, template)
        found |= prepare_identity(self._city, template)
        with self._city.transaction() as db:
            if "{login}" in template:
                official = hire(db, name, [("police", Role.VERIFIER)])
                found["post_id"] = str(official.posts[0].id)
                if template.endswith("/confirmation"):
                    official.state = OfficialState.HELD
            if "{client_id}" in template:
                department = departments.get(db, "police")
                client = clients.register(db, name, department=department, name=name, roles=[], now=START)
                if "{secret_id}" in template:
                    clients.new_secret(db, client, now=START, is_waiting=True)
                    found["secret_id"] = str(client.secrets[-1].id)
        return found


def sent(template: str, found: dict[str, str]) -> dict[str, Any]:
    """What a call sends that succeeds for those who may."""
    one_day = {"valid_from": LONG_AGO.isoformat()}
    bodies: dict[str, dict[str, Any]] = {
        "/revocation": {"json": {"reason": "测试"}},
        **authoring_bodies(found),
        **SHARING_BODIES,
        **QUALITY_BODIES,
        "/corrections": {"json": correction_body(found["record_key"])},
        "/catalogs": {"content": workbook_bytes()},
        "/deliveries": {"content": b"id_number,name\n"},
        **IDENTITY_BODIES,
        "/requests": {
            "json": {"resource": "people", "columns": ["name"], "purpose": "x", "legal_basis": "y", "days": 1}
        },
        "/v1/receipts": {"params": {"resource": "people", "record": found["record_key"]}},
        "/v1/people": {"json": {"login": found["new"], "name": "新人", "department": "police"}},
        "/posts": {"json": {"department": "police", "role": "registrar", **one_day}},
        "/end": {"json": {}},
        "/v1/clients": {"json": {"client_id": found["new"], "name": "新客户端", "department": "police"}},
        "/roles": {"json": {"roles": ["consumer"]}},
        "/secrets": {"json": {}},
    }
    path = template.format(**found)
    return next((body for end, body in bodies.items() if template.endswith(end) or path.endswith(end)), {})


@pytest.mark.parametrize(("method", "template"), sorted(r for r in GUARDED if not r[1].startswith(DATA)))
def test_an_official_may_exactly_what_the_table_says(
    city: City, web: Client, desks: list[Desk], things: dict[str, str], method: str, template: str
) -> None:
    action, owner = GUARDED[method, template]
    subjects = Subjects(city, things)
    for desk in desks:
        may = is_allowed(action, owner, desk.department, desk.role)
        found = subjects.fresh(template)
        if (method, template) == ("DELETE", "/v1/people/{login}/disablement"):
            with city.transaction() as db:
                people.get(db, found["login"]).state = OfficialState.DISABLED
        more = sent(template, found) if method in ("POST", "PUT") or template in ("/v1/receipts", "/v1/access") else {}
        answer = web.request(method, template.format(**found), headers=desk.headers, **more)
        expected = ((200, 201, 404) if template.endswith(MAY_LACK) else WENT_THROUGH) if may else (403,)
        assert answer.status_code in expected, (desk.department, desk.role, answer.status_code, answer.text)


@pytest.mark.parametrize(("method", "template"), sorted(r for r in GUARDED if r[1].startswith(DATA)))
def test_records_leave_to_clients_with_a_token_alone(
    city: City, web: Client, desks: list[Desk], things: dict[str, str], method: str, template: str
) -> None:
    for desk in desks:
        answer = web.request(method, template.format(**things), headers=desk.headers)
        assert answer.status_code == 401, (desk.department, desk.role)


def test_every_action_with_a_route_is_tried() -> None:
    """Actions of pages that are still to come are tried in tests/catalog/test_roles.py alone."""
    tried = {action for action, _ in GUARDED.values()}
    assert {
        Action.MANAGE_ACCOUNTS,
        Action.MANAGE_POSTS,
        Action.MANAGE_CLIENTS,
        Action.MANAGE_CLIENT_ROLES,
        Action.READ_SIGN_INS,
        Action.READ_ADMIN_LOG,
    } <= tried


def test_a_department_s_administrator_does_not_reach_beyond_it(city: City, web: Client, desks: list[Desk]) -> None:
    with city.transaction() as db:
        hire(db, "target", [])
        client_admin.enter(db, None, client_id="target", name="x", department=departments.get(db, "police"), now=START)
    security = next(d for d in desks if (d.department, d.role) == ("police", Role.SECURITY_ADMIN))
    for role in ("system_admin", "security_admin", "audit_admin", "approval_bureau", "finance_bureau", "auditor"):
        body = {"department": "police", "role": role, "valid_from": "2026-01-01"}
        assert web.request("POST", "/v1/people/target/posts", headers=security.headers, json=body).status_code == 403
    beyond = web.request("PUT", "/v1/clients/target/roles", headers=security.headers, json={"roles": ["auditor"]})
    assert beyond.status_code == 403
    admin = web.request("PUT", "/v1/clients/target/roles", headers=security.headers, json={"roles": ["system_admin"]})
    assert admin.status_code == 400


ODD = ["\x00", "a\x00b", "'; drop table official; --", "../..", "%", "x" * 200, "王五"]


@pytest.mark.parametrize("odd", ODD)
def test_odd_names_are_the_caller_s_fault(city: City, web: Client, desks: list[Desk], odd: str) -> None:
    name = quote(odd, safe="")
    by = {role: next(d for d in desks if (d.department, d.role) == ("digital_government", role)) for role in Role}
    system, audit = by[Role.SYSTEM_ADMIN].headers, by[Role.AUDIT_ADMIN].headers
    answers = [
        web.request("POST", f"/v1/people/{name}/password", headers=system),
        web.request("DELETE", f"/v1/clients/{name}", headers=system),
        web.request("POST", "/v1/people", headers=system, json={"login": odd, "name": "x", "department": "police"}),
        web.request("POST", "/v1/people", headers=system, json={"login": "good", "name": "x", "department": odd}),
        web.request(
            "POST", "/v1/clients", headers=system, json={"client_id": odd, "name": "x", "department": "police"}
        ),
    ]
    assert {answer.status_code for answer in answers} <= {400, 404, 405}
    listed = web.request("GET", "/v1/sign-ins", headers=audit, params={"login": odd})
    assert listed.status_code == 400 or listed.json() == []
