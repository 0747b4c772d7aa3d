"""Statements run on the driver itself: they find what SQLAlchemy finds, in the same types."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import Column as SqlColumn
from sqlalchemy import Date, Engine, MetaData, Table, bindparam, select, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from catalog.models import Demand, Department, Resource
from catalog.prepared import Prepared
from catalog.register import transaction
from catalog.vocab import ResourceState
from tests.catalog.conftest import make_department, make_resource

AT = datetime(2026, 11, 20, 10, 30, 5, 123456, tzinfo=UTC)
# constants, constants in a list, given values, a given list, every type that pages show
STATEMENT = (
    select(Resource.slug, Resource.state, Resource.is_open, Resource.published_date, Demand.asked_at, Demand.due_at)
    .join(Department, Department.id == Resource.provider_id)
    .join(Demand, Demand.assigned_id == Department.id)
    .where(Resource.state.in_([ResourceState.PUBLISHED, ResourceState.PLANNED]), Demand.state == "assigned")
    .where(Resource.slug.in_(bindparam("slugs", expanding=True)), Demand.asked_at <= bindparam("now"))
    .where(bindparam("day", type_=Date) == bindparam("day", type_=Date))
    .order_by(Resource.slug)
)


def fill(db: Session) -> None:
    owner = make_department(db, "police", 1)
    for slug, state in (("a", ResourceState.PUBLISHED), ("b", ResourceState.PLANNED), ("c", ResourceState.DRAFT)):
        make_resource(db, owner, f"{slug}_resource").state = state
    texts = dict.fromkeys(("title", "description", "purpose", "legal_basis", "asked_by"), "充电桩")
    db.add(Demand(department_id=owner.id, assigned_id=owner.id, state="assigned", asked_at=AT, **texts))


def asked(*slugs: str) -> dict[str, Any]:
    return {"slugs": [f"{slug}_resource" for slug in slugs], "now": AT, "day": AT.date(), "nothing": 1}


def test_a_prepared_statement_finds_what_the_plain_one_finds_in_the_same_types(db: Session) -> None:
    fill(db)
    prepared = Prepared(STATEMENT)
    for slugs in (("a", "b", "c"), ("b", "a", "x"), ("c",), ("a",), ()):
        found = prepared.rows(db, asked(*slugs))
        plain = db.execute(STATEMENT, asked(*slugs)).all()
        assert [tuple(row) for row in found] == [tuple(row) for row in plain]
        assert [list(map(type, row)) for row in found] == [list(map(type, row)) for row in plain]
    (row,) = prepared.rows(db, asked("a"))
    assert (row.slug, row.state, row.asked_at, row.due_at) == ("a_resource", ResourceState.PUBLISHED, AT, None)


def test_a_prepared_statement_sees_what_waits_in_the_session_and_no_earlier_parameters(db: Session) -> None:
    fill(db)
    prepared = Prepared(STATEMENT)
    assert len(prepared.rows(db, asked("a", "b"))) == 2
    early = asked("a", "b") | {"now": datetime(2020, 1, 1, tzinfo=UTC)}
    assert prepared.rows(db, early) == []
    db.query(Demand).one().asked_at = datetime(2019, 1, 1, tzinfo=UTC)
    assert len(prepared.rows(db, early)) == 2


def test_an_error_of_the_driver_leaves_as_one_of_sqlalchemy_without_its_parameters(engine: Engine) -> None:
    nothing = Table("no_such_table", MetaData(), SqlColumn("secret", Date))
    prepared = Prepared(select(nothing.c.secret).where(nothing.c.secret == bindparam("at")))
    with pytest.raises(DBAPIError) as refused, transaction(engine) as db:
        prepared.rows(db, {"at": AT.date()})
    assert "2026" not in str(refused.value)
    with transaction(engine) as db:
        assert db.scalar(text("select 1")) == 1, "the connection is of use afterwards"
