"""The life of a request: checked, returned once, answered by all, extended, escalated, disputed, settled."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy.orm import Session

from catalog import answers, extensions, leads, request_lists, request_steps, resources, sharing
from catalog.answerers import readers
from catalog.clockwork import advance
from catalog.errors import Conflict, Invalid, NotAllowed
from catalog.lists import Asked
from catalog.models import CalendarDay, Grant
from catalog.roles import Caller, Role
from catalog.vocab import ShareType
from tests.catalog.conftest import TODAY, make_department
from tests.catalog.offices import KEY, ZONE, Offices, make_base


@pytest.fixture
def all_of(city: Session) -> Offices:
    make_department(city, "housing", 3)
    make_department(city, "taxation", 4)
    return Offices(city)


def local(moment: datetime | None) -> str:
    assert moment is not None
    return moment.astimezone(ZONE).strftime("%m-%d %H:%M")


# the check


def test_the_authority_checks_first_and_has_two_working_days(all_of: Offices) -> None:
    asked = all_of.ask()
    assert (asked.state, local(asked.due_at)) == ("checking", "11-25 00:00")  # a Friday: Monday, Tuesday
    assert [n.subject for n in all_of.told("digital_government", "request_to_check")] == [asked.id]
    with pytest.raises(Conflict):
        all_of.yes(asked)


@pytest.mark.parametrize("other", ["police", "housing", "taxation"])
def test_nobody_else_checks_or_settles(all_of: Offices, other: str) -> None:
    asked = all_of.ask()
    with pytest.raises(NotAllowed):
        all_of.check(asked, by=other)
    all_of.check(asked)
    all_of.no(asked)
    all_of.dispute(asked)
    with pytest.raises(NotAllowed):
        all_of.settle(asked, by=other)


def test_an_incomplete_request_goes_back_once_with_everything(all_of: Offices) -> None:
    asked = all_of.ask()
    with pytest.raises(Invalid):
        all_of.check(asked, False, missing=[])
    all_of.give_back(asked, "缺应用场景", "缺使用依据")
    assert (asked.state, asked.due_at) == ("returned", None)
    assert [m["text"] for m in asked.missing] == ["缺应用场景", "缺使用依据"]
    assert "缺应用场景；缺使用依据" in all_of.told("housing", "request_returned")[0].text
    all_of.resubmit(asked, purpose="公租房资格核验（按户）")
    assert (asked.state, asked.purpose) == ("checking", "公租房资格核验（按户）")
    with pytest.raises(Conflict):
        all_of.give_back(asked)
    all_of.check(asked)
    assert asked.state == "asked"


def test_a_request_is_resubmitted_by_its_own_department_and_in_order(all_of: Offices) -> None:
    asked = all_of.ask()
    with pytest.raises(Conflict):
        all_of.resubmit(asked)
    all_of.give_back(asked)
    with pytest.raises(NotAllowed):
        all_of.resubmit(asked, by="taxation")
    for wrong in ({"columns": ["nothing"]}, {"days": 0}, {"state": "granted"}, {"resource_id": "x"}):
        with pytest.raises(Invalid):
            all_of.resubmit(asked, **wrong)
    assert asked.state == "returned"


def test_a_request_that_was_narrowed_to_unconditional_items_is_granted_at_once(all_of: Offices) -> None:
    resource = all_of.resource
    resource.share_type = ShareType.UNCONDITIONAL
    resource.items[1].share_type = ShareType.UNCONDITIONAL
    asked = all_of.ask()
    all_of.give_back(asked)
    all_of.resubmit(asked, columns=["name"])
    assert asked.state == "granted"
    assert all_of.told("police", "granted_at_once")


def test_an_open_request_can_be_taken_back_and_a_closed_one_cannot(all_of: Offices) -> None:
    asked = all_of.ask()
    all_of.check(asked)
    with pytest.raises(NotAllowed):
        sharing.withdraw(all_of.db, asked, **all_of.who("taxation"))
    sharing.withdraw(all_of.db, asked, **all_of.who("housing"))
    assert asked.state == "withdrawn"
    assert all_of.told("police", "request_withdrawn")
    with pytest.raises(Conflict):
        all_of.yes(asked)
    with pytest.raises(Conflict):
        sharing.withdraw(all_of.db, asked, **all_of.who("housing"))


# clocks


@pytest.mark.parametrize(
    ("day", "due"),
    [
        (date(2026, 9, 18), "10-10 00:00"),  # 20 September is a shifted workday, 25 to 27 mid-autumn, 1 to 7 October
        (date(2026, 2, 6), "02-28 00:00"),  # 9 to 13, the worked Saturday 14, then 24 to 27 after the spring festival
    ],
)
def test_an_answer_is_due_in_ten_working_days_of_the_official_calendar(all_of: Offices, day: date, due: str) -> None:
    all_of.now = datetime(day.year, day.month, day.day, 2, tzinfo=all_of.now.tzinfo)
    asked = all_of.ask()
    all_of.check(asked)
    assert local(asked.due_at) == due


def test_a_day_that_the_authority_declares_free_moves_the_term(all_of: Offices) -> None:
    all_of.db.add(CalendarDay(day=date(2026, 11, 23), is_working=False, source="市政府通知"))
    asked = all_of.ask()
    assert local(asked.due_at) == "11-26 00:00"


def test_a_term_beyond_the_official_calendar_is_provisional(all_of: Offices) -> None:
    all_of.now = datetime(2026, 12, 28, 2, tzinfo=all_of.now.tzinfo)
    asked = all_of.ask()
    all_of.check(asked)
    assert asked.is_due_provisional
    assert all_of.told("police", "request_to_answer")[0].is_due_provisional


def test_no_answer_in_time_is_escalated_once_and_can_be_disputed(all_of: Offices) -> None:
    asked = all_of.ask()
    all_of.check(asked)
    assert asked.due_at is not None
    with pytest.raises(Conflict):
        all_of.dispute(asked)
    assert advance(all_of.db, asked.due_at - timedelta(seconds=1), ZONE)["requests"] == 0
    assert advance(all_of.db, asked.due_at, ZONE)["requests"] == 1
    assert advance(all_of.db, asked.due_at + timedelta(days=9), ZONE)["requests"] == 0
    for slug in ("police", "housing", "digital_government"):
        assert len(all_of.told(slug, "request_overdue")) == 1
    all_of.dispute(asked)
    assert asked.state == "disputed"
    with pytest.raises(Conflict):
        all_of.yes(asked)
    assert all_of.settle(asked) is not None


def test_a_late_answer_still_counts(all_of: Offices) -> None:
    asked = all_of.ask()
    all_of.check(asked)
    assert asked.due_at is not None
    all_of.now = asked.due_at + timedelta(days=1)
    advance(all_of.db, all_of.now, ZONE)
    assert all_of.yes(asked) is not None


def test_an_extension_needs_the_authority_and_adds_ten_working_days(all_of: Offices) -> None:
    asked = all_of.ask()
    all_of.check(asked)
    for stranger in ("housing", "taxation"):
        with pytest.raises(NotAllowed):
            extensions.ask(all_of.db, asked, reason="x", zone=ZONE, **all_of.who(stranger))
    extensions.ask(all_of.db, asked, reason="需向上级请示", zone=ZONE, **all_of.who("police"))
    assert local(asked.due_at) == "12-05 00:00"
    with pytest.raises(NotAllowed):
        extensions.decide(all_of.db, asked, approve=True, zone=ZONE, **all_of.who("police"))
    extensions.decide(all_of.db, asked, approve=True, zone=ZONE, **all_of.who("digital_government"))
    assert local(asked.due_at) == "12-19 00:00"
    with pytest.raises(Conflict):
        extensions.ask(all_of.db, asked, reason="再延", zone=ZONE, **all_of.who("police"))
    with pytest.raises(Conflict):
        extensions.decide(all_of.db, asked, approve=True, zone=ZONE, **all_of.who("digital_government"))


def test_an_extension_that_is_rejected_changes_no_term(all_of: Offices) -> None:
    asked = all_of.ask()
    all_of.check(asked)
    extensions.ask(all_of.db, asked, reason="忙", zone=ZONE, **all_of.who("police"))
    extensions.decide(all_of.db, asked, approve=False, zone=ZONE, **all_of.who("digital_government"))
    assert local(asked.due_at) == "12-05 00:00"


def test_after_its_term_nobody_gets_more_time_and_the_authority_gives_itself_none(all_of: Offices) -> None:
    asked = all_of.ask()
    all_of.check(asked)
    assert asked.due_at is not None
    all_of.now = asked.due_at
    with pytest.raises(Conflict):
        extensions.ask(all_of.db, asked, reason="忙", zone=ZONE, **all_of.who("police"))
    all_of.resource.provider = all_of.of("digital_government")
    own = all_of.ask()
    all_of.check(own)
    with pytest.raises(NotAllowed):
        extensions.ask(all_of.db, own, reason="忙", zone=ZONE, **all_of.who("digital_government"))


# disputes


def test_an_overdue_answer_can_be_disputed_though_no_clock_has_run_since(all_of: Offices) -> None:
    asked = all_of.ask()
    all_of.check(asked)
    assert asked.due_at is not None
    consumer = Caller("x", all_of.of("housing").id, "housing", frozenset({Role.CONSUMER}))
    for moment, is_open in ((asked.due_at - timedelta(seconds=1), False), (asked.due_at, True)):
        all_of.now = moment
        assert (request_steps.DISPUTE in request_steps.open_to(consumer, asked, moment)) is is_open
        found, _ = request_lists.request_list(consumer, None, moment).cut(all_of.db, Asked(chosen={"turn": "me"}))
        assert (asked in found) is is_open
        if not is_open:
            with pytest.raises(Conflict):
                all_of.dispute(asked)
    all_of.dispute(asked)
    assert (asked.state, asked.escalated_at) == ("disputed", None)
    assert advance(all_of.db, all_of.now, ZONE)["requests"] == 0


def test_a_dispute_ends_with_the_authority_and_comes_once(all_of: Offices) -> None:
    asked = all_of.ask()
    all_of.check(asked)
    all_of.no(asked)
    with pytest.raises(NotAllowed):
        all_of.dispute(asked, by="taxation")
    all_of.dispute(asked)
    with pytest.raises(Invalid):
        all_of.settle(asked, False, reason_code="because")
    assert all_of.settle(asked, False) is None
    assert asked.state == "refused"
    with pytest.raises(Conflict):
        all_of.dispute(asked)
    assert [d.step for d in asked.decisions] == ["check", "answer", "dispute", "dispute"]
    assert all_of.told("police", "dispute_settled") and all_of.told("housing", "dispute_settled")


def test_the_authority_may_grant_what_was_refused_yet_never_what_is_not_shared(all_of: Offices) -> None:
    asked = all_of.ask()
    all_of.check(asked)
    all_of.no(asked)
    all_of.dispute(asked)
    all_of.resource.items[0].share_type = ShareType.NOT_SHARED
    with pytest.raises(NotAllowed):
        all_of.settle(asked)
    all_of.resource.items[0].share_type = ShareType.CONDITIONAL
    granted = all_of.settle(asked, masks={"name": "hidden"}, days=5)
    assert granted is not None
    assert granted.versions[0].columns == {"id_number": "partial", "name": "hidden"}
    assert granted.versions[0].expires_at == all_of.now + timedelta(days=5)


# columns of a base


def test_a_base_column_asks_its_sources_and_needs_every_yes(all_of: Offices) -> None:
    make_base(all_of.db, {"birth": ShareType.CONDITIONAL})
    asked = all_of.ask("person", ("name", "sex_code"))
    assert asked.state == "checking"
    all_of.check(asked)
    parts = {a.department.slug: (a.part, a.columns) for a in asked.answers}
    assert parts == {
        "digital_government": ("provider", ["name", "sex_code"]),
        "police": ("source", ["name"]),
        "health": ("source", ["name"]),
    }
    assert all_of.yes(asked, "digital_government", masks={"name": "plain"}, days=20) is None
    assert all_of.yes(asked, "health", masks={"name": "partial"}) is None
    with pytest.raises(Conflict):
        all_of.yes(asked, "health")
    with pytest.raises(Invalid):
        all_of.yes(asked, "police", masks={"sex_code": "plain"})
    assert asked.state == "asked"
    granted = all_of.yes(asked, "police", days=25)
    assert granted is not None
    assert granted.versions[0].columns == {"name": "partial", "sex_code": "plain"}
    assert granted.versions[0].expires_at == all_of.now + timedelta(days=20)


def test_one_no_of_several_is_a_refusal(all_of: Offices) -> None:
    make_base(all_of.db, {"birth": ShareType.CONDITIONAL})
    asked = all_of.ask("person", ("name",))
    all_of.check(asked)
    all_of.yes(asked, "digital_government")
    all_of.no(asked, "health")
    assert asked.state == "refused"
    with pytest.raises(Conflict):
        all_of.yes(asked, "police")
    assert all_of.db.query(Grant).count() == 0


def test_the_lead_department_answers_for_all_sources(all_of: Offices) -> None:
    make_base(all_of.db, {"birth": ShareType.CONDITIONAL})
    leads.appoint(all_of.db, "natural_person", all_of.of("police"), basis="市政府办公室文件", by="steward", on=TODAY)
    asked = all_of.ask("person", ("name",))
    all_of.check(asked)
    assert {a.department.slug: a.part for a in asked.answers} == {"digital_government": "provider", "police": "lead"}
    all_of.yes(asked, "police")
    assert all_of.yes(asked, "digital_government") is not None


def test_a_source_need_not_agree_with_itself(all_of: Offices) -> None:
    make_base(all_of.db, {"birth": ShareType.CONDITIONAL})
    asked = all_of.ask("person", ("name",), asker="police")
    all_of.check(asked)
    assert {a.department.slug for a in asked.answers} == {"digital_government", "health"}


def test_a_base_column_is_as_strict_as_its_strictest_source(all_of: Offices) -> None:
    make_base(all_of.db)
    assert all_of.ask("person", ("name", "sex_code")).state == "granted"
    (told,) = all_of.told("health")
    assert told.kind == "granted_at_once"
    assert told.department_id in readers(all_of.db, sharing.get_request(all_of.db, told.subject), TODAY)
    birth = resources.get(all_of.db, "birth")
    birth.items[0].share_type = ShareType.CONDITIONAL
    assert all_of.ask("person", ("sex_code",)).state == "granted"
    assert all_of.ask("person", ("name",)).state == "checking"
    assert all_of.ask("person", ("is_counted",)).state == "granted"
    birth.items[0].share_type = ShareType.NOT_SHARED
    with pytest.raises(NotAllowed):
        all_of.ask("person", ("name",))
    with pytest.raises(Invalid):
        all_of.ask("person", ("sex_code",), row_condition={"eq": {"column": "name", "value": "x"}})


def test_a_derived_column_is_as_strict_as_its_table(all_of: Offices) -> None:
    make_base(all_of.db, {"birth": ShareType.CONDITIONAL})
    resources.get(all_of.db, "birth").share_type = ShareType.CONDITIONAL
    assert all_of.ask("person", ("is_counted",)).state == "checking"


# two at once


def test_of_two_answers_at_once_the_second_is_told(all_of: Offices, engine: Any) -> None:
    asked = all_of.ask()
    all_of.check(asked)
    all_of.db.commit()
    with Session(engine) as one, Session(engine) as two:
        first, second = Offices(one), Offices(two)
        mine, theirs = sharing.get_request(one, asked.id), sharing.get_request(two, asked.id)
        theirs.answers  # noqa: B018
        assert first.yes(mine) is not None
        one.commit()
        with pytest.raises(Conflict):
            second.no(theirs)
    all_of.db.expire_all()
    assert sharing.get_request(all_of.db, asked.id).state == "granted"
    assert all_of.db.query(Grant).one().versions[0].mask_key_id == KEY


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Pacific/Kiritimati"])
def test_a_notice_names_the_last_day_of_a_term_as_the_city_counts_it(all_of: Offices, zone: str) -> None:
    city, asked = ZoneInfo(zone), all_of.ask()
    answers.check(all_of.db, asked, conforms=True, zone=city, **all_of.who("digital_government"))
    midnight = asked.due_at.astimezone(city)
    assert (midnight.hour, midnight.minute) == (0, 0)
    assert all_of.told("police", "request_to_answer")[0].due == midnight.date() - timedelta(days=1)
