"""Scorecards as charts: shares by month, a line each; departments beside each other as bars."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from unicodedata import east_asian_width

from markupsafe import Markup

from api.charts import data, kept, svg

_COLOURS = ("#0d3a5a", "#c2571a", "#2f7d4f", "#7a4fa3", "#a3312a", "#4d86ad")
_DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3], [10, 4], [4, 4])
# the pixels beside the bars, and how many letters fit there; a Chinese one is two
_MARGIN, _LETTERS = 220, 29
MOST_BARS = 40
Point = tuple[str, str, float | None]


def by_month(folder: Path, points: Sequence[Point], title: str) -> Markup:
    """Shares between 0 and 1 as (series, month, share): a line for each series, told apart by colour and dashes.

    A month without a share keeps its place on the axis, and the line has a gap there.
    """
    return kept(folder, _by_month, tuple(points), title)


def _by_month(points: tuple[Point, ...], title: str) -> Markup:
    import altair as alt  # takes a second to import; only who draws pays for it

    names = list(dict.fromkeys(series for series, _, _ in points))
    rows = [{"series": series, "month": month, "share": share} for series, month, share in points]
    lowest = min([share for _, _, share in points if share is not None], default=0.0)
    months = sorted({month for _, month, _ in points})
    legend = alt.Legend(title=None, orient="top", columns=3)
    chart = (
        alt.Chart(data(alt, rows))
        .mark_line(point={"size": 50}, strokeWidth=2)
        .encode(
            x=alt.X("month:O", title=None, axis=alt.Axis(labelAngle=-45), scale=alt.Scale(domain=months)),
            y=alt.Y("share:Q", title=None, axis=alt.Axis(format=".0%"), scale=alt.Scale(domain=[_floor(lowest), 1.0])),
            color=alt.Color("series:N", scale=alt.Scale(domain=names, range=_first(_COLOURS, names)), legend=legend),
            strokeDash=alt.StrokeDash(
                "series:N", scale=alt.Scale(domain=names, range=_first(_DASHES, names)), legend=None
            ),
        )
        .properties(width=520, height=230)
    )
    return svg(chart, title)


def _first(choices: Sequence[Any], names: Sequence[str]) -> list[Any]:
    return [choices[n % len(choices)] for n in range(len(names))]


def _floor(lowest: float) -> float:
    """Where the axis begins: below the lowest share, in steps of a tenth."""
    return max(0.0, int(lowest * 10 - 1e-9) / 10)


def by_department(folder: Path, shares: Sequence[tuple[str, float]], title: str) -> Markup:
    """Departments with a share between 0 and 1, the best first, as bars with their number."""
    return kept(folder, _by_department, tuple(shares), title)


def _short(name: str) -> str:
    """A name as far as it fits beside its bar."""
    wide = 0
    for place, letter in enumerate(name):
        wide += 2 if east_asian_width(letter) in "WF" else 1
        if wide > _LETTERS:
            return name[:place] + "…"
    return name


def _by_department(shares: tuple[tuple[str, float], ...], title: str) -> Markup:
    import altair as alt

    rows = [{"place": n, "share": share, "text": f"{100 * share:.1f}%"} for n, (_, share) in enumerate(shares)]
    # by place: two long names may be cut to the same
    names = json.dumps([_short(name) for name, _ in shares], ensure_ascii=False)
    axis = alt.Axis(labelExpr=f"{names}[datum.value]", labelLimit=2 * _MARGIN)
    placed = alt.Chart(data(alt, rows)).encode(
        y=alt.Y("place:O", title=None, axis=axis),
        x=alt.X("share:Q", title=None, axis=alt.Axis(format=".0%"), scale=alt.Scale(domain=[0, 1.1])),
    )
    bars = placed.mark_bar(color="#4d86ad", height=14)
    numbers = placed.mark_text(align="left", dx=4, fontSize=13, color="#17232d").encode(text="text:N")
    height = 22 * max(1, len(rows))
    fixed = {"left": _MARGIN + 12, "top": 5, "right": 10, "bottom": 30}
    return svg((bars + numbers).properties(width=420, height=height, autosize="none", padding=fixed), title)
