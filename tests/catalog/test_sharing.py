"""Sharing: asked, decided by the provider, granted for a time, ended; what a grant opens of a release."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from catalog import answers, conditions, departments, grants, resources, sharing
from catalog.errors import Conflict, Invalid, NotAllowed, NotGranted
from catalog.keys import Keys, Purpose
from catalog.models import Grant, GrantVersion, Release, Resource, SharingRequest
from catalog.register import revision_of
from catalog.store import Store
from catalog.view import ASKABLE, AllOf, AnyOf, Condition, Eq, In, IsNull, Prefix, Range, View
from catalog.vocab import Mask, Sensitivity, ShareType
from tests.catalog.conftest import NOW, TODAY, make_department

ZONE = ZoneInfo("Asia/Shanghai")
KEY = "mask-1"


@pytest.fixture
def resource(city: Session) -> Resource:
    make_department(city, "housing", 3)
    return resources.get(city, "police_population")


def ask(db: Session, resource: Resource, *columns: str, **more: Any) -> SharingRequest:
    facts: dict[str, Any] = {"purpose": "公租房资格核验", "legal_basis": "公租房管理办法", "days": 30, **more}
    return sharing.request(
        db,
        resource=resource,
        department=departments.get(db, "housing"),
        columns=columns or ("id_number", "name"),
        mask_key_id=KEY,
        asked_by="housing-app",
        now=NOW,
        zone=ZONE,
        **facts,
    )


def pass_on(db: Session, asked: SharingRequest) -> SharingRequest:
    authority = departments.authority(db).id
    answers.check(db, asked, conforms=True, department_id=authority, by="steward", now=NOW, zone=ZONE)
    return asked


def approve(db: Session, asked: SharingRequest, **more: Any) -> Grant:
    if asked.state == "checking":
        pass_on(db, asked)
    grant = sharing.decide(
        db,
        asked,
        approve=True,
        department_id=asked.resource.provider_id,
        by="police-app",
        now=NOW,
        zone=ZONE,
        mask_key_id=KEY,
        **more,
    )
    assert grant is not None
    return grant


def open_up(resource: Resource, *names: str) -> None:
    resource.share_type = ShareType.UNCONDITIONAL
    for item in resource.items:
        if item.name in names:
            item.share_type = ShareType.UNCONDITIONAL


def live(db: Session, resource: Resource, *, days: int = 0, mode: str = "lookup", **more: Any) -> GrantVersion:
    housing = departments.get(db, "housing").id
    return sharing.grant_of(db, resource, department_id=housing, mode=mode, now=NOW + timedelta(days=days), **more)


def test_a_conditional_request_waits_for_the_provider(city: Session, resource: Resource) -> None:
    asked = ask(city, resource)
    assert asked.state == "checking"
    with pytest.raises(NotGranted):
        live(city, resource)
    before = revision_of(city, "grants")
    approve(city, asked)
    assert asked.state == "granted"
    assert revision_of(city, "grants") > before
    assert live(city, resource).columns == {"id_number": "partial", "name": "partial"}


def test_an_unconditional_request_is_granted_at_once_and_masked_by_class(city: Session, resource: Resource) -> None:
    open_up(resource, "id_number", "name")
    asked = ask(city, resource)
    assert asked.state == "granted"
    assert asked.decisions[0].department_id == resource.provider_id
    assert live(city, resource).columns == {"id_number": "partial", "name": "partial"}


@pytest.mark.parametrize(
    "more",
    [
        {"columns": ("id_number", "name")},
        {"row_condition": {"prefix": {"column": "id_number", "text": "1402"}}},
        {"row_condition": {"prefix": {"column": "name", "text": "王"}}},
        {"includes_minors": True},
    ],
)
def test_what_somebody_must_weigh_is_not_granted_at_once(
    city: Session, resource: Resource, more: dict[str, Any]
) -> None:
    """A conditional item, a condition on masked values, and minors each need a decision."""
    open_up(resource, "name")
    facts = {"columns": ("name",), **more}
    asked = ask(city, resource, *facts.pop("columns"), **facts)
    assert asked.state == "checking"


def test_an_answer_to_a_conditional_request_is_due_in_ten_working_days(city: Session, resource: Resource) -> None:
    asked = pass_on(city, ask(city, resource))
    assert asked.due_at is not None
    assert asked.due_at.astimezone(ZONE).isoformat() == "2026-12-05T00:00:00+08:00"
    assert not asked.is_due_provisional


def test_items_that_are_not_shared_can_neither_be_asked_for_nor_filtered_by(city: Session, resource: Resource) -> None:
    resource.items[0].share_type = ShareType.NOT_SHARED
    with pytest.raises(NotAllowed):
        ask(city, resource, "id_number")
    with pytest.raises(Invalid):
        ask(city, resource, "name", row_condition={"eq": {"column": "id_number", "value": "x"}})
    resource.share_type = ShareType.NOT_SHARED
    with pytest.raises(NotAllowed):
        ask(city, resource, "name")


def test_an_item_closed_after_the_request_cannot_be_granted(city: Session, resource: Resource) -> None:
    asked = ask(city, resource)
    resource.items[0].share_type = ShareType.NOT_SHARED
    with pytest.raises(NotAllowed):
        approve(city, asked)


@pytest.mark.parametrize(
    "fault",
    [{"days": 0}, {"days": 4000}, {"purpose": " "}, {"legal_basis": ""}, {"modes": []}, {"modes": ["everything"]}],
)
def test_an_incomplete_request_is_refused(city: Session, resource: Resource, fault: dict[str, Any]) -> None:
    with pytest.raises(Invalid):
        ask(city, resource, **fault)


def test_only_the_provider_decides(city: Session, resource: Resource) -> None:
    asked = pass_on(city, ask(city, resource))
    for other in ("housing", "digital_government"):
        with pytest.raises(NotAllowed):
            sharing.decide(
                city,
                asked,
                approve=True,
                department_id=departments.get(city, other).id,
                by="x",
                now=NOW,
                zone=ZONE,
                mask_key_id=KEY,
            )
    assert asked.state == "asked"


def test_a_refusal_needs_a_reason_of_the_list_and_words(city: Session, resource: Resource) -> None:
    asked = pass_on(city, ask(city, resource))
    facts: dict[str, Any] = {
        "department_id": resource.provider_id,
        "by": "x",
        "now": NOW,
        "zone": ZONE,
        "mask_key_id": KEY,
    }
    for words in ({}, {"reason": "无法定依据"}, {"reason_code": "no_basis"}, {"reason": "x", "reason_code": "because"}):
        with pytest.raises(Invalid):
            sharing.decide(city, asked, approve=False, **words, **facts)
    told = {"reason": "无法定依据", "reason_code": "no_basis"}
    assert sharing.decide(city, asked, approve=False, **told, **facts) is None
    assert asked.state == "refused"


def test_a_second_decision_is_told_of_the_first(city: Session, resource: Resource) -> None:
    asked = ask(city, resource)
    approve(city, asked)
    with pytest.raises(Conflict):
        approve(city, asked)


def test_the_decision_may_open_tighten_and_shorten(city: Session, resource: Resource) -> None:
    grant = approve(city, ask(city, resource), masks={"id_number": "plain", "name": "hidden"}, days=3)
    version = grant.versions[0]
    assert version.columns == {"id_number": "plain", "name": "hidden"}
    assert version.expires_at == NOW + timedelta(days=3)


@pytest.mark.parametrize("masks", [{"name": "year"}, {"phone": "plain"}, {"name": "rot13"}])
def test_masks_that_do_not_fit_are_refused(city: Session, resource: Resource, masks: dict[str, str]) -> None:
    with pytest.raises(Invalid):
        approve(city, ask(city, resource), masks=masks)


def test_a_grant_ends_on_its_day_and_when_it_is_revoked(city: Session, resource: Resource) -> None:
    grant = approve(city, ask(city, resource))
    assert live(city, resource, days=29).grant_id == grant.id
    with pytest.raises(NotGranted):
        live(city, resource, days=30)
    with pytest.raises(NotGranted):
        live(city, resource, days=-1)
    sharing.revoke(city, grant, reason="用途已完成", by="police-app", now=NOW)
    with pytest.raises(NotGranted):
        live(city, resource)
    with pytest.raises(Conflict):
        sharing.revoke(city, grant, reason="again", by="police-app", now=NOW)


def test_a_grant_opens_its_modes_and_its_department_only(city: Session, resource: Resource) -> None:
    grant = approve(city, ask(city, resource, modes=["lookup"]))
    with pytest.raises(NotGranted):
        live(city, resource, mode="bulk")
    authority = departments.get(city, "digital_government").id
    with pytest.raises(NotGranted):
        sharing.grant_of(city, resource, department_id=authority, mode="lookup", now=NOW, grant_id=grant.id)


def test_with_several_grants_one_must_be_named(city: Session, resource: Resource) -> None:
    ids = sorted(approve(city, ask(city, resource)).id for _ in range(2))
    with pytest.raises(Invalid) as told:
        live(city, resource)
    assert told.value.facts["grants"] == ids
    assert live(city, resource, grant_id=ids[1]).grant_id == ids[1]


# what a grant opens of a release


@pytest.fixture
def keys(store: Store) -> Keys:
    return Keys(store.keys).ensure()


def view_of(
    db: Session, store: Store, keys: Keys, resource: Resource, today: date = TODAY, **more: Any
) -> tuple[View, GrantVersion]:
    columns = [
        {"name": name, "type": kind}
        for name, kind in {
            "record_key": "VARCHAR",
            "id_number": "VARCHAR",
            "name": "VARCHAR",
            "_birth_date": "DATE",
            "publish_until": "DATE",
        }.items()
    ]
    folder = store.release(resource.unit, "r1")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps({"tables": {resource.table_name: {"columns": columns}}}))
    masks = more.pop("masks", {})
    asked = ask(db, resource, *more.pop("columns", ()), **more)
    version = approve(db, asked, masks=masks).versions[0]
    version.mask_key_id = keys.current(Purpose.MASK).id
    release = Release(unit=resource.unit, release_id="r1")
    return sharing.view(db, store, keys, version, resource, release, today=today), version


def test_a_view_holds_the_granted_columns_and_hides_minors(
    city: Session, store: Store, keys: Keys, resource: Resource
) -> None:
    view, _ = view_of(city, store, keys, resource, masks={"name": "plain"})
    assert [(c.name, c.mask) for c in view.columns] == [("id_number", Mask.PARTIAL), ("name", Mask.PLAIN)]
    assert view.where == AnyOf((Range("_birth_date", high=date(2008, 11, 20)), IsNull("_birth_date")))


def test_a_grant_that_names_minors_shows_them(city: Session, store: Store, keys: Keys, resource: Resource) -> None:
    view, _ = view_of(city, store, keys, resource, includes_minors=True)
    assert view.where is None


def test_who_is_born_on_a_leap_day_is_of_age_on_the_first_of_march(
    city: Session, store: Store, keys: Keys, resource: Resource
) -> None:
    view, _ = view_of(city, store, keys, resource, today=date(2028, 2, 29))
    assert Range("_birth_date", high=date(2010, 2, 28)) in view.where.parts  # type: ignore[union-attr]


def test_rows_past_their_day_are_left_out_on_the_day_of_the_answer(
    city: Session, store: Store, keys: Keys, resource: Resource
) -> None:
    resource.items[1].name = "publish_until"
    resource.items[1].stored_type = "DATE"
    city.flush()
    view, _ = view_of(city, store, keys, resource, columns=("id_number",), includes_minors=True)
    assert view.where == AnyOf((Range("publish_until", low=TODAY), IsNull("publish_until")))


def test_a_row_condition_adds_to_what_may_be_shown(city: Session, store: Store, keys: Keys, resource: Resource) -> None:
    view, _ = view_of(city, store, keys, resource, row_condition={"prefix": {"column": "id_number", "text": "1402"}})
    assert isinstance(view.where, AllOf)
    assert view.where.parts[0] == Prefix("id_number", "1402")


def test_an_item_closed_after_the_grant_is_shown_no_more(
    city: Session, store: Store, keys: Keys, resource: Resource
) -> None:
    _, version = view_of(city, store, keys, resource)
    release = Release(unit=resource.unit, release_id="r1")
    resource.items[0].share_type = ShareType.NOT_SHARED
    view = sharing.view(city, store, keys, version, resource, release, today=TODAY)
    assert [c.name for c in view.columns] == ["name"]
    assert view.lookup == ()
    resource.share_type = ShareType.NOT_SHARED
    with pytest.raises(NotGranted):
        sharing.view(city, store, keys, version, resource, release, today=TODAY)


def test_a_retired_resource_is_shown_no_more(city: Session, store: Store, keys: Keys, resource: Resource) -> None:
    _, version = view_of(city, store, keys, resource)
    resources.retire(city, resource)
    release = Release(unit=resource.unit, release_id="r1")
    with pytest.raises(NotGranted):
        sharing.view(city, store, keys, version, resource, release, today=TODAY)


def test_records_are_suppressed_between_two_days(city: Session, store: Store, keys: Keys, resource: Resource) -> None:
    facts: dict[str, Any] = {"reason": "信用修复", "by": "steward", "now": NOW}
    grants.suppress(city, resource, "a", valid_from=TODAY, valid_to=TODAY, **facts)
    grants.suppress(city, resource, "b", valid_from=TODAY + timedelta(days=1), **facts)
    view, version = view_of(city, store, keys, resource)
    assert view.suppressed == {"a"}
    release = Release(unit=resource.unit, release_id="r1")
    tomorrow = sharing.view(city, store, keys, version, resource, release, today=TODAY + timedelta(days=1))
    assert tomorrow.suppressed == {"b"}


def test_sensitive_codes_are_hidden_unless_the_decision_opens_them(city: Session, resource: Resource) -> None:
    item = resource.items[1]
    item.sensitivity, item.code_list = Sensitivity.SENSITIVE, "残疾类别"
    assert approve(city, ask(city, resource, "name")).versions[0].columns == {"name": "hidden"}
    opened = approve(city, ask(city, resource, "name"), masks={"name": "plain"})
    assert opened.versions[0].columns == {"name": "plain"}


# conditions as JSON

TYPES = {"name": "VARCHAR", "born": "DATE", "floor": "INTEGER", "area": "DECIMAL(18,2)", "alive": "BOOLEAN"}
_leaves = st.one_of(
    st.builds(Eq, st.just("name"), st.text(max_size=5)),
    st.builds(Eq, st.just("alive"), st.booleans()),
    st.builds(Eq, st.just("born"), st.dates()),
    st.builds(In, st.just("floor"), st.lists(st.integers(-5, 5), min_size=1, max_size=3).map(tuple)),
    st.builds(Range, st.just("area"), st.integers(0, 9), st.none() | st.integers(0, 9)),
    st.builds(IsNull, st.sampled_from(sorted(TYPES)), st.booleans()),
    st.builds(Prefix, st.just("name"), st.text(min_size=1, max_size=5)),
)
_trees = st.recursive(
    _leaves, lambda inner: st.builds(AllOf, st.lists(inner, min_size=1, max_size=3).map(tuple)), max_leaves=5
)


@given(_trees | st.builds(AnyOf, st.lists(_leaves, min_size=1, max_size=3).map(tuple)))
def test_a_condition_comes_back_from_json_as_it_was(condition: Condition) -> None:
    try:
        assert conditions.parse(json.loads(json.dumps(conditions.dump(condition))), TYPES) == condition
    except Invalid as error:
        assert "嵌套" in error.message


@pytest.mark.parametrize(
    "content",
    [
        None,
        [],
        {},
        {"eq": {"column": "name", "value": "x"}, "in": {}},
        {"sql": "1=1"},
        {"eq": {"column": "name\" or 1=1 --", "value": "x"}},
        {"eq": {"column": "secret", "value": "x"}},
        {"eq": {"column": "name", "value": 1}},
        {"eq": {"column": "name", "value": None}},
        {"eq": {"column": "floor", "value": True}},
        {"eq": {"column": "floor", "value": "1"}},
        {"eq": {"column": "born", "value": "yesterday"}},
        {"eq": {"column": "name", "value": "x", "sql": "1"}},
        {"in": {"column": "name", "values": []}},
        {"in": {"column": "name", "values": ["x"] * (ASKABLE.values + 1)}},
        {"range": {"column": "floor"}},
        {"prefix": {"column": "floor", "text": "1"}},
        {"prefix": {"column": "name", "text": ""}},
        {"is_null": {"column": "name", "negated": "no"}},
        {"all": []},
        {"all": [{"eq": {"column": "name", "value": "x"}}] * ASKABLE.parts},
    ],
)  # fmt: skip
def test_anything_else_is_no_condition(content: Any) -> None:
    with pytest.raises(Invalid):
        conditions.parse(content, TYPES)


def test_nesting_is_bounded() -> None:
    content: Any = {"eq": {"column": "name", "value": "x"}}
    for _ in range(500):
        content = {"all": [content]}
    with pytest.raises(Invalid):
        conditions.parse(content, TYPES)
