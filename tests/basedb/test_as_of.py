"""The day of a build: the last that its inputs speak of, and never one of a month that has not begun."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from basedb import build as building
from tests.basedb.conftest import Builder, Built

MAN, WOMAN = "00000019000101001X", "000000195502030024"
RESIDENCE = f"""
    id_number | residence_address | end_date   | _as_of
    {MAN}     | 旧居              | 2026-12-31 | 2026-10-31
"""


def residents(builder: Builder, today: date | None, day: str) -> list[tuple[object, ...]]:
    """Where the man lives, when a resident's row speaks of a day."""
    plan = builder.plan(
        "natural_person", None, {}, {"residence": RESIDENCE, "resident": f"id_number | _as_of\n{WOMAN} | {day}"}
    )
    made = Built(building.build(replace(plan, today=today), builder.folder / "candidates"))
    return made.rows("person", "residence_address", where=f"id_number = '{MAN}'")


def test_one_delivery_of_a_month_to_come_does_not_end_what_runs(build_base: Builder) -> None:
    assert residents(build_base, date(2026, 11, 20), "2031-01-31") == [("旧居",)]


def test_without_a_clock_and_past_the_end_the_inputs_decide(build_base: Builder) -> None:
    # whose permit has ended lives nowhere in the city
    assert residents(build_base, None, "2031-01-31") == [(None,)]
    assert residents(build_base, date(2031, 1, 5), "2031-01-31") == [(None,)]


def test_the_clock_is_part_of_what_a_build_is_only_where_it_decides(build_base: Builder) -> None:
    plan = build_base.plan("natural_person", None, {}, {"residence": RESIDENCE})
    days = (date(2026, 11, 1), date(2026, 11, 30), date(2026, 12, 1))
    assert len({building.release_id(replace(plan, today=day)) for day in days}) == 1
    future = build_base.plan("natural_person", None, {}, {"residence": RESIDENCE.replace("2026-10-31", "2031-01-31")})
    assert len({building.release_id(replace(future, today=day)) for day in days}) == 2
