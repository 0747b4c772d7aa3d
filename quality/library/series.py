"""Macro series: last cumulative + this month = this cumulative, and January and February published as one."""

from __future__ import annotations

from collections.abc import Iterator

import duckdb

from catalog.vocab import Dimension, Outcome, TableSpec
from quality.normalise import CHECKED
from quality.reference import Reference
from quality.rules import Rule, of_item
from quality.searches import Search
from quality.sql import literal

OBSERVED = (
    "indicator_code", "ref_area", "freq_code", "time_period", "period_kind_code", "measure_code", "obs_value",
    "release_date",
)  # fmt: skip
TOLERANCE = (
    "greatest(0.005 * abs(total), 0.02)"  # revisions stay within half a percent, roundings within two hundredths
)
SOURCE = "国家统计局月度数据发布惯例"

# One row per month of a series, of the newest vintage: the month's own value, that of January and February together,
# the cumulative value; and the row of this delivery that says each.
MONTHS = """
create or replace temp table series_month as
with told as (
    select *, left(time_period, 4)::integer as year, ends_with(time_period, '/P2M') as is_joint,
        case when ends_with(time_period, '/P2M') then 2 else substr(time_period, 6, 2)::integer end as month
    from ({rows}) where freq_code = 'M' and measure_code = 'LEVEL'
        and regexp_full_match(time_period, '\\d{{4}}-(\\d{{2}}|01-01/P2M)')
    qualify row_number() over (
        partition by indicator_code, ref_area, time_period, period_kind_code
        order by release_date desc nulls last, file desc, _row desc) = 1)
select indicator_code, ref_area, year, month,
    max(obs_value) filter (period_kind_code = 'cumulative') as total,
    max(_row) filter (period_kind_code = 'cumulative') as total_row,
    max(obs_value) filter (period_kind_code = 'current' and not is_joint) as own,
    max(_row) filter (period_kind_code = 'current' and not is_joint) as own_row,
    max(obs_value) filter (is_joint) as joint, max(_row) filter (is_joint) as joint_row
from told group by all
"""
# A month is off by as much as the next one is off the other way when its own cumulative value is wrong.
IDENTITY = f"""
with step as (
    select *, coalesce(joint, own) as part, coalesce(joint_row, own_row) as part_row, {TOLERANCE} as tolerance,
        case when month = 1 or joint is not null then 0 when lag(month) over w = month - 1 then lag(total) over w end
            as before
    from series_month window w as (partition by indicator_code, ref_area, year order by month)),
gap as (select *, before + part - total as off from step),
judged as (
    select *, case when lag(month) over w = month - 1 then lag(off) over w end as off_before,
        case when lead(month) over w = month + 1 then lead(off) over w end as off_after
    from gap window w as (partition by indicator_code, ref_area, year order by month))
select coalesce(
    case when abs(off_after) <= tolerance then part_row else total_row end, total_row, part_row) as _row
from judged
where abs(off) > tolerance and coalesce(abs(off_before) <= tolerance or abs(off + off_before) > tolerance, true)
    and coalesce(total_row, part_row) is not null
"""
JOINT = """
select m.own_row from series_month m
join series_month j on j.indicator_code = m.indicator_code and j.ref_area = m.ref_area and j.year = m.year
    and j.joint is not null
where m.month <= 2 and m.own is not null and m.own_row is not null
"""


def is_series(spec: TableSpec) -> bool:
    """Whether rows of the table are observations of monthly series."""
    return set(OBSERVED) <= set(spec.names)


def searches(connection: duckdb.DuckDBPyConnection, spec: TableSpec, reference: Reference) -> Iterator[Search]:
    """The rules MACRO_IDENTITY and MACRO_JOINT, for a table of observations."""
    if is_series(spec):
        connection.execute(MONTHS.format(rows=_rows(reference)))
        yield Search(_rule(spec, "MACRO_IDENTITY", "与上月累计、本月累计之间不满足“上月累计+本月=本月累计”"), IDENTITY)
        yield Search(_rule(spec, "MACRO_JOINT", "1—2 月合并发布的指标又报送了单月数值"), JOINT)


def _rows(reference: Reference) -> str:
    items = ", ".join(OBSERVED)
    here = f"select _row, {items}, {len(reference.earlier)} as file from {CHECKED}"
    earlier = (
        f"select null::bigint as _row, {items}, {n} as file from read_parquet({literal(str(path))})"
        for n, path in enumerate(reference.earlier)
    )
    return " union all ".join((here, *earlier))


def _rule(spec: TableSpec, code: str, message: str) -> Rule:
    return of_item(
        spec, spec.column("obs_value"), code, Dimension.CONSISTENT, Outcome.WARN, "", message,
        "请核对数值；合并发布的月份以时间段（如 2026-01-01/P2M）报送一个数值，单月留空并标记 K", source=SOURCE,
    )  # fmt: skip
