"""Receiving, repeating, claiming, settling, being late."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from catalog import claims, deliveries, lateness, resources
from catalog.calendar import WorkCalendar
from catalog.errors import Conflict, Invalid, NotAllowed
from catalog.models import Delivery, FindingRow
from catalog.register import sessions
from catalog.store import Store
from catalog.vocab import Channel, DeliveryState, Dimension, Finding, Outcome, Report, ResourceState, Side
from tests.catalog.offices import NOWHERE, ZONE
from tests.conftest import NOW, TODAY

LEASE = timedelta(minutes=30)


@pytest.fixture
def send(city: Session, store: Store, tmp_path: Path) -> Callable[..., Delivery]:
    def receive(content: str = "a", period: str | None = "2026-11-19", **more: object) -> Delivery:
        path = tmp_path / "file.csv"
        path.write_text(content)
        return deliveries.receive(
            city,
            store,
            resource=resources.get(city, "police_population"),
            source=path,
            filename=path.name,
            period=period,
            channel=Channel.API,
            delivered_by="police",
            now=NOW,
            today=TODAY,
            **more,
        )

    return receive


def test_the_same_bytes_for_the_same_period_are_a_repeat(send: Callable[..., Delivery]) -> None:
    assert send("a").id == send("a").id


def test_the_same_bytes_for_a_new_period_are_a_new_delivery_kept_once(
    send: Callable[..., Delivery], store: Store
) -> None:
    first, second = send("a", "2026-11-18"), send("a", "2026-11-19")
    assert first.id != second.id
    assert len([p for p in (store.home / "bytes").rglob("*") if p.is_file()]) == 1


def test_changed_bytes_for_the_same_period_get_the_next_sequence(send: Callable[..., Delivery]) -> None:
    assert [send("a").sequence, send("b").sequence, send("a").sequence] == [1, 2, 3]


def test_a_taken_sequence_is_a_conflict(send: Callable[..., Delivery]) -> None:
    send("a")
    with pytest.raises(Conflict, match="已存在"):
        send("b", sequence=1)


def test_a_period_of_another_cycle_is_refused(send: Callable[..., Delivery]) -> None:
    with pytest.raises(Invalid):
        send("a", "2026-11")


def test_a_resource_that_is_not_published_takes_no_delivery(send: Callable[..., Delivery], city: Session) -> None:
    resources.get(city, "police_population").state = ResourceState.RETIRED
    with pytest.raises(NotAllowed):
        send("a")


def test_of_two_runs_that_claim_one_delivery_only_one_gets_it(
    send: Callable[..., Delivery], city: Session, engine: Engine
) -> None:
    send("a")
    city.commit()
    got = []
    for owner in ("one", "two"):
        with sessions(engine).begin() as db:
            resource = resources.get(db, "police_population")
            got.append(len(claims.claim(db, resource, owner=owner, now=NOW, lease=LEASE)))
    assert got == [1, 0]


def test_a_dead_runs_claim_is_taken_over_after_its_lease(send: Callable[..., Delivery], city: Session) -> None:
    send("a")
    resource = resources.get(city, "police_population")
    claims.claim(city, resource, owner="dead", now=NOW, lease=LEASE)
    later = NOW + timedelta(hours=1)
    assert claims.waiting(city, NOW) == []
    assert claims.waiting(city, later) == ["police_population"]
    assert [d.lease_owner for d in claims.claim(city, resource, owner="next", now=later, lease=LEASE)] == ["next"]


def test_what_a_failed_run_held_is_waiting_again(send: Callable[..., Delivery], city: Session) -> None:
    send("a")
    claims.claim(city, resources.get(city, "police_population"), owner="run", now=NOW, lease=LEASE)
    claims.give_back(city, "run")
    assert claims.waiting(city, NOW) == ["police_population"]


def test_claims_come_in_the_order_of_periods_not_of_arrival(send: Callable[..., Delivery], city: Session) -> None:
    for period in ("2026-11-19", "2026-11-17", "2026-11-18"):
        send("a", period)
    claimed = claims.claim(city, resources.get(city, "police_population"), owner="x", now=NOW, lease=LEASE)
    assert [d.period for d in claimed] == ["2026-11-17", "2026-11-18", "2026-11-19"]


def finding(outcome: Outcome) -> Finding:
    return Finding("ID_CHECK", Dimension.ACCURATE, outcome, Side.COLLECTOR, "id_number", 2, "m", rows=(2, 3))


@pytest.mark.parametrize(
    ("report", "state"),
    [
        (Report(3, 3, 0), DeliveryState.ACCEPTED),
        (Report(3, 1, 2, (finding(Outcome.BLOCK_ROW),)), DeliveryState.ACCEPTED_IN_PART),
        (Report(3, 3, 0, (finding(Outcome.WARN),)), DeliveryState.ACCEPTED),
        (Report(3, 0, 3, (finding(Outcome.BLOCK_ROW),)), DeliveryState.RETURNED),
        (Report(0, 0, 0, (finding(Outcome.BLOCK_DELIVERY),)), DeliveryState.RETURNED),
    ],
)
def test_a_report_settles_its_delivery(
    send: Callable[..., Delivery], city: Session, report: Report, state: DeliveryState
) -> None:
    delivery = send("a")
    deliveries.settle(city, delivery, report, NOWHERE, now=NOW, zone=ZONE)
    assert delivery.state is state
    assert [(f.rule, f.department.slug, f.first_rows) for f in delivery.findings] == [
        ("ID_CHECK", "police", [2, 3]) for _ in report.findings
    ]


def test_a_held_delivery_is_not_folded_until_confirmed(send: Callable[..., Delivery], city: Session) -> None:
    delivery = send("a")
    deliveries.settle(city, delivery, Report(3, 3, 0), NOWHERE, now=NOW, zone=ZONE, held_reason="drops too much")
    assert delivery.state is DeliveryState.HELD
    assert deliveries.folded(city, delivery.resource) == []
    deliveries.confirm(city, delivery, NOWHERE, now=NOW, zone=ZONE)
    assert [d.id for d in deliveries.folded(city, delivery.resource)] == [delivery.id]


def test_a_resource_without_its_due_delivery_is_late_once(city: Session) -> None:
    (debt,) = lateness.late(city, TODAY, WorkCalendar())
    assert (debt.resource.slug, debt.period, debt.due) == ("police_population", "2026-11-18", date(2026, 11, 19))
    assert [lateness.record_late(city, debt, now=NOW, zone=ZONE) for _ in range(2)] == [True, False]
    assert city.scalars(select(FindingRow.rule)).all() == ["DELIVERY_LATE"]


def test_a_delivered_period_owes_nothing(send: Callable[..., Delivery], city: Session) -> None:
    send("a", "2026-11-18")
    assert lateness.late(city, TODAY, WorkCalendar()) == []
