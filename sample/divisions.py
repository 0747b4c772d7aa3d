"""The two division tables that really disagree, and the outlines."""

from __future__ import annotations

import json

import polars as pl

from sample import geography
from sample.desk import Desk

LEVELS = {"county": "3", "township": "4", "village": "5"}
TEXT = {"level": pl.String, "code": pl.String, "parent_code": pl.String, "name": pl.String}


def send_civil_affairs(desk: Desk) -> None:
    """The table of the Ministry of Civil Affairs, 2025-12-31."""
    frame = _table("divisions_civil_affairs_2025.csv")
    since = _years_since()
    desk.send("civil_affairs_division", frame.select(
        division_code="code", name="name", level_code="level", parent_code="parent_code",
        valid_from=pl.col("code").replace_strict(since, default=None, return_dtype=pl.String).str.to_date(),
        valid_to=pl.lit(None, pl.Date),
    ))  # fmt: skip


def send_statistics(desk: Desk) -> None:
    """The codes of the statistics bureau, 2023-06-30, villages included; each other name is a known conflict.

    In a clean city the bureau writes the names of civil affairs.
    """
    frame = _table("divisions_statistics_2023.csv").join(
        _table("divisions_civil_affairs_2025.csv").select("code", other="name"),
        on="code",
        how="left",
        maintain_order="left",
    )
    if desk.world.is_clean:
        frame = frame.with_columns(name=pl.coalesce("other", "name"), other=pl.coalesce("other", "name"))
    plant = (
        pl.when(pl.col("other") != pl.col("name")).then(pl.lit("division_conflict"))
        .when(pl.col("code") == "140271").then(pl.lit("division_for_statistics_only"))
    )  # fmt: skip
    desk.send("statistics_division", frame.select(
        division_code="code", name="name", level_code=pl.col("level").replace_strict(LEVELS),
        parent_code=pl.col("parent_code").replace({"1402": "140200"}), _plant=plant,
    ))  # fmt: skip


def send_natural_resources(desk: Desk) -> None:
    rows = [
        {"division_code": str(f["properties"]["gb"])[3:], "name": f["properties"]["name"],  # type: ignore[index]
         "geometry": json.dumps(f["geometry"])}
        for f in geography.features()
    ]  # fmt: skip
    desk.send("natural_resources_boundary", pl.DataFrame(rows).sort("division_code"))


def _table(name: str) -> pl.DataFrame:
    return pl.read_csv(geography.DATA / name, schema_overrides=TEXT)


def _years_since() -> dict[str, str]:
    """Since when county codes are in force; the city's three new ones of 2018 by day."""
    known = {"140213": "2018-02-09", "140214": "2018-02-09", "140215": "2018-02-09"}
    table = geography.rows("division_codes_timeline.csv")
    years = {r["code"]: f"{r['start_year']}-01-01" for r in table if r["start_year"] and not r["end_year"]}
    return {code: known.get(code, years[code]) for code in geography.COUNTY_CODES if code in years}
