"""Charts as SVG: whole whatever the names are, in the fonts of who reads them."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from api import charts, score_charts

LONG = "大同市云冈区住房和城乡建设管理局下属"


def test_departments_whose_names_are_cut_alike_have_a_bar_each(tmp_path: Path) -> None:
    shares = [(f"{LONG}{n}", 0.9 - n / 10) for n in range(3)]
    drawn = score_charts.by_department(tmp_path, shares, "合格率")
    assert [f">{share}%<" in drawn for share in ("90.0", "80.0", "70.0")] == [True] * 3
    assert len(re.findall(rf">{LONG[:14]}…<", drawn)) == 3


def test_as_many_departments_as_a_chart_shows_are_drawn_and_fit_beside_their_bars(tmp_path: Path) -> None:
    names = ("公安局", LONG, "Housing and construction bureau of the city", "《甲》“乙”\\'")
    shares = [(names[n % 4], n / 100) for n in range(score_charts.MOST_BARS)]
    drawn = score_charts.by_department(tmp_path, shares, "合格率")
    assert drawn.count("%<") >= score_charts.MOST_BARS
    assert ">Housing and construction bure…<" in drawn


def test_texts_are_set_in_the_fonts_of_the_reader(tmp_path: Path) -> None:
    points = [(series, f"2026-{month:02d}", 0.9) for series in ("全部维度", "规范性") for month in range(1, 13)]
    drawn = score_charts.by_month(tmp_path, points, "走势")
    assert set(re.findall(r'font-family="([^"]+)"', drawn)) == {charts.FONT}
    assert ">全部维度<" in drawn
    charts.warm()


def test_a_month_without_a_share_keeps_its_place_on_the_axis_and_breaks_the_line(tmp_path: Path) -> None:
    points = [("全部维度", f"2026-{month:02d}", None if month == 6 else 0.9) for month in range(1, 13)]
    drawn = score_charts.by_month(tmp_path, points, "走势")
    assert all(f">2026-{month:02d}<" in drawn for month in range(1, 13))
    (line,) = re.findall(r'mark-line[^>]*"><path d="([^"]+)"', drawn)
    assert line.count("M") == 2
    assert ">80%<" in drawn and ">0%<" not in drawn


def test_a_year_and_a_joint_period_have_their_place_on_the_axis(tmp_path: Path) -> None:
    drawn = charts.by_year(tmp_path, [("2025", 1.0), ("2026", 2.0)], "产值（亿元）", "亿元", "时期")
    assert all(f">{year}<" in drawn for year in ("2025", "2026"))
    joint = charts.by_year(tmp_path, [("2026-01-01/P2M", 1.0), ("2026-03", 2.0)], "产值（亿元）", "亿元", "月份")
    assert ">2<" in joint and ">1<" not in joint


@pytest.mark.parametrize("values", [(120.5, -45.2, -3.0), (-45.2, -120.5), (0.0, 0.0), (5.0, 2.0)])
def test_a_value_below_nothing_is_drawn_within_the_chart_beside_its_number(
    tmp_path: Path, values: tuple[float, ...]
) -> None:
    drawn = charts.by_area(tmp_path, [(f"{n}区", value) for n, value in enumerate(values)], "利润总额（亿元）")
    bars = re.findall(r'<path d="M([\d.-]+),[\d.]+h([\d.-]+)v', drawn)
    texts = re.findall(r'<text text-anchor="start" transform="translate\(([\d.-]+),[^>]*"13px"', drawn)
    assert len(bars) == len(texts) == len(values)
    for (start, width), text in zip(bars, texts, strict=True):
        assert 0 <= float(start) <= float(start) + float(width) < float(text) < charts._WIDTH - 100


def test_a_county_is_named_in_its_largest_part_however_fine_the_line_of_another_is() -> None:
    whole = [[112, 39], [113, 39], [113, 40], [112, 40], [112, 39]]
    islet = [[114, 41], [114.01, 41], [114.02, 41.01], [114.02, 41.02], [114.01, 41.03], [114, 41.03], [114, 41]]
    geometry = {"type": "MultiPolygon", "coordinates": [[whole], [islet]]}
    assert charts._middle(geometry) == pytest.approx((112.5, 39.5))
