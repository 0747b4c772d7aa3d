"""Charts and maps as SVG, drawn on the server by Altair and vl-convert; text is set in the reader's own fonts.

A drawing is made once: it is held in memory, and lies in a folder that all workers share, under a digest of what
it shows.

Every drawing is an image with a title; the page gives the same figures as a table beside it.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import secrets
from collections.abc import Callable, Hashable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from markupsafe import Markup, escape

from catalog.figures import Outline

if TYPE_CHECKING:
    import altair

FONT = "Noto Sans CJK SC, Source Han Sans SC, Microsoft YaHei, PingFang SC, WenQuanYi Micro Hei, sans-serif"
# a font that no machine has: to measure texts in one for Chinese takes ten times as long as to draw the chart; the
# estimate for an unknown one is up to half as wide again, so no chart may cut or place its texts by it
_MEASURED = "measured"
YEARS = ("#9db8cb", "#4d86ad", "#0d3a5a")
_WIDTH = 420
# raised when drawings change, so that none of before is shown
STYLE = 4
_EMPTY = "#e9edf0"
# an image is told as a whole; what its parts would say beside that is noise
_PARTS = re.compile(r' (?:role|aria-[a-z]+)="[^"]*"')


def by_year(folder: Path, points: Sequence[tuple[str, float]], title: str, unit: str, heading: str) -> Markup:
    """Cumulative values of months or quarters, a line per year, of the newest three years."""
    return kept(folder, _by_year, tuple(points), title, unit, heading)


@lru_cache(maxsize=256)
def kept(folder: Path, draw: Callable[..., Markup], *shown: Hashable) -> Markup:
    """The drawing, out of the folder when it was made before."""
    name = hashlib.sha256(repr((STYLE, draw.__name__, shown)).encode()).hexdigest()
    path = folder / f"{name}.svg"
    if path.exists():
        return Markup(path.read_text("utf-8"))
    drawn = draw(*shown)
    folder.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f"{name}.{secrets.token_hex(4)}.part")
    draft.write_text(drawn, "utf-8")
    draft.replace(path)
    return drawn


def warm() -> None:
    """Load what draws, and draw something: the first who looks at a chart would else wait a second for it."""
    import altair as alt

    svg(alt.Chart(data(alt, [{"x": 1}])).mark_point().encode(x="x:Q"), "")


def sweep(folder: Path, before: datetime) -> None:
    """Delete drawings that were made before a time; one that is still asked for is drawn again."""
    for path in folder.glob("*.svg"):
        if path.stat().st_mtime < before.timestamp():
            path.unlink(missing_ok=True)


def _by_year(points: tuple[tuple[str, float], ...], title: str, unit: str, heading: str) -> Markup:
    import altair as alt  # takes a second to import; only who draws pays for it

    years = sorted({period[:4] for period, _ in points})[-len(YEARS) :]
    rows = [{"year": p[:4], "part": _part(p), "value": v} for p, v in points if p[:4] in years]
    parts = sorted({_part(p) for p, _ in points}, key=lambda text: (len(text), text))
    chart = (
        alt.Chart(data(alt, rows))
        .mark_line(point={"size": 28}, strokeWidth=2)
        .encode(
            x=alt.X("part:O", sort=parts, title=heading, axis=alt.Axis(labelAngle=0)),
            y=alt.Y("value:Q", title=unit),
            color=alt.Color(
                "year:N",
                scale=alt.Scale(domain=years, range=list(YEARS[-len(years) :])),
                legend=alt.Legend(title=None, orient="top"),
            ),
        )
        .properties(width=_WIDTH, height=190)
    )
    return svg(chart, title)


def _part(period: str) -> str:
    """The last month or the quarter of a period: 2026-04 -> 4, 2026-01-01/P2M -> 2, 2026-Q3 -> Q3; 2026 -> 2026."""
    part = "02" if period.endswith("/P2M") else period[5:7]
    return str(int(part)) if part.isdigit() else part or period


def by_area(folder: Path, values: Sequence[tuple[str, float]], title: str) -> Markup:
    """Areas with a value each as bars, in the order given."""
    return kept(folder, _by_area, tuple(values), title)


def _by_area(values: tuple[tuple[str, float], ...], title: str) -> Markup:
    import altair as alt

    rows = [{"area": name, "value": value, "end": max(value, 0), "text": f"{value:,.2f}"} for name, value in values]
    low, high = (end(0, *(value for _, value in values)) for end in (min, max))
    scale = alt.Scale(domain=[low, high + 0.25 * (high - low or 1)])
    placed = alt.Chart(data(alt, rows)).encode(y=alt.Y("area:N", sort=[name for name, _ in values], title=None))
    bars = placed.mark_bar(color=YEARS[1], height=13).encode(x=alt.X("value:Q", title=None, scale=scale))
    # beside the bar, and not in one that goes below nothing
    numbers = placed.mark_text(align="left", dx=4, fontSize=13, color="#17232d").encode(x="end:Q", text="text:N")
    return svg((bars + numbers).properties(width=_WIDTH - 60, height=20 * len(rows)), title)


def county_map(folder: Path, outlines: Sequence[Outline], counts: Mapping[str, int | None], title: str) -> Markup:
    """The counties shaded by a count, each with its name and number."""
    drawn = tuple((o.code, o.name, json.dumps(o.geometry)) for o in outlines)
    return kept(folder, _county_map, drawn, tuple(sorted(counts.items())), title)


def _county_map(
    drawn: tuple[tuple[str, str, str], ...], counts: tuple[tuple[str, int | None], ...], title: str
) -> Markup:
    import altair as alt

    numbers = dict(counts)
    raw = [(code, name, json.loads(geometry)) for code, name, geometry in drawn]
    factor = math.cos(math.radians(sum(_middle(g)[1] for _, _, g in raw) / len(raw)))
    shapes = [(code, name, _flat(geometry, factor)) for code, name, geometry in raw]
    features = [
        {"type": "Feature", "geometry": geometry, "name": name, "rows": numbers.get(code)}
        for code, name, geometry in shapes
    ]
    labels = []
    for code, name, geometry in shapes:
        x, y = _middle(geometry)
        count = numbers.get(code)
        labels.append({"x": x, "y": y, "name": name, "count": f"{count:,}" if count is not None else "<10"})
    projection: dict[str, Any] = {"type": "identity", "reflectY": True}
    areas = (
        alt.Chart(data(alt, features))
        .mark_geoshape(stroke="#ffffff", strokeWidth=1.5)
        .encode(
            color=alt.Color(
                "rows:Q",
                scale=alt.Scale(scheme="blues", type="sqrt"),
                legend=None,
            )
        )
    )
    placed = alt.Chart(data(alt, labels)).encode(longitude="x:Q", latitude="y:Q")
    halo: dict[str, Any] = {"stroke": "#ffffff", "strokeWidth": 3, "strokeOpacity": 0.9, "strokeJoin": "round"}
    plain: dict[str, Any] = {}
    texts = [
        placed.mark_text(fontSize=12, fontWeight="bold", color="#17232d", dy=dy, **style).encode(text=f"{field}:N")
        for field, dy in (("name", -6), ("count", 8))
        for style in (halo, plain)
    ]
    chart = alt.layer(areas, *texts).project(**projection).properties(width=460, height=500)
    return svg(chart, title)


def _flat(geometry: dict[str, Any], factor: float) -> dict[str, Any]:
    """Degrees with the longitudes shortened, so that both directions have one scale."""

    def scaled(part: Any) -> Any:
        if isinstance(part[0], int | float):
            return [round(part[0] * factor, 5), round(part[1], 5)]
        return [scaled(each) for each in part]

    return {"type": geometry["type"], "coordinates": scaled(geometry["coordinates"])}


def _middle(geometry: dict[str, Any]) -> tuple[float, float]:
    """The centre of gravity of a shape's largest ring."""
    polygons = geometry["coordinates"] if geometry["type"] == "MultiPolygon" else [geometry["coordinates"]]
    area, x, y = max((_moments(polygon[0]) for polygon in polygons), key=lambda moments: abs(moments[0]))
    first = polygons[0][0][0]
    return (x / (3 * area), y / (3 * area)) if area else (first[0], first[1])


def _moments(ring: Sequence[Sequence[float]]) -> tuple[float, float, float]:
    """Twice the area of a ring, signed, and six times its first moments."""
    area = x = y = 0.0
    for (x1, y1), (x2, y2) in pairwise(ring):
        cross = x1 * y2 - x2 * y1
        area, x, y = area + cross, x + (x1 + x2) * cross, y + (y1 + y2) * cross
    return area, x, y


def data(alt: Any, rows: list[dict[str, Any]]) -> Any:
    return alt.Data(values=rows)


def svg(chart: altair.TopLevelMixin, title: str) -> Markup:
    import vl_convert

    styled = chart.configure(font=_MEASURED, background="#ffffff").configure_view(stroke=None)
    styled = styled.configure_axis(gridColor="#dfe6eb", labelFontSize=14, titleFontSize=13, labelColor="#51606c")
    styled = styled.configure_legend(labelFontSize=14, labelColor="#17232d", labelLimit=400, symbolSize=90)
    drawn = vl_convert.vegalite_to_svg(styled.to_json())
    inner = _PARTS.sub("", drawn).replace(f'font-family="{_MEASURED}"', f'font-family="{FONT}"')
    return Markup(inner.replace("<svg ", f'<svg role="img" aria-label="{escape(title)}" ', 1))
