"""Series of official statistics of one area as they were known on a day, and the areas beside each other.

Only series whose source is open leave here.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from catalog import figures
from catalog.models import CodeListEntry, Release
from catalog.store import Store

# the newest vintage that was out on a day
_KNOWN = """
    select * from read_parquet($observations)
    where release_date <= $day and list_contains($sources, record_source)
        and record_key not in (select unnest($withheld::varchar[]))
    qualify row_number() over (
        partition by indicator_code, ref_area, freq_code, time_period, period_kind_code, measure_code, price_basis_code
        order by release_date desc) = 1
"""
# the cumulative levels of each indicator at the frequency and price basis that its dictionary names: a line is of one
_LEVELS = f"""
    with known as ({_KNOWN}), level as (
        select o.*, i.name, i.unit = o.unit as is_in_unit
        from known o
        join read_parquet($indicators) i
            on i.record_key = o.indicator_key and i.freq_code = o.freq_code and i.price_basis_code = o.price_basis_code
        where o.period_kind_code = 'cumulative' and o.measure_code = 'LEVEL' and o.obs_value is not null
    )
"""
_SERIES = f"""
    {_LEVELS}
    select
        indicator_code, name, unit, is_in_unit, list((time_period, obs_value) order by period_end, time_period)
    from level
    where ref_area = $area
    group by all order by indicator_code, is_in_unit desc, unit
"""
_BESIDE = f"""
    {_LEVELS}
    select indicator_code, time_period, list((ref_area, obs_value) order by obs_value desc, ref_area)
    from level
    where is_in_unit and list_contains($areas, ref_area)
    group by indicator_code, time_period, period_end
    qualify row_number() over (partition by indicator_code order by count(*) desc, period_end desc) = 1
    order by indicator_code
"""
_GROWTH = f"""
    {_LEVELS}
    select
        n.indicator_code, n.time_period, p.obs_value, round((n.obs_value / b.obs_value - 1) * 100, 2),
        coalesce(p.price_basis_code = n.price_basis_code, false)
    from level n
    join level b
        on b.indicator_code = n.indicator_code and b.ref_area = n.ref_area
        and b.unit = n.unit and b.unit_mult = n.unit_mult
        and month(b.period_end) = month(n.period_end) and year(b.period_end) = year(n.period_end) - 1
    left join known p
        on p.indicator_code = n.indicator_code and p.ref_area = n.ref_area and p.freq_code = n.freq_code
        and p.measure_code = 'YTD_YOY' and p.period_kind_code = 'cumulative' and p.period_end = n.period_end
        and p.obs_value is not null
    where n.ref_area = $area and n.is_in_unit and b.obs_value > 0
    -- the same days may be written in two ways, and growth be published nominal and real
    qualify row_number() over (
        partition by n.record_key
        order by length(b.time_period) = length(n.time_period) desc, b.time_period,
            p.price_basis_code = n.price_basis_code desc nulls last, p.price_basis_code, p.time_period) = 1
    order by n.indicator_code, n.period_end
"""
TABLE = "observation"
TOLERANCE = 0.1
# the statistics' own list: the city, its counties, and what exists for statistics only
AREAS = "统计地区"


@dataclass(frozen=True, slots=True)
class Series:
    """One indicator of one area: points are (period, value); unit of the values.

    is_in_unit: it is the dictionary's, in which growth is told and areas are compared.
    """

    code: str
    name: str
    unit: str
    is_in_unit: bool
    measure: str
    points: tuple[tuple[str, float], ...]


@dataclass(frozen=True, slots=True)
class Growth:
    """Growth on the year before in percent: as published, if it was, and that of the levels.

    is_comparable: the published one is at the levels' price basis.
    """

    period: str
    published: float | None
    computed: float
    is_comparable: bool

    @property
    def is_within(self) -> bool | None:
        """Whether both agree within TOLERANCE points; None without a published one, or of another price basis."""
        if self.published is None or not self.is_comparable:
            return None
        return round(abs(self.published - self.computed), 2) <= TOLERANCE


@dataclass(frozen=True, slots=True)
class Known:
    """What is asked: a release, the codes of its open sources, and the day on which it was known.

    withheld: record keys of observations that no door may show.
    """

    release: Release
    sources: Collection[int]
    day: date
    withheld: Collection[str] = ()


def areas(db: Session, city: str) -> dict[str, str]:
    """Code -> name of the areas of a city that statistics publish for, by code. city: its own division code."""
    own = CodeListEntry.code_list == AREAS, CodeListEntry.code.startswith(city[:4])
    listed = select(CodeListEntry.code, CodeListEntry.name).where(*own)
    return dict(db.execute(listed.order_by(CodeListEntry.code)).all())


def series(store: Store, known: Known, area: str) -> list[Series]:
    """Every indicator of an area: its level, cumulative within the year."""
    rows = _asked(_SERIES, **_given(store, known), area=area)
    return [
        Series(code, name, unit, is_in_unit, "LEVEL", tuple(points)) for code, name, unit, is_in_unit, points in rows
    ]


def beside(store: Store, known: Known, areas: Sequence[str]) -> dict[str, tuple[str, tuple[tuple[str, float], ...]]]:
    """Indicator -> (the newest period that most areas have, their values, the greatest first)."""
    rows = _asked(_BESIDE, **_given(store, known), areas=tuple(areas))
    return {code: (period, tuple(values)) for code, period, values in rows}


def growth(store: Store, known: Known, area: str) -> dict[str, list[Growth]]:
    """Indicator -> growth of its cumulative values, the oldest first."""
    found: dict[str, list[Growth]] = {}
    for code, *told in _asked(_GROWTH, **_given(store, known), area=area):
        found.setdefault(code, []).append(Growth(*told))
    return found


def _given(store: Store, known: Known) -> dict[str, Any]:
    observations, indicators = (figures.file(store, known.release, table) for table in (TABLE, "indicator"))
    lists = {"sources": tuple(known.sources), "withheld": tuple(sorted(known.withheld))}
    return {"observations": observations, "indicators": indicators, "day": known.day, **lists}


@lru_cache(maxsize=128)
def _asked(query: str, **given: Any) -> Any:
    listed = {name: list(value) if isinstance(value, tuple) else value for name, value in given.items()}
    return figures.ask(query, {name: value for name, value in listed.items() if f"${name}" in query})
