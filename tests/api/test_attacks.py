"""Default deny: every route against every kind of caller that may not, and how fast a door shuts."""

from __future__ import annotations

import json
import re
import tempfile
import time
from contextlib import suppress
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import jwt
import pytest

from catalog import clients, resources
from catalog.keys import Keys, Purpose
from catalog.models import ApiClient, Department
from catalog.register import bump
from catalog.roles import ALLOWED, Action
from tests.api.conftest import ROLES, START, City, keys_of
from tests.api.guarded_authoring import AUTHORING, authoring_bodies, authoring_things
from tests.api.identity_calls import IDENTITY_BODIES, IDENTITY_ROUTES, prepare_identity
from tests.api.quality_calls import QUALITY_BODIES, QUALITY_ROUTES, correction_body, prepare_quality
from tests.api.sharing_calls import SHARING_BODIES, SHARING_ROUTES, prepare
from tests.catalog import workbooks

PUBLIC = {
    ("GET", "/"),
    ("GET", "/docs"),
    ("GET", "/openapi.json"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("POST", "/oauth/token"),
    ("GET", "/v1/resources"),
    ("GET", "/v1/resources/{slug}"),
    ("GET", "/v1/resources/{slug}/releases"),
    ("GET", "/v1/releases/{unit}"),
    ("GET", "/v1/catalog.jsonld"),
    ("GET", "/v1/open/{slug}/data.csv"),
    ("HEAD", "/v1/open/{slug}/data.csv"),
    ("GET", "/v1/open/{slug}/data.geoparquet"),
    ("HEAD", "/v1/open/{slug}/data.geoparquet"),
    ("GET", "/v1/open/{slug}/data.parquet"),
    ("HEAD", "/v1/open/{slug}/data.parquet"),
    ("POST", "/v1/verifications/licence"),
}
# (method, template) -> (action, whose thing it is; "own" where every department has its own)
GUARDED: dict[tuple[str, str], tuple[Action, str]] = {
    ("POST", "/v1/resources/{slug}/deliveries"): (Action.DELIVER, "police"),
    ("GET", "/v1/resources/{slug}/deliveries"): (Action.READ_DELIVERIES, "police"),
    ("GET", "/v1/deliveries/{delivery_id}"): (Action.READ_DELIVERIES, "police"),
    ("GET", "/v1/deliveries/{delivery_id}/rows"): (Action.READ_DELIVERIES, "police"),
    ("GET", "/v1/resources/{slug}/rules"): (Action.READ_FINDINGS, "police"),
    ("POST", "/v1/resources/{slug}/rules"): (Action.ADD_RULES, "police"),
    ("POST", "/v1/rules/{rule_id}/trial"): (Action.ADD_RULES, "police"),
    ("POST", "/v1/rules/{rule_id}/adoption"): (Action.ADD_RULES, "police"),
    ("POST", "/v1/rules/{rule_id}/retirement"): (Action.ADD_RULES, "police"),
    ("POST", "/v1/requests"): (Action.ASK, "own"),
    ("GET", "/v1/requests"): (Action.READ_SHARING, "own"),
    ("POST", "/v1/requests/{request_id}/decision"): (Action.DECIDE, "police"),
    ("GET", "/v1/grants"): (Action.READ_SHARING, "own"),
    ("POST", "/v1/grants/{grant_id}/revocation"): (Action.REVOKE, "police"),
    ("GET", "/v1/data/{resource}/records/{record_key}"): (Action.READ_DATA, "own"),
    ("GET", "/v1/data/{resource}/records/{record_key}/origins"): (Action.READ_DATA, "own"),
    ("POST", "/v1/data/{resource}/lookup"): (Action.READ_DATA, "own"),
    ("GET", "/v1/data/{resource}/records"): (Action.READ_DATA, "own"),
    ("POST", "/v1/whole/{kind}"): (Action.READ_DATA, "own"),
    ("POST", "/v1/credit-reports/{kind}"): (Action.READ_DATA, "own"),
    ("POST", "/v1/licences/validity"): (Action.READ_DATA, "own"),
    ("POST", "/v1/licences/cards"): (Action.READ_DATA, "own"),
    ("POST", "/v1/whole/legal_entity/control"): (Action.READ_DATA, "own"),
    ("GET", "/v1/data/{resource}/changes"): (Action.READ_DATA, "own"),
    ("GET", "/v1/data/{resource}/extract.parquet"): (Action.READ_DATA, "own"),
    ("HEAD", "/v1/data/{resource}/extract.parquet"): (Action.READ_DATA, "own"),
    ("GET", "/v1/data/{resource}/extract.geoparquet"): (Action.READ_DATA, "own"),
    ("HEAD", "/v1/data/{resource}/extract.geoparquet"): (Action.READ_DATA, "own"),
    ("GET", "/v1/data/{resource}/extract.json"): (Action.READ_DATA, "own"),
    ("GET", "/v1/projects/{code}/acceptance"): (Action.READ_PROJECTS, "police"),
    ("POST", "/v1/projects/{code}/acceptance"): (Action.ACCEPT, "police"),
    ("GET", "/v1/receipts"): (Action.READ_RECEIPTS, "nobody"),
    ("GET", "/v1/people"): (Action.READ_PEOPLE, "own"),
    ("POST", "/v1/people"): (Action.MANAGE_ACCOUNTS, "police"),
    ("POST", "/v1/people/{login}/password"): (Action.MANAGE_ACCOUNTS, "police"),
    ("POST", "/v1/people/{login}/confirmation"): (Action.MANAGE_POSTS, "police"),
    ("POST", "/v1/people/{login}/disablement"): (Action.MANAGE_ACCOUNTS, "police"),
    ("DELETE", "/v1/people/{login}/disablement"): (Action.MANAGE_ACCOUNTS, "police"),
    ("POST", "/v1/people/{login}/posts"): (Action.MANAGE_POSTS, "police"),
    ("POST", "/v1/people/{login}/posts/{post_id}/end"): (Action.MANAGE_POSTS, "police"),
    ("GET", "/v1/sign-ins"): (Action.READ_SIGN_INS, "own"),
    ("GET", "/v1/admin-log"): (Action.READ_ADMIN_LOG, "own"),
    ("GET", "/v1/clients"): (Action.READ_CLIENTS, "own"),
    ("POST", "/v1/clients"): (Action.MANAGE_CLIENTS, "police"),
    ("PUT", "/v1/clients/{client_id}/roles"): (Action.MANAGE_CLIENT_ROLES, "police"),
    ("POST", "/v1/clients/{client_id}/secrets"): (Action.MANAGE_CLIENTS, "police"),
    ("POST", "/v1/clients/{client_id}/secrets/{secret_id}/confirmation"): (Action.MANAGE_CLIENT_ROLES, "police"),
    ("DELETE", "/v1/clients/{client_id}/secrets/{secret_id}"): (Action.MANAGE_CLIENTS, "police"),
    ("DELETE", "/v1/clients/{client_id}"): (Action.MANAGE_CLIENTS, "police"),
    **IDENTITY_ROUTES,
    **SHARING_ROUTES,
    **QUALITY_ROUTES,
}
POLICE = {"部门名称": "测试police", "统一社会信用代码": "11140200MA0K10002M"}
GUARDED |= AUTHORING
# this city has no places: tests/pages/test_geoparquet.py asks for them under and without a grant
ROUTES = sorted(each for each in GUARDED if not each[1].endswith(".geoparquet"))
# 409: who may act came when there was nothing to do
WENT_THROUGH = (200, 201, 409)
# 404: nothing to show there; this city has no base
MAY_LACK = (
    "/rows", "/whole/{kind}", "/whole/legal_entity/control", "/credit-reports/{kind}", "/licences/validity",
    "/licences/cards", "/acceptance",
)  # fmt: skip
CLIENTS = [f"{department}-{role}" for department in ("digital_government", "police", "housing") for role in ROLES]


@pytest.fixture(scope="module")
def things(city: City) -> dict[str, str]:
    """Something that each template can name."""
    from catalog.models import Project

    sent = city.api.post(
        "/v1/resources/people/deliveries?period=2026-11-18", city.token("police-registrar"), content=b"x"
    )
    with city.transaction() as db:
        police = resources.get(db, "people").provider
        db.add(Project(code="P1", name="人口系统", department=police, kind="软件开发", state="在建"))
    return {
        "slug": "people",
        "resource": "people",
        "record_key": keys_of(city)["甲一"],
        "delivery_id": sent.json()["id"],
        "code": "P1",
        "kind": "person",
        **authoring_things(city),
        "login": "nobody",
        "post_id": "1",
        "client_id": "police-all",
        "secret_id": "1",
    }


def call(city: City, things: dict[str, str], method: str, template: str, token: str, **more: Any) -> Any:
    """Call a route in the way that succeeds for those who may."""
    things = {**things, **prepare(city, template), **prepare_quality(city, template)}
    things |= prepare_identity(city, template)
    path = template.format(**things)
    bodies: dict[str, dict[str, Any]] = {
        "/lookup": {"json": {"identifier": "00000019000101001X"}},
        "/revocation": {"json": {"reason": "测试"}},
        **authoring_bodies(things),
        **SHARING_BODIES,
        **QUALITY_BODIES,
        "/corrections": {"json": correction_body(things["record_key"])},
        "/catalogs": {"content": workbook_bytes()},
        "/deliveries": {"content": b"id_number,name\n"},
        **IDENTITY_BODIES,
        "/requests": {
            "json": {"resource": "people", "columns": ["name"], "purpose": "x", "legal_basis": "y", "days": 1}
        },
        "/receipts": {"params": {"resource": "people", "record": things["record_key"]}},
    }
    found = next((body for end, body in bodies.items() if path.endswith(end)), {})
    if "/licences/" in path:
        found = {"json": {"licence_no": "X1"}}
    if "/whole/" in path or "/credit-reports/" in path:
        found = {"json": {"identifier": "00000019000101001X"}}
    if path.endswith("/changes"):
        found = {"params": {"since": city.release("people")}}
    return city.api.request(
        method, path, token, **{k: v for k, v in found.items() if method == "POST" or k == "params"}, **more
    )


@cache
def workbook_bytes() -> bytes:
    """A catalog workbook of the police."""
    with tempfile.TemporaryDirectory() as folder:
        return workbooks.write(Path(folder) / "police.xlsx", department=POLICE).read_bytes()


def is_allowed(action: Action, owner: str, department: str, role: str) -> bool:
    """What the roles' table says; owner: the departments whose thing it is, joined by a plus, or "own"."""
    own, everyones, wherever = ALLOWED[action]
    is_own = owner == "own" or department in owner.split("+")
    is_everyones = role in everyones and department == "digital_government"
    return (role in own and is_own) or is_everyones or role in wherever


def test_every_route_is_either_public_or_guarded_in_this_table(city: City) -> None:
    """A new route fails here until somebody says who may call it."""
    document = city.api.get("/openapi.json").json()
    found = {(m.upper(), p) for p, operations in document["paths"].items() for m in operations}
    pages = {("GET", "/"), ("GET", "/docs"), ("GET", "/openapi.json")}
    assert found | pages == PUBLIC | set(GUARDED)


@pytest.mark.parametrize(("method", "template"), ROUTES)
def test_without_a_token_nothing_opens(city: City, things: dict[str, str], method: str, template: str) -> None:
    answer = call(city, things, method, template, "")
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize(("method", "template"), ROUTES)
@pytest.mark.parametrize("kind", ["expired", "revoked", "forged", "unsigned", "garbage", "basic"])
def test_a_token_that_is_not_good_opens_nothing(
    city: City, things: dict[str, str], method: str, template: str, kind: str
) -> None:
    answer = call(city, things, method, template, bad_token(city, kind))
    assert answer.status_code == 401


@pytest.mark.parametrize(("method", "template"), ROUTES)
def test_roles_and_departments_open_exactly_what_the_table_says(
    city: City, things: dict[str, str], method: str, template: str
) -> None:
    """Every cell: each role in the authority, in the provider and in another department."""
    action, owner = GUARDED[method, template]
    if action is Action.READ_DATA:
        for department in ("digital_government", "police", "housing"):
            city.grant(department=department)
    for client in CLIENTS:
        department, role = client.rsplit("-", 1)
        allowed = is_allowed(action, owner, department, role)
        status = call(city, things, method, template, city.token(client)).status_code
        may_lack = template.endswith(MAY_LACK)
        expected = (200, 201, 404) if allowed and may_lack else WENT_THROUGH if allowed else (403,)
        assert status in expected, (client, status)


@pytest.mark.parametrize(("method", "template"), [r for r in ROUTES if "/data/" in r[1]])
def test_with_the_role_and_without_a_grant_no_data_opens(
    city: City, things: dict[str, str], method: str, template: str
) -> None:
    city.grant(department="taxation")
    answer = call(city, things, method, template, city.token("housing-consumer"))
    assert answer.status_code == 403
    assert answer.headers["x-receipt-id"]


def test_a_resource_that_does_not_exist_is_not_found(city: City) -> None:
    answer = city.api.get("/v1/data/nothing/records", city.token("housing-consumer"))
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_the_grant_of_another_department_cannot_be_named(city: City) -> None:
    other = city.grant(department="taxation")
    answer = city.api.get("/v1/data/people/records", city.token("housing-consumer"), params={"grant": other})
    assert answer.status_code == 403


DATA_CALLS = [
    ("GET", "records/{key}", {}),
    ("GET", "records", {}),
    ("POST", "lookup", {"json": {"identifier": "00000019000101001X"}}),
    ("GET", "extract.parquet", {}),
    ("GET", "extract.json", {}),
]


@pytest.mark.parametrize(("method", "path", "more"), DATA_CALLS)
def test_a_revoked_grant_shuts_every_path_within_a_second(
    city: City, method: str, path: str, more: dict[str, Any]
) -> None:
    grant = city.grant()
    url = "/v1/data/people/" + path.format(key=keys_of(city)["甲一"])
    assert city.api.request(method, url, city.token("housing-consumer"), **more).status_code == 200
    body = {"reason": "用途已完成"}
    revoked = city.api.post(f"/v1/grants/{grant}/revocation", city.token("police-registrar"), json=body)
    assert revoked.status_code == 200
    assert seconds_until(city, 403, method, url, more) < 1


@pytest.mark.parametrize(("method", "path", "more"), DATA_CALLS)
def test_a_revoked_client_is_shut_out_within_a_second(city: City, method: str, path: str, more: dict[str, Any]) -> None:
    city.grant()
    url = "/v1/data/people/" + path.format(key=keys_of(city)["甲一"])
    assert city.api.request(method, url, city.token("housing-consumer"), **more).status_code == 200
    with city.transaction() as db:
        clients.revoke(db, clients.get(db, "housing-consumer"), now=city.clock())
    try:
        assert seconds_until(city, 401, method, url, more) < 1.0
    finally:
        with city.transaction() as db:
            clients.get(db, "housing-consumer").revoked_at = None
            bump(db, "clients")
        city.house.access.look_again()


def seconds_until(city: City, status: int, method: str, url: str, more: dict[str, Any]) -> float:
    """Seconds until a call is answered so; a transfer that is broken off half way is no answer yet."""

    def answered() -> int:
        with suppress(AssertionError):  # the in-process client's word for an answer without an end
            return int(city.api.request(method, url, city.token("housing-consumer"), **more).status_code)
        return 0

    started = time.perf_counter()
    while answered() != status:
        assert time.perf_counter() - started < 5
    return time.perf_counter() - started


def test_a_role_taken_away_is_gone_from_living_tokens(city: City) -> None:
    token = city.token("taxation-auditor")
    with city.transaction() as db:
        clients.set_roles(db, clients.get(db, "taxation-auditor"), ["consumer"])
    city.house.access.look_again()
    assert city.api.get("/v1/grants", token).status_code == 200
    with city.transaction() as db:
        clients.set_roles(db, clients.get(db, "taxation-auditor"), ["auditor"])
    city.house.access.look_again()
    assert city.api.get("/v1/grants", token).status_code == 403


def test_a_grant_ends_on_its_second(city: City) -> None:
    city.grant(days=1)
    url = "/v1/data/people/records"
    assert city.api.get(url, city.token("housing-consumer")).status_code == 200
    try:
        city.clock.now = START + timedelta(days=1) - timedelta(seconds=1)
        fresh = token_for(city, "housing-consumer")
        assert city.api.get(url, fresh).status_code == 200
        city.clock.now = START + timedelta(days=1)
        assert city.api.get(url, fresh).status_code == 403
    finally:
        city.clock.now = START


def token_for(city: City, client_id: str) -> str:
    with city.transaction() as db:
        return clients.issue_token(city.house.keys, db.get_one(ApiClient, client_id), now=city.clock())[0]


def bad_token(city: City, kind: str) -> str:
    if kind == "expired":
        with city.transaction() as db:
            client = db.get_one(ApiClient, "police-all")
            long_ago = city.clock() - timedelta(minutes=31)
            return clients.issue_token(city.house.keys, client, now=long_ago)[0]
    if kind == "revoked":
        return revoked_token(city)
    good = city.token("police-all")
    claims = jwt.decode(good, options={"verify_signature": False})
    key = city.house.keys.current(Purpose.TOKEN)
    if kind == "forged":
        stranger = Keys(city.store.home / "stranger").ensure().current(Purpose.TOKEN)
        return jwt.encode(claims, stranger.secret, algorithm="HS256", headers={"kid": key.id})
    if kind == "unsigned":
        return jwt.encode(claims, "", algorithm="none", headers={"kid": key.id})
    return {"garbage": "x.y.z", "basic": good[:-2] + "AA"}[kind]


def revoked_token(city: City) -> str:
    with city.transaction() as db:
        client = db.get(ApiClient, "dismissed")
        if client is None:
            authority = db.query(Department).filter_by(is_authority=True).one()
            client = clients.register(db, "dismissed", department=authority, name="x", roles=ROLES, now=START)
            clients.revoke(db, client, now=START)
        return clients.issue_token(city.house.keys, client, now=city.clock())[0]


# the doors themselves


def test_sign_in_answers_in_the_shape_of_the_standard(city: City) -> None:
    good = {"grant_type": "client_credentials", "client_id": "police-all", "client_secret": city.secrets["police-all"]}
    answer = city.api.post("/oauth/token", data=good)
    assert (answer.status_code, answer.json()["token_type"], answer.json()["expires_in"]) == (200, "Bearer", 1800)
    assert answer.headers["cache-control"] == "no-store"
    pair = ("police-all", city.secrets["police-all"])
    basic = city.api.post("/oauth/token", data={"grant_type": "client_credentials"}, auth=pair)
    assert basic.status_code == 200
    wrong = city.api.post("/oauth/token", data={**good, "client_secret": "x"})
    assert (wrong.status_code, wrong.json()["error"]) == (401, "invalid_client")
    assert city.api.post("/oauth/token", data={**good, "grant_type": "password"}).json()["error"] == (
        "unsupported_grant_type"
    )
    for bad in ({"data": {"grant_type": "client_credentials"}}, {"data": good, "auth": pair}):
        assert city.api.post("/oauth/token", **bad).json()["error"] == "invalid_request"


def test_guessing_is_slowed_down(city: City) -> None:
    wrong = {"grant_type": "client_credentials", "client_id": "nobody", "client_secret": "x"}
    statuses = [city.api.post("/oauth/token", data=wrong).status_code for _ in range(6)]
    assert statuses == [401] * 5 + [429]


def test_bodies_are_bounded(city: City) -> None:
    city.grant()
    big = {"identifier": "x" * 100_000}
    answer = city.api.post("/v1/data/people/lookup", city.token("housing-consumer"), json=big)
    assert answer.status_code == 413


def test_every_error_is_a_problem_document(city: City) -> None:
    token = city.token("housing-consumer")
    broken = {"content": b"{", "headers": {"Content-Type": "application/json"}}
    answers = [
        city.api.get("/v1/nowhere"),
        city.api.request("DELETE", "/v1/resources"),
        city.api.get("/v1/resources/nothing"),
        city.api.get("/v1/resources?limit=x"),
        city.api.post("/v1/requests", token, **broken),
        city.api.post("/v1/requests", token, json={"resource": "people", "surprise": 1}),
        city.api.get("/v1/grants"),
    ]
    assert [a.status_code for a in answers] == [404, 405, 404, 400, 400, 400, 401]
    for answer in answers:
        assert answer.headers["content-type"] == "application/problem+json"
        told = answer.json()
        assert told["status"] == answer.status_code
        assert told["title"] and told["code"] and told["remedy"]
        assert told["request_id"] == answer.headers["x-request-id"]


def test_a_fault_of_ours_says_nothing_of_its_cause(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise RuntimeError("value 00000019000101001X")

    monkeypatch.setattr("api.finding.directory.cards", fail)
    answer = city.api.get("/v1/resources")
    assert (answer.status_code, answer.json()["fault"]) == (500, "exchange")
    line = json.loads(city.log[-1])
    assert line["error"] == "RuntimeError"
    assert "00000019000101001X" not in answer.text + city.log[-1]


def test_the_api_document_lists_problems_and_tokens(city: City) -> None:
    document = city.api.get("/openapi.json").json()
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            problem = operation["responses"]["403"]["content"]["application/problem+json"]
            assert problem["schema"]["$ref"].endswith("/Problem")
            refused = operation["responses"].get("422", {}).get("content", {})
            assert set(refused) <= {"application/problem+json"}
            named = {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
            assert named == set(re.findall(r"{(\w+)}", path))
            assert bool(operation.get("security")) == ((method.upper(), path) in GUARDED)


def test_the_access_log_holds_allowed_fields_and_route_templates_only(city: City) -> None:
    from api.logs import FIELDS

    city.api.get("/v1/resources/people?x=secret", headers={"X-Request-Id": "trace-0001"})
    line = json.loads(city.log[-1])
    assert set(line) <= set(FIELDS)
    assert (line["route"], line["request_id"]) == ("/v1/resources/{slug}", "trace-0001")
    city.api.get("/00000019000101001X", headers={"X-Request-Id": 'bad"id'})
    assert json.loads(city.log[-1])["route"] == "-"
    assert 'bad"id' not in city.log[-1]
