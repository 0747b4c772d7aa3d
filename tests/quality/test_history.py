"""A delivery as a whole against the deliveries before it."""

from __future__ import annotations

from collections.abc import Sequence
from math import inf

import pytest

from catalog.vocab import Column, DeliveryMode, Outcome, Profile, TableSpec
from quality.history import Limits, compare
from tests.quality.conftest import PERSON, Checker

SPEC = TableSpec(
    "thing", "事项", ("code",),
    (Column("code", "VARCHAR", "编号"), Column("kind", "VARCHAR", "类别", codes=("1", "2")), Column("phone", "VARCHAR", "电话")),
)  # fmt: skip
LIMITS = Limits(fewest=3, rows=(30, 80), times=(5, 50), empty=(10, 50), shares=(15, 60))
SNAPSHOT, UPSERT = DeliveryMode.SNAPSHOT, DeliveryMode.UPSERT


def of(rows: int, *, empty: int = 0, first: float = 0.5) -> Profile:
    """A delivery of so many rows, so many of them without a telephone, a share of the first kind."""
    kinds = {"1": round(rows * first), "2": rows - round(rows * first)}
    return Profile(rows, {"code": 0, "kind": 0, "phone": empty}, {"kind": {k: n for k, n in kinds.items() if n}})


USUAL = [of(1000), of(1020), of(990), of(1010)]


def found(now: Profile, mode: DeliveryMode = SNAPSHOT, before: Sequence[Profile] = USUAL) -> dict[str, Outcome]:
    return {f.rule: f.outcome for f in compare(SPEC, mode, now, before, LIMITS)}


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        (of(1005), {}),
        (of(1250), {}),
        (of(1400), {"HISTORY_ROWS": Outcome.WARN}),
        (of(650), {"HISTORY_ROWS": Outcome.WARN}),
        (of(150), {"HISTORY_ROWS": Outcome.HOLD}),
        (of(2000), {"HISTORY_ROWS": Outcome.HOLD}),
        (of(1000, empty=50), {}),
        (of(1000, empty=150), {"HISTORY_EMPTY": Outcome.WARN}),
        (of(1000, empty=900), {"HISTORY_EMPTY": Outcome.HOLD}),
        (of(1000, first=0.6), {}),
        (of(1000, first=0.7), {"HISTORY_SHARES": Outcome.WARN}),
        (of(1000, first=1), {"HISTORY_SHARES": Outcome.WARN}),
    ],
)
def test_what_is_unusual_is_warned_of_and_what_is_very_unusual_waits(
    now: Profile, expected: dict[str, Outcome]
) -> None:
    assert found(now) == expected


def test_increments_differ_by_nature() -> None:
    assert found(of(300), UPSERT) == {}
    assert found(of(150), UPSERT) == {"HISTORY_ROWS": Outcome.WARN}
    assert found(of(15), UPSERT) == {"HISTORY_ROWS": Outcome.HOLD}


def test_two_deliveries_are_no_history() -> None:
    assert found(of(1), before=USUAL[:2]) == {}


def test_shares_of_few_rows_move_by_chance() -> None:
    few = [of(40), of(40), of(40)]
    assert found(of(40, empty=40, first=1), before=few) == {}


def test_an_item_that_is_new_has_no_history() -> None:
    before = [Profile(p.rows, {"code": 0}, {}) for p in USUAL]
    assert found(of(1000, empty=1000, first=1), before=before) == {}


def test_without_a_threshold_nothing_is_unusual() -> None:
    endless = (inf, inf)
    limits = Limits(fewest=3, rows=endless, times=endless, empty=endless, shares=endless)
    assert compare(SPEC, SNAPSHOT, of(1, empty=1), USUAL, limits) == ()


def test_a_check_counts_rows_empty_values_and_codes_and_keeps_no_other_value(checked: Checker) -> None:
    result = checked("""
        id_number          | name | sex_code | birth_date | income
        140213199003070018 | 甲   | 1        | 1990-03-07 |
        140203197812310024 | 乙   | 2        |            | 1
        x                  | 丙   | 秘密     | 不详       | 2
                           | 丁   | 2        |            | 3
    """)
    profile = result.report.profile
    assert profile == Profile(
        4, {"id_number": 1, "name": 0, "sex_code": 0, "birth_date": 3, "income": 1}, {"sex_code": {"1": 1, "2": 2}}
    )
    assert "秘密" not in repr(profile)
    assert PERSON.column("sex_code").codes
