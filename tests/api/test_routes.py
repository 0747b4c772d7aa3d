"""The other routes at work: the directory, deliveries, requests, acceptance, pages."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any
from urllib.parse import quote

import duckdb
import pytest
from sqlalchemy import event, func, select
from sqlalchemy.orm import Session

from api.acceptance import accept_project
from api.probe import CLIENT_ID
from api.serve import environment, is_loopback, refuse_demo, serve
from catalog import accounts, clients, departments, people, resources
from catalog.errors import Misconfigured, NotFound
from catalog.models import (
    AcceptanceReport,
    ApiClient,
    Delivery,
    Grant,
    Project,
    Publication,
    Release,
    Resource,
    SharingRequest,
    System,
)
from catalog.receipts import verify
from catalog.settings import Settings
from catalog.vocab import DeliveryState, ResourceState, ShareType
from tests.api.conftest import City, keys_of
from tests.catalog.conftest import make_resource

SEND = "/v1/resources/people/deliveries"
REGISTRAR = "police-registrar"


# the directory


def test_published_resources_are_listed_page_by_page_and_found_by_words(city: City) -> None:
    with city.transaction() as db:
        police = departments.get(db, "police")
        for slug in ("aaa_one", "zzz_two"):
            make_resource(db, police, slug, name=f"低保 {slug}")
        make_resource(db, police, "hidden").state = ResourceState.DRAFT
    first = city.api.get("/v1/resources?limit=2").json()
    rest = city.api.get("/v1/resources", params={"limit": "2", "cursor": first["next"]}).json()
    slugs = [r["slug"] for r in first["resources"] + rest["resources"]]
    assert slugs == ["aaa_one", "people", "zzz_two"]
    assert rest["next"] is None
    found = city.api.get("/v1/resources", params={"q": "低保 one"}).json()["resources"]
    assert [r["slug"] for r in found] == ["aaa_one"]
    assert city.api.get("/v1/resources", params={"q": "%"}).json()["resources"] == []
    assert city.api.get("/v1/resources/hidden").status_code == 404
    with city.transaction() as db:
        for slug in ("aaa_one", "zzz_two", "hidden"):
            resources.retire(db, resources.get(db, slug))


def test_a_resource_tells_its_items_masks_and_release(city: City) -> None:
    told = city.api.get("/v1/resources/people").json()
    masks = {i["name"]: i["default_mask"] for i in told["items"]}
    assert masks["id_number"] == "partial"
    assert told["rows"] == 5
    (release,) = city.api.get("/v1/resources/people/releases").json()
    assert release["release_id"] == told["release"]
    assert release["is_in_force"]
    assert city.api.get("/v1/releases/people").json() == [release]
    assert city.api.get("/v1/releases/nothing").status_code == 404


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", ["/", "/docs"])
def test_pages_are_in_both_languages_and_load_nothing_from_elsewhere(city: City, path: str, lang: str) -> None:
    page = city.api.get(path, params={"lang": lang})
    assert page.status_code == 200
    assert ('<html lang="zh-CN">' in page.text) == (lang == "zh")
    loaded = re.findall(r"""<(?:script|link|img|iframe)[^>]*(?:src|href)=["']?([^"'> ]+)""", page.text)
    assert loaded and all(path.startswith("/static/") for path in loaded)


def test_health_and_readiness(city: City) -> None:
    assert city.api.get("/healthz").json() == {"status": "ok"}
    assert city.api.get("/readyz").json() == {"status": "ready", "faults": []}
    key = city.store.keys / "seal.json"
    key.chmod(0o644)
    answer = city.api.get("/readyz")
    key.chmod(0o600)
    assert (answer.status_code, answer.json()["faults"]) == (503, ["keys"])


# deliveries


def test_a_raw_body_is_stored_as_it_came(city: City) -> None:
    content = bytes(range(256)) * 20_000
    answer = city.api.post(
        f"{SEND}?period=2026-11-01",
        city.token(REGISTRAR),
        content=content,
        headers={"X-Filename": quote("../../etc/人口.csv")},
    )
    assert answer.status_code == 201
    told = answer.json()
    assert (told["digest"], told["size"]) == (hashlib.sha256(content).hexdigest(), len(content))
    assert (told["state"], told["channel"], told["sequence"]) == ("received", "api", 1)
    assert "/" not in told["filename"]
    assert city.store.bytes_of(told["digest"]).read_bytes() == content
    assert list(city.store.tmp.glob("upload-*")) == []


def test_the_file_of_a_form_is_stored_as_it_came(city: City) -> None:
    content = b"--boundary\r\n" + bytes(range(256)) * 9_000
    files = {"file": ("人口.csv", content, "text/csv")}
    answer = city.api.post(f"{SEND}?period=2026-11-02", city.token(REGISTRAR), files=files, data={"note": "x"})
    assert answer.status_code == 201
    assert city.store.bytes_of(answer.json()["digest"]).read_bytes() == content
    assert answer.json()["filename"] == "人口.csv"


@pytest.mark.parametrize(
    "more",
    [
        {"files": [("a", ("a.csv", b"1")), ("b", ("b.csv", b"2"))]},
        {"data": {"note": "x"}, "files": {"f": (None, b"no file")}},
        {"content": b"x", "headers": {"Content-Type": "multipart/form-data"}},
        {"content": b"--b\r\ntorn", "headers": {"Content-Type": "multipart/form-data; boundary=b"}},
    ],
)
def test_a_form_without_exactly_one_file_is_refused_and_leaves_nothing(city: City, more: dict[str, Any]) -> None:
    before = count(city)
    answer = city.api.post(f"{SEND}?period=2026-11-03", city.token(REGISTRAR), **more)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert count(city) == before
    assert list(city.store.tmp.glob("upload-*")) == []


def test_an_upload_beyond_the_limit_is_refused_and_leaves_nothing(tmp_path: Any) -> None:
    from tests.api.conftest import open_city

    for city in open_city(Settings(home=tmp_path / "home", max_upload_mb=1)):
        for more in (
            {"content": b"x" * (2 << 20)},
            {"files": {"f": ("f.csv", b"x" * (2 << 20))}},
            {"content": stream()},
        ):
            answer = city.api.post(f"{SEND}?period=2026-11-04", city.token(REGISTRAR), **more)
            assert (answer.status_code, answer.json()["code"]) == (413, "too_much")
        assert count(city) == 0
        assert list(city.store.tmp.glob("upload-*")) == []


async def stream() -> Any:
    for _ in range(64):
        yield b"x" * (1 << 16)


def test_the_same_bytes_again_are_the_same_delivery(city: City) -> None:
    path = f"{SEND}?period=2026-11-05"
    first, again = (city.api.post(path, city.token(REGISTRAR), content=b"same").json() for _ in range(2))
    other = city.api.post(path, city.token(REGISTRAR), content=b"other").json()
    assert first["id"] == again["id"]
    assert other["sequence"] == 2
    taken = city.api.post(f"{path}&sequence=2", city.token(REGISTRAR), content=b"third")
    assert taken.status_code == 409


def test_a_period_that_is_none_is_refused(city: City) -> None:
    answer = city.api.post(f"{SEND}?period=2026-W47", city.token(REGISTRAR), content=b"x")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")


def test_findings_and_row_numbers_are_read_by_those_who_must_act(city: City) -> None:
    sent = city.api.post(f"{SEND}?period=2026-11-06", city.token(REGISTRAR), content=b"bad").json()
    folder = city.store.checked(sent["id"])
    folder.mkdir(parents=True)
    with duckdb.connect() as engine:
        engine.execute("create table f as select 'ID_CHECK' as rule, 'id_number' as item, n as row from range(3) t(n)")
        engine.execute("insert into f values ('REQUIRED', 'name', 9)")
        engine.execute("copy f to ? (format parquet)", [str(folder / "findings.parquet")])
    path = f"/v1/deliveries/{sent['id']}"
    rows = city.api.get(f"{path}/rows?rule=ID_CHECK", city.token("police-verifier"))
    assert rows.text.splitlines() == ["rule,item,row", *(f"ID_CHECK,id_number,{n}" for n in range(3))]
    assert len(city.api.get(f"{path}/rows", city.token("police-verifier")).text.splitlines()) == 5
    assert city.api.get(path, city.token("police-verifier")).json()["findings"] == []
    listed = city.api.get(SEND, city.token("police-verifier")).json()
    assert sent["id"] in [d["id"] for d in listed]
    assert city.api.get("/v1/deliveries/nothing", city.token("police-verifier")).status_code == 404


def count(city: City) -> int:
    with city.transaction() as db:
        return int(db.query(Delivery).count())


# requests and grants


def test_a_request_is_asked_decided_and_read_under_over_the_wire(city: City) -> None:
    body = {
        "resource": "people",
        "columns": ["id_number", "name"],
        "modes": ["lookup"],
        "purpose": "公租房资格核验",
        "legal_basis": "公租房管理办法",
        "days": 30,
        "row_condition": {"eq": {"column": "household_id", "value": "h1"}},
    }
    asked = city.api.post("/v1/requests", city.token("housing-consumer"), json=body)
    assert (asked.status_code, asked.json()["state"], asked.json()["grant"]) == (201, "checking", None)
    check = f"/v1/requests/{asked.json()['id']}/check"
    checked = city.api.post(check, city.token("digital_government-steward"), json={"conforms": True}).json()
    assert checked["state"] == "asked"
    assert checked["due_at"].startswith("2026-12-04T16:00:00")
    waiting = city.api.get("/v1/requests", city.token(REGISTRAR)).json()["requests"]
    assert asked.json()["id"] in [r["id"] for r in waiting]
    assert city.api.get("/v1/requests", city.token("taxation-consumer")).json()["requests"] == []
    decision = {"approve": True, "reason": "符合职责", "masks": {"name": "plain"}, "days": 7}
    path = f"/v1/requests/{asked.json()['id']}/decision"
    decided = city.api.post(path, city.token(REGISTRAR), json=decision).json()
    assert decided["state"] == "granted"
    assert city.api.post(path, city.token(REGISTRAR), json=decision).status_code == 409
    (grant,) = [
        g
        for g in city.api.get("/v1/grants", city.token("housing-consumer")).json()["grants"]
        if g["id"] == decided["grant"]
    ]
    assert grant["columns"] == {"id_number": "partial", "name": "plain"}
    read = city.api.get("/v1/data/people/records", city.token("housing-consumer"))
    assert {r["name"] for r in read.json()["records"]} == {"甲一", "乙二"}


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"columns": ["secret_note"]}, 403),
        ({"columns": ["nothing"]}, 400),
        ({"columns": []}, 400),
        ({"resource": "nothing"}, 404),
        ({"days": 0}, 400),
        ({"modes": ["all"]}, 400),
        ({"row_condition": {"sql": "1=1"}}, 400),
        ({"row_condition": {"eq": {"column": "secret_note", "value": "x"}}}, 400),
    ],
)
def test_a_request_for_what_cannot_be_had_is_refused(city: City, change: dict[str, Any], status: int) -> None:
    body = {"resource": "people", "columns": ["name"], "purpose": "x", "legal_basis": "y", "days": 1, **change}
    answer = city.api.post("/v1/requests", city.token("housing-consumer"), json=body)
    assert answer.status_code == status


@pytest.mark.parametrize(("path", "rows"), [("/v1/requests", "requests"), ("/v1/grants", "grants")])
def test_requests_and_grants_are_walked_in_pages_that_miss_none_and_repeat_none(
    city: City, path: str, rows: str
) -> None:
    for _ in range(3):
        city.grant(columns=["name"])
    token = city.token("housing-consumer")
    whole = city.api.get(path, token).json()
    met: list[str] = []
    page = {"next": ""}
    while page["next"] is not None:
        page = city.api.get(path, token, params={"limit": 2, "cursor": page["next"]}).json()
        assert 1 <= len(page[rows]) <= 2 and page["total"] == whole["total"]
        met += [each["id"] for each in page[rows]]
    assert met == [each["id"] for each in whole[rows]] and len(met) == whole["total"] >= 3
    assert whole["next"] is None
    # a cursor of what is another department's tells nothing
    for strange in ({"cursor": met[0]}, {"cursor": "nothing"}):
        assert city.api.get(path, city.token("taxation-consumer"), params=strange).status_code == 400
    for wrong in ({"limit": 0}, {"limit": 101}, {"cursor": "x" * 101}, {"page": 2}):
        assert city.api.get(path, token, params=wrong).status_code == 400


@pytest.mark.parametrize("path", ["/v1/requests", "/v1/grants"])
def test_thirty_requests_or_grants_take_no_more_statements_than_three(city: City, path: str) -> None:
    for _ in range(15):
        city.grant(columns=["name"])
    token = city.token("housing-consumer")
    with counted(city) as few:
        assert city.api.get(path, token, params={"limit": 3}).status_code == 200
    for _ in range(15):
        city.grant(columns=["name"])
    with counted(city) as many:
        shown = city.api.get(path, token, params={"limit": 30}).json()
    assert len(shown[path.rpartition("/")[2]]) == 30
    assert len(many) == len(few) > 0


@contextmanager
def counted(city: City) -> Iterator[list[str]]:
    """The statements of the block, those that look for a newer register left out."""
    found: list[str] = []

    def note(_: Any, __: Any, statement: str, *___: Any) -> None:
        if "FROM revision" not in statement:
            found.append(statement)

    # what is held of callers is read anew after a change
    city.api.get("/v1/requests?limit=1", city.token("housing-consumer"))
    event.listen(city.house.database, "before_cursor_execute", note)
    try:
        yield found
    finally:
        event.remove(city.house.database, "before_cursor_execute", note)


def test_thirty_judged_datasets_take_no_more_statements_in_the_catalog_than_three(city: City) -> None:
    made = [f"many_{n:02d}" for n in range(30)]
    counts = []
    for slugs in (made[:3], made[3:]):
        with city.transaction() as db:
            for slug in slugs:
                serve_judged(db, city, slug)
        with counted(city) as found:
            graph = city.api.get("/v1/catalog.jsonld").json()["@graph"]
        judged = [each for each in graph[-1]["dcat:dataset"] if "dqv:hasQualityMeasurement" in each]
        assert len(judged) >= len(slugs)
        counts.append(len(found))
    with city.transaction() as db:
        for slug in made:
            resources.retire(db, resources.get(db, slug))
    assert counts[0] == counts[1] > 0


def serve_judged(db: Session, city: City, slug: str) -> None:
    """A published resource with a release in force and the delivery that the verdict on it is of."""
    resource = make_resource(db, departments.get(db, "police"), slug)
    db.add(accepted(resource, city))
    facts = {"identity": "0", "manifest_digest": "0", "tables": {}, "built_from": [], "created_at": city.clock()}
    db.add(Release(unit=resource.unit, release_id="r1", **facts))
    db.add(Publication(unit=resource.unit, release_id="r1", action="publish", at=city.clock(), by="test"))


def accepted(resource: Resource, city: City) -> Delivery:
    """A delivery that passed with all of its rows."""
    now = city.clock()
    told = {"period": "2026-11-19", "sequence": 1, "digest": "0" * 64, "filename": "f", "size": 1, "channel": "api"}
    done = {"delivered_by": "x", "state": DeliveryState.ACCEPTED, "received_at": now, "settled_at": now}
    return Delivery(resource=resource, rows=5, good=5, bad=0, **told, **done)


# acceptance


@pytest.fixture(scope="module")
def project(city: City) -> str:
    with city.transaction() as db:
        people = resources.get(db, "people")
        made = Project(code="DT-1", name="人口系统", department=people.provider, kind="软件开发", state="建成")
        system = System(code="DT-1-S1", name="人口库", project=made)
        people.system = system
        people.lead_days = None
        db.add(accepted(people, city))
    return "DT-1"


def test_reading_the_last_report_checks_nothing_and_writes_nothing(city: City, project: str) -> None:
    path, owner = f"/v1/projects/{project}/acceptance", city.token("police-registrar")
    assert city.api.get(path, owner).status_code == 404
    assert city.api.post(path, owner).status_code == 403
    officer = city.token("police-acceptance_officer")
    made = [city.api.post(path, officer, params={"as_of": day}).json() for day in ("2026-11-19", "2026-11-20")]
    counted = written(city)
    newest = {report["id"] for report in made}
    for _ in range(2):
        found = city.api.get(path, owner).json()
        assert found["id"] in newest and found == next(each for each in made if each["id"] == found["id"])
    assert written(city) == counted
    assert city.api.get(path, city.token("housing-consumer")).status_code == 403


def written(city: City) -> list[int]:
    """How many reports, grants and requests there are."""
    with city.transaction() as db:
        return [db.scalar(select(func.count()).select_from(t)) or 0 for t in (AcceptanceReport, Grant, SharingRequest)]


def test_an_acceptance_check_reads_through_the_exchange_and_leaves_nothing_open(city: City, project: str) -> None:
    answer = city.api.post(f"/v1/projects/{project}/acceptance", city.token("digital_government-acceptance_officer"))
    told = answer.json()
    assert answer.status_code == 201, city.log[-1]
    readable = next(i for i in told["items"] if i["rule"] == "readable")
    assert (told["verdict"], readable["state"]) == ("ready", "passed"), told
    first = min(key for name, key in keys_of(city).items() if name != "丙三")
    reads = city.api.get(
        "/v1/receipts",
        city.token("digital_government-auditor"),
        params={"resource": "people", "record": first},
    ).json()
    (read,) = [r for r in reads if r["receipt_id"] == readable["evidence"]["receipt"]]
    assert (read["client"], read["columns"]) == (CLIENT_ID, {"person_no": "plain"})
    with city.transaction() as db:
        probe = db.get_one(ApiClient, CLIENT_ID)
        assert all(secret.revoked_at for secret in probe.secrets)
    grants = city.api.get("/v1/grants", city.token("digital_government-steward")).json()["grants"]
    assert all(g["revoked_at"] for g in grants if g["purpose"].startswith("验收"))
    assert verify(city.store) == []


def test_the_command_line_checks_without_a_server(city: City, project: str) -> None:
    told = accept_project(city.settings, project, as_of=date(2026, 11, 20), clock=city.clock)
    assert told["verdict"] == "ready"
    assert {"state", "title", "resource", "reason", "article"} <= set(told["items"][0])
    with pytest.raises(NotFound):
        accept_project(city.settings, "nothing", clock=city.clock)


def test_a_resource_that_shares_nothing_is_not_readable(city: City, project: str) -> None:
    with city.transaction() as db:
        for item in resources.get(db, "people").items:
            item.share_type = ShareType.NOT_SHARED
    try:
        answer = city.api.post(f"/v1/projects/{project}/acceptance", city.token("police-acceptance_officer"))
        assert answer.json().get("failed_items") == ["readable:people"], answer.text
    finally:
        with city.transaction() as db:
            for item in resources.get(db, "people").items:
                item.share_type = ShareType.NOT_SHARED if item.name == "secret_note" else ShareType.CONDITIONAL


# serving


def test_demo_clients_and_people_are_refused_off_loopback(city: City, tmp_path: Any) -> None:
    assert [is_loopback(h) for h in ("127.0.0.1", "::1", "localhost", "0.0.0.0", "10.1.1.1", "exchange.city")] == [
        True, True, True, False, False, False,
    ]  # fmt: skip
    refuse_demo(city.settings)
    with city.transaction() as db:
        police = departments.get(db, "police")
        clients.register(db, "demo-1", department=police, name="x", roles=["consumer"], now=city.clock(), is_demo=True)
    with pytest.raises(Misconfigured):
        serve(city.settings, "0.0.0.0", 1, 1)
    with city.transaction() as db:
        clients.revoke(db, clients.get(db, "demo-1"), now=city.clock())
    refuse_demo(city.settings)
    now, facts = city.clock(), {"login": "demo-1", "name": "演示", "is_demo": True}
    with city.transaction() as db:
        accounts.enter(db, None, department=departments.get(db, "police"), now=now, **facts)
    with pytest.raises(Misconfigured, match="demo-1"):
        serve(city.settings, "0.0.0.0", 1, 1)
    with city.transaction() as db:
        accounts.disable(db, None, people.get(db, "demo-1"), now=now, today=now.date())
    refuse_demo(city.settings)


def test_workers_read_the_same_settings(city: City, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in environment(city.settings).items():
        monkeypatch.setenv(name, value)
    assert Settings() == city.settings
