"""A death certified today is in the base today, and the departments that must hear of it can pull it."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import duckdb
import pytest
from sqlalchemy import select

from api.demo import agree
from api.main import create_app
from basedb import changes
from catalog import clients, deaths, departments, identities, release_changes, releases, resources, runs, sharing
from catalog.identities import Named
from catalog.keys import Purpose
from catalog.models import Grant, Notice, RuleRow
from catalog.vocab import Base
from pipelines.basedbs import build_candidate, publish_candidate
from pipelines.checking import take
from pipelines.house import House
from pipelines.increments import want_prompt_builds
from pipelines.landing import collect
from tests.api.conftest import Client, cheap_secret
from tests.helpers import AS_OF


def publish(house: House) -> str:
    publish_candidate(house, build_candidate(house, Base.NATURAL_PERSON))
    with house.transaction() as db:
        return releases.in_force(db, Base.NATURAL_PERSON).release_id


def somebody(house: House, release_id: str) -> tuple[str, str, str]:
    """Key, identifier and name of a grown-up who lives: keys differ from home to home, and of minors a grant says less."""
    path = house.store.release(Base.NATURAL_PERSON, release_id) / "person.parquet"
    with duckdb.connect() as connection:
        query = (
            "select record_key, id_number, name from read_parquet(?) where not is_deceased and name_source is not null "
            "and birth_date < '2000-01-01' order by id_number limit 1"
        )
        return connection.execute(query, [str(path)]).fetchall()[0]


def certify(house: House, number: str, name: str) -> None:
    dates = {"death_date": "2026-11-19", "issued_date": AS_OF}
    row = {"certificate_no": "D1", "id_number": number, "name": name, "cause_class": None, **dates}
    path = house.store.landing / "health" / "health_death_certificate" / f"{AS_OF}.jsonl"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(row, ensure_ascii=False) + "\n")
    collect(house)
    assert take(house, "health_death_certificate", "run").is_new


def notices(house: House) -> list[tuple[str, str]]:
    with house.transaction() as db:
        found = db.scalars(select(Notice).where(Notice.kind == deaths.KIND)).all()
        names = {d.id: d.slug for d in departments.listed(db)}
        return sorted((names[each.department_id], each.text) for each in found)


def test_a_certified_death_is_a_change_of_the_same_day_and_named_departments_are_told(city_house: House) -> None:
    before = publish(city_house)
    key, number, name = somebody(city_house, before)
    with city_house.transaction() as db:
        wanted = runs.wanted(db).get("natural_person", 0)
        deaths.enter(db, ("housing_fund", "nobody"), on=city_house.today)
        deaths.enter(db, ("police",), on=city_house.today)
    told = notices(city_house)
    certify(city_house, number, name)
    with city_house.transaction() as db:
        assert runs.wanted(db)["natural_person"] == wanted + 1, "the base is wanted at once, not at night"
    after = publish(city_house)
    path = city_house.store.changes(Base.NATURAL_PERSON, after) / "person.parquet"
    found, _ = changes.page(path, None, 100, city_house.engine)
    assert [(each.record_key, each.op) for each in found] == [(key, "update")]
    assert {"is_deceased", "death_date"} <= set(found[0].changed)
    summary = release_changes.of(city_house.store, Base.NATURAL_PERSON, after)
    assert summary is not None and summary.since == before
    assert [(t.inserts, t.updates, t.deletes) for t in summary.tables if t.table == "person"] == [(0, 1, 0)]
    new = [each for each in notices(city_house) if each not in told]
    with city_house.transaction() as db:
        named = {d.slug for d in deaths.told(db, city_house.today)}
    assert named and {slug for slug, _ in new} == named
    assert all("死亡 1 人" in text and number not in text and name not in text for _, text in new)


@pytest.mark.parametrize("resource", ["health_death_certificate", "police_deregistration", "police_population"])
def test_every_base_that_speaks_of_persons_hears_of_a_death_the_same_day(city_house: House, resource: str) -> None:
    """The register of residents says of its dead that they died: it is a register of deaths too."""
    with city_house.transaction() as db:
        before = dict(runs.wanted(db))
        want_prompt_builds(db, resource)
        after = runs.wanted(db)
    told = {base for base in Base if after.get(base, 0) > before.get(base, 0)}
    assert told == {Base.NATURAL_PERSON, Base.LEGAL_ENTITY, Base.LICENSE, Base.CREDIT}


def test_a_named_department_pulls_the_death_under_its_grant_the_same_day(city_house: House) -> None:
    before = publish(city_house)
    key, number, name = somebody(city_house, before)
    secret = enable(city_house, "housing_fund")
    certify(city_house, number, name)
    publish(city_house)
    assert notices(city_house)
    app = create_app(city_house.settings, city_house.clock, lambda line: None)
    caller = Client(app)
    try:
        form = {"grant_type": "client_credentials", "client_id": "told", "client_secret": secret}
        token = caller.post("/oauth/token", data=form).json()["access_token"]
        answer = caller.get("/v1/data/person/changes", token, params={"since": before})
        assert answer.status_code == 200, answer.text
        (change,) = answer.json()["changes"]
    finally:
        caller.close()
        app.state.exchange.close()
    assert (change["op"], change["record_key"]) == ("update", key)
    assert (change["record"]["is_deceased"], change["record"]["death_date"]) == (True, 2026)
    assert number not in answer.text and name not in answer.text


def test_a_death_is_told_though_the_first_attempt_to_publish_it_failed(
    city_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = publish(city_house)
    key, number, name = somebody(city_house, before)
    told = notices(city_house)
    certify(city_house, number, name)
    with monkeypatch.context() as broken:
        broken.setattr(changes, "between", lambda *args: (_ for _ in ()).throw(OSError("no space left")))
        with pytest.raises(OSError):
            publish(city_house)
    after = publish(city_house)
    assert after != before
    with city_house.transaction() as db:
        named = len(deaths.told(db, city_house.today))
    assert named and len(notices(city_house)) == len(told) + named
    assert key in json.loads((city_house.store.changes(Base.NATURAL_PERSON, after) / deaths.FILE).read_text())


@pytest.mark.parametrize("stays", ["living", "dead"])
def test_who_is_dead_by_a_merge_alone_is_shown_by_no_older_release_until_the_split(
    city_house: House, stays: str
) -> None:
    first = publish(city_house)
    key, number, _ = somebody(city_house, first)
    path = city_house.store.release(Base.NATURAL_PERSON, first) / "person.parquet"
    with duckdb.connect() as connection:
        query = "select record_key, id_number from read_parquet(?) where is_deceased order by id_number limit 1"
        dead = connection.execute(query, [str(path)]).fetchall()[0]
    later, last = (
        replace(city_house, clock=lambda hours=hours: city_house.clock() + timedelta(hours=hours)) for hours in (1, 2)
    )
    words: dict[str, Any] = {"reason": "误", "evidence": "证明", "by": "test"}
    with later.transaction() as db:
        office = departments.authority(db).id
        pair = [Named(number, key), Named(dead[1], dead[0])]
        kept, other = pair if stays == "living" else reversed(pair)
        merged = identities.merge(
            db, later.keys, "person", kept, other, **words, department_id=office, now=later.clock()
        )
        number_of_merge = merged.id
    told = len(notices(city_house))
    assert publish(later) != first
    with later.transaction() as db:
        assert key in deaths.known_since(db, later.store, releases.get(db, Base.NATURAL_PERSON, first))
    assert (len(notices(city_house)) > told) == (stays == "living"), "that a double is gone is no new death"
    with last.transaction() as db:
        found = identities.get(db, number_of_merge)
        identities.split(db, last.keys, found, **words, department_id=office, now=last.clock())
    assert publish(last) == first
    with last.transaction() as db:
        assert key not in deaths.known_since(db, last.store, releases.in_force(db, Base.NATURAL_PERSON))


def enable(house: House, slug: str) -> str:
    """A client of a department that is told of deaths and has a grant that names the deceased; its secret."""
    now, zone = house.clock(), house.settings.zone
    key = house.keys.current(Purpose.MASK).id
    with house.transaction() as db:
        department = departments.get(db, slug)
        deaths.enter(db, (slug,), on=house.today)
        for living in db.scalars(select(Grant).where(Grant.department_id == department.id)):
            if living.resource.slug == "person" and living.revoked_at is None:
                sharing.revoke(db, living, reason="测试", by="test", now=now)
        asked = sharing.request(
            db, resource=resources.get(db, "person"), department=department, columns=["is_deceased", "death_date"],
            purpose="停发", legal_basis="条例", days=30, mask_key_id=key, asked_by="test", now=now, zone=zone,
            includes_deceased=True,
        )  # fmt: skip
        agree(db, asked, by="test", now=now, zone=zone, mask_key_id=key)
        client = clients.register(db, "told", department=department, name="told", roles=["consumer"], now=now)
        return cheap_secret(client, now)


def test_a_rule_that_ended_tells_nobody(city_house: House) -> None:
    with city_house.transaction() as db:
        deaths.enter(db, ("housing_fund",), on=city_house.today)
        for row in db.scalars(select(RuleRow).where(RuleRow.code.startswith("death_notice."))):
            row.valid_to = city_house.today
        db.flush()
        assert deaths.told(db, city_house.today) == []
