"""Indicators and observations: every vintage kept, joint periods whole, units told apart."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest

from basedb import manifest
from catalog import economy
from catalog.economy import Known
from catalog.models import Release
from catalog.store import Store

if TYPE_CHECKING:
    from tests.basedb.conftest import Builder, Built

HEADER = (
    "indicator_code | indicator_name | ref_area | freq_code | time_period | period_kind_code | measure_code"
    " | price_basis_code | obs_value | unit | unit_mult | obs_status_code | release_date"
)


def series(*rows: str) -> str:
    """A text table of observations."""
    return "\n".join((HEADER, *rows))


def test_every_vintage_is_kept_and_the_newest_is_marked(build_base: Builder) -> None:
    base = build_base(
        "macro_economy",
        gdp=series(
            "GDP | 地区生产总值 | 140200 | Q | 2025-Q1 | cumulative | LEVEL | C | 400.0 | 亿元 | 8 | P | 2025-04-20",
            "GDP | 地区生产总值 | 140200 | Q | 2025-Q1 | cumulative | LEVEL | C | 402.5 | 亿元 | 8 | A | 2025-10-20",
            "GDP | 地区生产总值 | 140200 | Q | 2025-Q2 | cumulative | LEVEL | C | 850.0 | 亿元 | 8 | P | 2025-07-20",
        ),
    )
    assert base.rows("observation", "time_period", "release_date", "obs_value", "is_latest") == [
        ("2025-Q1", date(2025, 4, 20), 400.0, False),
        ("2025-Q1", date(2025, 10, 20), 402.5, True),
        ("2025-Q2", date(2025, 7, 20), 850.0, True),
    ]


def test_levels_at_two_price_bases_are_two_series(build_base: Builder) -> None:
    base = build_base(
        "macro_economy",
        gdp=series(
            "GDP | 地区生产总值 | 140200 | Q | 2025-Q1 | cumulative | LEVEL | C | 400.0 | 亿元 | 8 | P | 2025-04-20",
            "GDP | 地区生产总值 | 140200 | Q | 2025-Q1 | cumulative | LEVEL | K | 371.0 | 亿元 | 8 | P | 2025-04-20",
        ),
    )
    found = base.rows("observation", "price_basis_code", "obs_value", "is_latest", "superseded_date")
    assert found == [("C", 400.0, True, None), ("K", 371.0, True, None)]


def test_a_withdrawn_value_is_the_newest_word_on_its_period(build_base: Builder) -> None:
    base = build_base(
        "macro_economy",
        energy=series(
            "COAL | 原煤产量 | 140200 | M | 2025-03 | current | LEVEL | N | 12.0 | 百万吨 | 6 | A | 2025-04-20",
            "COAL | 原煤产量 | 140200 | M | 2025-03 | current | LEVEL | N |      | 百万吨 | 6 | M | 2025-05-20",
        ),
    )
    assert base.rows("observation", "obs_value", where="is_latest") == [(None,)]


def test_january_and_february_together_stay_one_value_of_two_months(build_base: Builder) -> None:
    base = build_base(
        "macro_economy",
        monthly_indicator=series(
            "IVA | 工业增加值 | 140200 | M | 2025-01-01/P2M | current | YOY | K | 5.4 | % | 0 | A | 2025-03-20",
            "IVA | 工业增加值 | 140200 | M | 2025-01        | current | YOY | K |     | % | 0 | K | 2025-03-20",
            "IVA | 工业增加值 | 140200 | M | 2024-01-01/P2M | current | YOY | K | 4.0 | % | 0 | A | 2024-03-20",
        ),
    )
    assert base.rows("observation", "time_period", "period_start", "period_end", "obs_value") == [
        ("2024-01-01/P2M", date(2024, 1, 1), date(2024, 2, 29), 4.0),
        ("2025-01", date(2025, 1, 1), date(2025, 1, 31), None),
        ("2025-01-01/P2M", date(2025, 1, 1), date(2025, 2, 28), 5.4),
    ]


def test_a_period_covers_its_days_and_a_cumulative_one_the_year_so_far(build_base: Builder) -> None:
    base = build_base(
        "macro_economy",
        monthly_indicator=series(
            "R | 零售 | 140200 | M | 2025-06 | current    | LEVEL | C | 1 | 亿元 | 8 | A | 2025-07-20",
            "R | 零售 | 140200 | M | 2025-06 | cumulative | LEVEL | C | 6 | 亿元 | 8 | A | 2025-07-20",
            "R | 零售 | 140200 | Q | 2025-Q4 | current    | LEVEL | C | 3 | 亿元 | 8 | A | 2026-01-20",
            "R | 零售 | 140200 | A | 2025    | current    | LEVEL | C | 9 | 亿元 | 8 | A | 2026-01-20",
        ),
    )
    assert base.rows("observation", "time_period", "period_start", "period_end", order="period_end, period_start") == [
        ("2025-06", date(2025, 1, 1), date(2025, 6, 30)),
        ("2025-06", date(2025, 6, 1), date(2025, 6, 30)),
        ("2025", date(2025, 1, 1), date(2025, 12, 31)),
        ("2025-Q4", date(2025, 10, 1), date(2025, 12, 31)),
    ]


@pytest.mark.parametrize("written", ["2025-13", "2025-3", "2025-Q5", "2025年", "202503"])
def test_a_month_that_does_not_exist_or_is_written_otherwise_covers_no_days(build_base: Builder, written: str) -> None:
    base = build_base(
        "macro_economy",
        budget=series(f"B | 收入 | 140200 | M | {written} | current | LEVEL | C | 1 | 万元 | 4 | A | 2025-07-20"),
    )
    assert base.rows("observation", "time_period", "period_start", "period_end") == [(written, None, None)]


def test_level_and_growth_are_two_observations_of_one_indicator_with_the_unit_of_its_level(build_base: Builder) -> None:
    base = build_base(
        "macro_economy",
        budget=series(
            "REV | 一般公共预算收入 | 140200 | M | 2025-03 | cumulative | LEVEL | C | 51.2 | 亿元 | 8 | A | 2025-04-10",
            "REV | 一般公共预算收入 | 140200 | M | 2025-03 | cumulative | YOY   | C | 3.1  | %  | 0 | A | 2025-05-10",
        ),
    )
    assert base.rows("indicator", "indicator_code", "name", "unit", "unit_mult", "freq_code", "price_basis_code") == [
        ("REV", "一般公共预算收入", "亿元", 8, "M", "C")
    ]
    assert base.rows("observation", "measure_code", "unit", "is_latest") == [
        ("LEVEL", "亿元", True),
        ("YOY", "%", True),
    ]
    assert set(base.rows("observation", "indicator_key")) == set(base.rows("indicator", "record_key"))


def test_ten_thousand_and_a_hundred_million_are_told_apart_by_the_power_of_ten(build_base: Builder) -> None:
    base = build_base(
        "macro_economy",
        budget=series(
            "A | 甲 | 140200 | M | 2025-03 | current | LEVEL | C | 512000 | 万元 | 4 | A | 2025-04-10",
            "B | 乙 | 140200 | M | 2025-03 | current | LEVEL | C | 51.2   | 亿元 | 8 | A | 2025-04-10",
        ),
    )
    values = base.rows("observation", "obs_value", "unit_mult")
    assert {float(str(value)) * 10 ** int(str(power)) for value, power in values} == {5_120_000_000.0}


def test_of_two_departments_publishing_one_value_statistics_count(build_base: Builder) -> None:
    energy = series("COAL | 原煤 | 140200 | M | 2025-03 | current | LEVEL | N | 12.0 | 百万吨 | 6 | A | 2025-04-20")
    statistics = series(
        "COAL | 原煤产量 | 140200 | M | 2025-03 | current | LEVEL | N | 12.4 | 百万吨 | 6 | A | 2025-04-20"
    )
    base = build_base("macro_economy", energy=energy, monthly_indicator=statistics)
    assert base.rows("observation", "obs_value") == [(12.4,)]
    assert base.rows("indicator", "name") == [("原煤产量",)]


def test_the_register_may_trust_the_energy_bureau_instead(build_base: Builder) -> None:
    energy = series("COAL | 原煤 | 140200 | M | 2025-03 | current | LEVEL | N | 12.0 | 百万吨 | 6 | A | 2025-04-20")
    statistics = series(
        "COAL | 原煤产量 | 140200 | M | 2025-03 | current | LEVEL | N | 12.4 | 百万吨 | 6 | A | 2025-04-20"
    )
    ranking = {"observation.obs_value": ("energy", "monthly_indicator")}
    base = build_base("macro_economy", energy=energy, monthly_indicator=statistics, ranking=ranking)
    assert base.rows("observation", "obs_value") == [(12.0,)]


def test_who_is_trusted_less_counts_until_statistics_publish_and_never_replaces_them(build_base: Builder) -> None:
    row = "COAL | 原煤 | 140200 | M | 2025-0{} | current | LEVEL | N | {} | 百万吨 | 6 | A | {}"
    base = build_base(
        "macro_economy",
        departments={"monthly_indicator": "statistics"},
        monthly_indicator=series(row.format(3, 12.4, "2025-04-20"), row.format(4, 12.6, "2025-05-20")),
        energy=series(
            row.format(3, 11.9, "2025-04-10"), row.format(3, 12.0, "2025-04-25"), row.format(5, 13.0, "2025-06-10")
        ),
    )
    found = base.rows("observation", "time_period", "obs_value", "superseded_date", "is_latest")
    assert found == [
        ("2025-03", 11.9, date(2025, 4, 20), False),
        ("2025-03", 12.4, None, True),
        ("2025-04", 12.6, None, True),
        ("2025-05", 13.0, None, True),
    ]
    [conflict] = base.rows("observation_conflict", "observation_key", "other_value")
    assert conflict == (*base.rows("observation", "record_key", where="obs_value = 12.4")[0], "12.0")
    assert [(found[1], found[2]) for found in base.findings()] == [("energy", "statistics")]


def test_what_was_known_on_a_day_is_what_was_released_by_then_and_not_superseded(build_base: Builder) -> None:
    base = build_base(
        "macro_economy",
        gdp=series(
            "GDP | 地区生产总值 | 140200 | Q | 2025-Q1 | cumulative | LEVEL | C | 400.0 | 亿元 | 8 | P | 2025-04-20",
            "GDP | 地区生产总值 | 140200 | Q | 2025-Q1 | cumulative | LEVEL | C | 402.5 | 亿元 | 8 | A | 2025-10-20",
        ),
    )
    on = "release_date <= date '{0}' and (superseded_date > date '{0}' or superseded_date is null)"
    known = [
        base.rows("observation", "obs_value", where=on.format(d)) for d in ("2025-04-19", "2025-10-19", "2025-10-20")
    ]
    assert known == [[], [(400.0,)], [(402.5,)]]


def test_published_growth_stands_beside_that_of_the_newest_levels(build_base: Builder) -> None:
    base = build_base(
        "macro_economy",
        monthly_indicator=series(
            "A | 甲 | 140200 | M | 2024-02 | cumulative | LEVEL | C | 100 | 亿元 | 8 | A | 2024-03-20",
            "A | 甲 | 140200 | M | 2025-02 | cumulative | LEVEL | C | 105 | 亿元 | 8 | A | 2025-03-20",
            "A | 甲 | 140200 | M | 2025-02 | cumulative | YTD_YOY | C | 5.1 | % | 0 | A | 2025-03-20",
            "A | 甲 | 140200 | M | 2024-03 | cumulative | LEVEL | C | 200 | 亿元 | 8 | A | 2024-04-20",
            "A | 甲 | 140200 | M | 2025-03 | cumulative | LEVEL | C | 220 | 亿元 | 8 | A | 2025-04-20",
            "A | 甲 | 140200 | M | 2025-03 | cumulative | YTD_YOY | C | 6.0 | % | 0 | A | 2025-04-20",
            "B | 乙 | 140200 | M | 2024-03 | cumulative | LEVEL | C | 200 | 亿元 | 8 | A | 2024-04-20",
            "B | 乙 | 140200 | M | 2025-03 | cumulative | LEVEL | K | 220 | 亿元 | 8 | A | 2025-04-20",
            "C | 丙 | 140200 | M | 2024-03 | current | LEVEL | C | 10 | 亿元 | 8 | A | 2024-04-20",
            "C | 丙 | 140200 | M | 2025-03 | current | LEVEL | C | 12 | 亿元 | 8 | A | 2025-04-20",
        ),
    )
    columns = ("indicator_code", "time_period", "published", "computed", "difference", "is_within")
    assert base.rows("growth", *columns) == [
        ("A", "2025-02", 5.1, 5.0, 0.1, True),
        ("A", "2025-03", 6.0, 10.0, -4.0, False),
        ("C", "2025-03", None, 20.0, None, None),
    ]


def test_the_last_cumulative_value_and_the_period_s_own_make_the_next(build_base: Builder) -> None:
    base = build_base(
        "macro_economy",
        monthly_indicator=series(
            "A | 甲 | 140200 | M | 2025-01-01/P2M | current | LEVEL | C | 30 | 亿元 | 8 | A | 2025-03-20",
            "A | 甲 | 140200 | M | 2025-02 | cumulative | LEVEL | C | 30 | 亿元 | 8 | A | 2025-03-20",
            "A | 甲 | 140200 | M | 2025-03 | current | LEVEL | C | 12 | 亿元 | 8 | A | 2025-04-20",
            "A | 甲 | 140200 | M | 2025-03 | cumulative | LEVEL | C | 42.01 | 亿元 | 8 | A | 2025-04-20",
            "A | 甲 | 140200 | M | 2025-04 | current | LEVEL | C | 12 | 亿元 | 8 | A | 2025-05-20",
            "A | 甲 | 140200 | M | 2025-04 | cumulative | LEVEL | C | 60 | 亿元 | 8 | A | 2025-05-20",
            "A | 甲 | 140200 | M | 2025-06 | current | LEVEL | C | 12 | 亿元 | 8 | A | 2025-07-20",
            "A | 甲 | 140200 | M | 2025-06 | cumulative | LEVEL | C | 80 | 亿元 | 8 | A | 2025-07-20",
        ),
    )
    assert base.rows("accumulation", "time_period", "difference", "is_within") == [
        ("2025-02", 0.0, True), ("2025-03", 0.01, True), ("2025-04", 5.99, False), ("2025-06", None, None)
    ]  # fmt: skip


def test_another_value_than_the_trusted_department_s_is_told_whatever_unit_it_is_in(build_base: Builder) -> None:
    base = build_base(
        "macro_economy",
        departments={"monthly_indicator": "statistics", "budget": "finance"},
        monthly_indicator=series(
            "A | 甲 | 140200 | M | 2025-03 | current | LEVEL | C | 12 | 亿元 | 8 | A | 2025-04-20",
            "A | 甲 | 140200 | M | 2025-04 | current | LEVEL | C | 12 | 亿元 | 8 | A | 2025-05-20",
            "A | 甲 | 140200 | M | 2025-05 | current | LEVEL | C | 12 | 亿元 | 8 | A | 2025-06-20",
        ),
        budget=series(
            "A | 甲 | 140200 | M | 2025-03 | current | LEVEL | C | 14 | 亿元 | 8 | A | 2025-04-18",
            "A | 甲 | 140200 | M | 2025-04 | current | LEVEL | C | 120050 | 万元 | 4 | A | 2025-05-18",
            "A | 甲 | 140200 | M | 2025-05 | current | LEVEL | K | 14 | 亿元 | 8 | A | 2025-06-18",
        ),
    )
    told = [(found[0], found[1], found[2], found[3]) for found in base.findings()]
    assert told == [("OBSERVATION_CONFLICT", "budget", "statistics", "obs_value")]


LEVELS = (
    "G | 总值 | 140200 | Q | 2024-Q1 | cumulative | LEVEL | C | 100 | 亿元 | 8 | A | 2024-04-20",
    "G | 总值 | 140200 | Q | 2025-Q1 | cumulative | LEVEL | C | 107 | 亿元 | 8 | A | 2025-04-20",
)
REAL = "G | 总值 | 140200 | Q | 2025-Q1 | cumulative | YTD_YOY | K | 5.2 | % | 0 | A | 2025-04-20"
NOMINAL = "G | 总值 | 140200 | Q | 2025-Q1 | cumulative | YTD_YOY | C | 7.1 | % | 0 | A | 2025-04-20"


@pytest.mark.parametrize(
    ("published", "expected"),
    [((REAL,), (5.2, 7.0, None, None)), ((REAL, NOMINAL), (7.1, 7.0, 0.1, True)), ((), (None, 7.0, None, None))],
)
def test_growth_of_nominal_levels_is_held_against_nominal_growth_alone(
    build_base: Builder, published: tuple[str, ...], expected: tuple[object, ...]
) -> None:
    base = build_base("macro_economy", gdp=series(*LEVELS, *published))
    assert base.rows("growth", "published", "computed", "difference", "is_within") == [expected]


def test_the_same_days_written_in_two_ways_are_compared_once(build_base: Builder) -> None:
    row = "R | 零售 | 140200 | M | {} | {} | LEVEL | C | {} | 亿元 | 8 | A | {}-04-20"
    base = build_base(
        "macro_economy",
        monthly_indicator=series(
            row.format("2024-01-01/P2M", "cumulative", 100, 2024),
            row.format("2024-02", "cumulative", 100, 2024),
            row.format("2025-01-01/P2M", "cumulative", 107, 2025),
            row.format("2025-02", "cumulative", 107, 2025),
            row.format("2025-03", "current", 50, 2025),
            row.format("2025-03", "cumulative", 157, 2025),
        ),
    )
    assert base.rows("growth", "time_period", "computed") == [("2025-01-01/P2M", 7.0), ("2025-02", 7.0)]
    assert base.rows("accumulation", "time_period", "cumulative_before", "difference") == [("2025-03", 107.0, 0.0)]


def asked(base: Built) -> tuple[Store, Known]:
    """A store of this build alone, and what was known of it at the end of 2026, of every source."""
    directory = base.candidate.directory
    store = SimpleNamespace(release=lambda *_: directory, manifest=lambda *_: manifest.read(directory))
    release = SimpleNamespace(unit="macro_economy", release_id=directory.name)
    return cast("Store", store), Known(cast("Release", release), range(1, 9), date(2026, 12, 31))


def test_a_chart_is_of_one_price_basis_and_frequency(build_base: Builder) -> None:
    constant = [row.replace("| C |", "| K |").replace("| 107 |", "| 105 |") for row in LEVELS]
    monthly = "G | 总值 | 140200 | M | 2025-03 | cumulative | LEVEL | C | 107 | 亿元 | 8 | A | 2025-04-19"
    base = build_base("macro_economy", gdp=series(*LEVELS, *constant, REAL, NOMINAL, monthly))
    store, known = asked(base)
    assert [each.points for each in economy.series(store, known, "140200")] == [(("2024-Q1", 100), ("2025-Q1", 107))]
    assert economy.beside(store, known, ["140200"]) == {"G": ("2025-Q1", (("140200", 107),))}
    [grown] = economy.growth(store, known, "140200")["G"]
    assert (grown.period, grown.published, grown.computed) == ("2025-Q1", 7.1, 7.0)


def test_real_growth_is_shown_beside_nominal_levels_and_not_judged_by_them(build_base: Builder) -> None:
    store, known = asked(build_base("macro_economy", gdp=series(*LEVELS, REAL)))
    [grown] = economy.growth(store, known, "140200")["G"]
    assert (grown.published, grown.is_within) == (5.2, None)
