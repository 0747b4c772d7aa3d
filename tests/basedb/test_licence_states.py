"""The states of a licence: intervals out of its register and its steps, renewal, and the end of its term."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.basedb.test_license import ELECTRONIC

if TYPE_CHECKING:
    from tests.basedb.conftest import Builder, Built


def states(base: Built, number: str = "SP-1") -> list[tuple[object, ...]]:
    """(state, from, until, operation) of a licence, in order."""
    columns = ("state_code", "state_from", "state_until", "operation_code")
    found = base.rows("licence_state", *columns, where=f"licence_no = '{number}'", order="state_from")
    return [(state, str(start), str(end) if end else None, operation) for state, start, end, operation in found]


LIFE = """
    _key | step_no | licence_id | previous_licence_id | operation_code | state_code | operated_date
    S1   | S1      | L1         |                     | 03             | 02         | 2025-03-01
    S2   | S2      | L1         |                     | 06             | 01         | 2025-06-01
"""


def test_a_licence_has_an_interval_for_each_state_and_ends_with_its_term(build_base: Builder) -> None:
    base = build_base("license", licence=ELECTRONIC, licence_step=LIFE)
    assert states(base) == [
        ("01", "2024-01-01", "2025-02-28", "01"),
        ("02", "2025-03-01", "2025-05-31", "03"),
        ("01", "2025-06-01", "2029-01-01", "06"),
        ("05", "2029-01-02", None, "04"),
    ]
    assert base.findings() == []


def test_who_continues_a_licence_names_it_and_ends_it(build_base: Builder) -> None:
    base = build_base(
        "license",
        licence="""
            _key | licence_id | licence_no | issued_date | valid_from | valid_until | state_code
            L1   | L1         | SP-1       | 2021-01-01  | 2021-01-01 | 2026-01-01  | 05
            L2   | L2         | SP-2       | 2025-12-01  | 2025-12-01 | 2030-12-01  | 01
        """,
        licence_step="""
            step_no | licence_id | previous_licence_id | operation_code | state_code | operated_date
            S1      | L2         | L1                  | 02             | 01         | 2025-12-01
        """,
    )
    assert states(base) == [("01", "2021-01-01", "2025-11-30", "01"), ("05", "2025-12-01", None, "02")]
    assert states(base, "SP-2")[0] == ("01", "2025-12-01", "2030-12-01", "02")
    [(old,)] = base.rows("licence", "record_key", where="licence_no = 'SP-1'")
    assert base.rows("licence_state", "previous_key", where="operation_code = '02' and licence_no = 'SP-2'") == [(old,)]
    assert base.findings() == []


@pytest.mark.parametrize(
    ("operation", "state", "previous"), [("06", "01", ""), ("02", "01", ""), ("05", "01", ""), ("11", "04", "")]
)
def test_a_change_of_state_that_no_rule_allows_is_found(
    build_base: Builder, operation: str, state: str, previous: str
) -> None:
    base = build_base(
        "license",
        licence=ELECTRONIC,
        licence_step=f"""
            step_no | licence_id | previous_licence_id | operation_code | state_code | operated_date
            S1      | L1         |                     | 01             | 01         | 2024-01-01
            S2      | L1         | {previous}          | {operation}    | {state}    | 2025-03-01
        """,
    )
    assert [(found[0], found[3], found[5]) for found in base.findings()] == [
        ("TRANSITION_UNLAWFUL", "operation_code", 3)
    ]


def test_since_when_a_state_holds_that_no_step_dates_is_not_known(build_base: Builder) -> None:
    base = build_base(
        "license",
        licence="""
            _key | licence_id | licence_no | issued_date | valid_until | state_code | _as_of
            L1   | L1         | SP-1       | 2024-01-01  | 2029-01-01  | 04         | 2026-11-01
        """,
    )
    assert states(base) == [(None, "2024-01-01", "2026-10-31", "01"), ("04", "2026-11-01", None, None)]


def test_a_register_without_states_issues_and_lets_the_term_run_out(build_base: Builder) -> None:
    base = build_base(
        "license",
        road_transport="""
            _key | licence_no | credit_code        | issued_date | valid_until
            T1   | T1         | 92000000MA0K000001 | 2025-01-01  | 2025-12-31
        """,
    )
    assert states(base, "T1") == [("01", "2025-01-01", "2025-12-31", "01"), ("05", "2026-01-01", None, "04")]


def lived(base: Builder, licence: str, *steps: str) -> list[tuple[object, ...]]:
    """The states of licence SP-1, of which the register says this and has these steps."""
    head = "_key | licence_id | licence_no | issued_date | valid_from | valid_until | state_code | _as_of"
    done = "step_no | licence_id | previous_licence_id | operation_code | state_code | operated_date"
    return states(base("license", licence=f"{head}\n{licence}", licence_step="\n".join((done, *steps))))


def test_no_state_of_a_licence_outlives_its_term(build_base: Builder) -> None:
    told = "L1 | L1 | SP-1 | 2020-01-01 | 2020-01-01 | 2025-01-01 | {} | 2026-11-01"
    # given back when the term was over: not for a single day
    assert lived(build_base, told.format("05"), "S1 | L1 | | 03 | 02 | 2024-06-01", "S2 | L1 | | 06 | 01 | 2025-06-01")[
        2:
    ] == [("05", "2025-01-02", "2025-05-31", "04"), ("05", "2025-06-01", None, "06")]
    # since when it was revoked nobody says; that its term was over is known
    assert lived(build_base, told.format("07")) == [
        (None, "2020-01-01", "2025-01-01", "01"),
        ("05", "2025-01-02", "2026-10-31", "04"),
        ("07", "2026-11-01", None, None),
    ]


@pytest.mark.parametrize(
    ("told", "step", "expected"),
    [
        # a step of after the register's day says nothing against what the register said
        ("2029-01-01 | 01", "03 | 02 | 2026-11-10", [("01", "2026-11-09"), ("02", "2029-01-01"), ("05", None)]),
        # a licence taken away on that very day is not valid
        ("2029-01-01 | 01", "05 | 04 | 2026-11-01", [("01", "2026-10-31"), ("04", None)]),
        # what the register says otherwise of a day before holds from its day
        ("2029-01-01 | 04", "03 | 02 | 2026-10-20", [("01", "2026-10-19"), (None, "2026-10-31"), ("04", None)]),
        # that the term ran out is known to the day, however late the register tells it
        ("2025-01-01 | 05", "03 | 02 | 2024-06-01", [("01", "2024-05-31"), ("02", "2025-01-01"), ("05", None)]),
        ("2025-01-01 | 05", "", [("01", "2025-01-01"), ("05", None)]),
    ],
)
def test_what_a_register_says_is_held_against_what_the_steps_had_come_to_by_its_day(
    build_base: Builder, told: str, step: str, expected: list[tuple[str | None, str | None]]
) -> None:
    licence = f"L1 | L1 | SP-1 | 2020-01-01 | 2020-01-01 | {told} | 2026-11-01"
    found = lived(build_base, licence, *([f"S1 | L1 | | {step}"] if step else []))
    assert [(state, until) for state, _, until, _ in found] == expected


@pytest.mark.parametrize(
    ("told", "ends"), [("01", ("01", "2026-01-01")), ("05", ("01", "2025-11-30"))], ids=["runs on", "taken in"]
)
def test_a_licence_that_was_renewed_in_advance_holds_until_the_new_one_does(
    build_base: Builder, told: str, ends: tuple[str, str]
) -> None:
    base = build_base(
        "license",
        licence=f"""
            _key | licence_id | licence_no | issued_date | valid_from | valid_until | state_code | _as_of
            L1   | L1         | SP-1       | 2021-01-01  | 2021-01-01 | 2026-01-31  | {told}     | 2025-12-10
            L2   | L2         | SP-2       | 2025-12-01  | 2026-01-02 | 2031-01-01  | 01         | 2025-12-10
        """,
        licence_step="""
            step_no | licence_id | previous_licence_id | operation_code | state_code | operated_date
            S1      | L2         | L1                  | 02             | 01         | 2025-12-01
        """,
    )
    first, second = states(base)
    assert (first[0], first[2]) == ends and (second[0], second[2], second[3]) == ("05", None, "02")
    assert states(base, "SP-2")[0] == ("01", "2026-01-02", "2031-01-01", "02")


def test_of_two_steps_on_a_day_the_higher_number_is_the_later(build_base: Builder) -> None:
    told = "L1 | L1 | SP-1 | 2020-01-01 | 2020-01-01 | 2030-01-01 | 01 | 2026-11-01"
    steps = ("S10 | L1 | | 06 | 01 | 2024-06-01", "S9 | L1 | | 03 | 02 | 2024-06-01")
    assert [state for state, *_ in lived(build_base, told, *steps)] == ["01", "01", "05"]


def test_a_licence_that_names_itself_as_its_former_one_does_not_end_by_it(build_base: Builder) -> None:
    told = "L1 | L1 | SP-1 | 2020-01-01 | 2020-01-01 | 2030-01-01 | 01 | 2026-11-01"
    assert lived(build_base, told, "S1 | L1 | L1 | 09 | 01 | 2024-06-01") == [
        ("01", "2020-01-01", "2024-05-31", "01"),
        ("01", "2024-06-01", "2030-01-01", "09"),
        ("05", "2030-01-02", None, "04"),
    ]
