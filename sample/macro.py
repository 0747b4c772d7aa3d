"""Macro series with growth, seasons and the identity: last cumulative + this month = this cumulative.

Several monthly indicators have no value for January: January and February are published as one
(`2026-01-01/P2M`), January alone stands as missing with status K.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import polars as pl

from sample import geography
from sample.desk import Desk
from sample.periods import ONE_DAY
from sample.spoiling import TOLD_TWICE, TOLD_TWICE_OF
from sample.streams import Floats
from sample.world import World

AREAS = {"140200": 1.0, "140271": 0.09} | {
    code: share / sum(geography.COUNTY_WEIGHTS) for code, share in geography.COUNTIES.items()
}


@dataclass(frozen=True)
class Indicator:
    """One monthly series. level: the city's month in `unit` at the start; joint: no separate January."""

    code: str
    name: str
    unit: str
    unit_mult: int
    price: str
    level: float
    growth: float
    joint: bool = False


MONTHLY = (
    Indicator("IND_VALUE_ADDED", "规模以上工业增加值", "亿元", 8, "K", 58.0, 0.055, joint=True),
    Indicator("RETAIL_SALES", "社会消费品零售总额", "亿元", 8, "C", 71.0, 0.042, joint=True),
    Indicator("FIXED_INVESTMENT", "固定资产投资", "亿元", 8, "C", 46.0, 0.061, joint=True),
    Indicator("FOREIGN_TRADE", "进出口总额", "亿元", 8, "C", 6.4, 0.03),
    Indicator("TOURISTS", "云冈石窟接待游客", "万人次", 4, "N", 34.0, 0.12),
)
BUDGET = (
    Indicator("BUDGET_REVENUE", "一般公共预算收入", "亿元", 8, "C", 16.5, 0.035),
    Indicator("TAX_REVENUE", "税收收入", "亿元", 8, "C", 11.8, 0.03),
    Indicator("BUDGET_EXPENDITURE", "一般公共预算支出", "亿元", 8, "C", 38.0, 0.02),
)
ENERGY = (
    Indicator("RAW_COAL", "原煤产量", "万吨", 4, "N", 1310.0, 0.015),
    Indicator("ELECTRICITY", "全社会用电量", "亿千瓦时", 8, "N", 19.5, 0.05),
)
GDP = (("GDP_1", "第一产业增加值", 24.0), ("GDP_2", "第二产业增加值", 190.0), ("GDP_3", "第三产业增加值", 232.0))
Row = dict[str, Any]


def send_statistics(desk: Desk) -> None:
    # the budget's revenue of the city stands in the monthly report as finance tells it
    told_twice = _monthly(desk.world, tuple(one for one in BUDGET if one.code == TOLD_TWICE), (TOLD_TWICE_OF,))
    desk.send("statistics_monthly_indicator", pl.concat([_monthly(desk.world, MONTHLY), told_twice]))
    desk.send("statistics_gdp", _gdp(desk.world))


def send_finance(desk: Desk) -> None:
    desk.send("finance_budget", _monthly(desk.world, BUDGET))


def send_energy(desk: Desk) -> None:
    desk.send("energy_output", _monthly(desk.world, ENERGY))


def _monthly(world: World, indicators: tuple[Indicator, ...], areas: Iterable[str] = AREAS) -> pl.DataFrame:
    rows = [row for one in indicators for area in areas for row in _series(world, one, area)]
    frame = pl.DataFrame(rows, infer_schema_length=None)
    plant = pl.when(pl.col("time_period").str.ends_with("/P2M")).then(pl.lit("joint_month"))
    return frame.with_columns(_plant=plant)


def _series(world: World, one: Indicator, area: str) -> Iterator[Row]:
    """Values from January of the year before last on, month by month and cumulated."""
    as_of = world.as_of
    months = (as_of.year - (as_of.year - 2)) * 12 + as_of.month - 1
    values = _walk(world, f"{one.code} {area}", one.level * AREAS[area], one.growth, months)
    for year in range(3):
        own, last_year = values[12 * year : 12 * year + 12], values[max(0, 12 * year - 12) : 12 * year]
        yield from _year(as_of, one, area, as_of.year - 2 + year, own, last_year)


def _walk(world: World, label: str, level: float, growth: float, months: int) -> Floats:
    """A growing series with a season and a little noise, two decimals."""
    time = np.arange(months)
    season = 1 + 0.06 * np.sin(time * np.pi / 6) + 0.02 * (time % 3 == 2)
    noise = world.rng(label).normal(1, 0.015, months)
    values: Floats = np.maximum(0.01, (level * (1 + growth) ** (time / 12) * season * noise).round(2))
    return values


def _year(as_of: date, one: Indicator, area: str, year: int, own: Floats, last_year: Floats) -> Iterator[Row]:
    for month in range(1, len(own) + 1):
        period = f"{year}-{month:02}"
        total = float(own[:month].sum().round(2))
        before = float(last_year[:month].sum()) if len(last_year) else None
        row = _row(as_of, one, area, period, year, month)
        if one.joint and month == 1:
            yield row | {"period_kind_code": "current", "obs_value": None, "obs_status_code": "K"}
            continue
        if one.joint and month == 2:
            yield row | {"period_kind_code": "current", "time_period": f"{year}-01-01/P2M", "obs_value": total}
        else:
            yield row | {"period_kind_code": "current", "obs_value": float(own[month - 1])}
        yield row | {"period_kind_code": "cumulative", "obs_value": total}
        if before:
            change = round((total / before - 1) * 100, 1)
            yield row | _percent("cumulative", "YTD_YOY", change)


def _percent(kind: str, measure: str, value: float) -> Row:
    return {"period_kind_code": kind, "measure_code": measure, "obs_value": value, "unit": "%", "unit_mult": 0}


def _row(as_of: date, one: Indicator, area: str, period: str, year: int, month: int) -> Row:
    end = date(year + month // 12, month % 12 + 1, 1) - ONE_DAY
    return {
        "indicator_code": one.code, "indicator_name": one.name, "ref_area": area, "freq_code": "M",
        "time_period": period,
        "period_kind_code": "current", "measure_code": "LEVEL", "price_basis_code": one.price, "obs_value": 0.0,
        "unit": one.unit, "unit_mult": one.unit_mult, "obs_status_code": "A",
        "release_date": min(end + timedelta(days=18), as_of - ONE_DAY),
    }  # fmt: skip


def _gdp(world: World) -> pl.DataFrame:
    """Cumulative quarters, preliminary at first; each year's last quarter once more as final."""
    rows = [row for area in AREAS if area != "140271" for row in _gdp_of(world, area)]
    return pl.DataFrame(rows, infer_schema_length=None)


def _gdp_of(world: World, area: str) -> Iterator[Row]:
    as_of = world.as_of
    quarters = 8 + (as_of.month - 1) // 3
    sectors = [_walk(world, f"{code} {area}", level * AREAS[area], 0.05, quarters) for code, _, level in GDP]
    names = [(code, name) for code, name, _ in GDP] + [("GDP", "地区生产总值")]
    for (code, name), values in zip(names, [*sectors, np.sum(sectors, axis=0)], strict=True):
        one = Indicator(code, name, "亿元", 8, "C", 0.0, 0.0)
        for number in range(quarters):
            year, quarter = as_of.year - 2 + number // 4, number % 4 + 1
            total = float(values[number - quarter + 1 : number + 1].sum().round(2))
            row = _row(as_of, one, area, f"{year}-Q{quarter}", year, quarter * 3) | {
                "freq_code": "Q",
                "period_kind_code": "cumulative",
            }
            yield row | {"obs_value": total, "obs_status_code": "P"}
            final = date(year + 1, 12, 20)
            if quarter == 4 and final < as_of:
                yield row | {"obs_value": round(total * 1.01, 2), "obs_status_code": "A", "release_date": final}
