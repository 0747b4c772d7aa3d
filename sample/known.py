"""The truth about the city: its plants, people, organisations and licences, for comparison only."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl

from sample import care, changes, livelihood, police
from sample.columns import birth, day, id_number, name, only, pick, sex
from sample.desk import FACTS, Desk
from sample.entities import led_by, place
from sample.firms import INDUSTRIES
from sample.firms import KINDS as FIRM_KINDS
from sample.licences import licences
from sample.trouble import KINDS
from sample.world import World

HIDDEN = ("_person", "_other", "_firm", "_plant")


def write(desk: Desk, folder: Path) -> None:
    """plants, statements (of whom rows without an identifier speak), told (which standard address people mean),
    persons, residences (every stay that was told by its days), insurances, marital, two_numbers,
    entities, licences as Parquet; rates as JSON."""
    folder.mkdir(parents=True, exist_ok=True)
    plants = pl.concat(desk.plants).with_row_index("plant_id", offset=1).with_columns(pl.col("plant_id").cast(pl.Int64))
    plants.write_parquet(folder / "plants.parquet")
    pl.concat(desk.statements).write_parquet(folder / "statements.parquet")
    _told(desk).write_parquet(folder / "told.parquet", compression="zstd")
    (folder / "rates.json").write_text(json.dumps(_rates(plants), indent=1), encoding="utf-8")
    _persons(desk.world).write_parquet(folder / "persons.parquet", compression="zstd")
    _residences(desk.world).write_parquet(folder / "residences.parquet", compression="zstd")
    livelihood.insurances(desk.world).write_parquet(folder / "insurances.parquet", compression="zstd")
    livelihood.two_numbers(desk.world).write_parquet(folder / "two_numbers.parquet")
    care.marital(desk.world).write_parquet(folder / "marital.parquet", compression="zstd")
    _entities(desk.world).write_parquet(folder / "entities.parquet", compression="zstd")
    for slug, key in FACTS.items():
        _facts(desk, slug, key).write_parquet(folder / f"{slug}.parquet", compression="zstd")
    changes.history(desk.world).write_parquet(folder / "entity_history.parquet", compression="zstd")
    frame = licences(desk.world)
    frame.select(c for c in frame.columns if not c.startswith("_")).write_parquet(
        folder / "licences.parquet", compression="zstd"
    )


def _facts(desk: Desk, slug: str, key: tuple[str, ...]) -> pl.DataFrame:
    """The things of a resource as they are: what was last said of each, before anything was spoilt."""
    said = [frame.drop(c for c in frame.columns if c in HIDDEN) for frame in desk.facts[slug] if len(frame)]
    if slug == "approval_licence":
        said = _licences(desk, said)
    return pl.concat(said, how="diagonal_relaxed").unique(list(key), keep="last", maintain_order=True).sort(key)


def _licences(desk: Desk, said: list[pl.DataFrame]) -> list[pl.DataFrame]:
    """As they were issued, and what lapsed since; a licence that was cancelled does not come to life again."""
    changed = said[1].filter(pl.col("state_code") == "05")
    as_issued = licences(desk.world)
    return [as_issued.drop(c for c in as_issued.columns if c in HIDDEN), changed]


def _told(desk: Desk) -> pl.DataFrame:
    told = pl.concat(desk.told).unique(maintain_order=True)
    codes = desk.world.addresses.table["address_code"].gather(told["number"])
    return told.select("address", "division_code", address_code=codes)


def _rates(plants: pl.DataFrame) -> dict[str, dict[str, float | int]]:
    counts = dict(plants.group_by("kind").len().iter_rows())
    return {kind: {"rate": fact.rate, "planted": counts.get(kind, 0)} for kind, fact in KINDS.items()}


def _persons(world: World) -> pl.DataFrame:
    people = world.people
    rows = np.arange(len(people.sex))
    return pl.DataFrame({
        "person": rows, "id_number": id_number(world, rows), "name": name(world, rows), "sex_code": sex(world, rows),
        "birth_date": birth(world, rows), "death_date": day(people.death),
        "status": pick(("", "normal", "deceased", "moved_out"), people.status),
        "status_code": only(pick(("9", "1", "2", "3"), people.status), ~people.migrant),
        "registered_division_code": only(world.county_code(people.registered_at), ~people.migrant),
        "residence_division_code": world.county_code(people.lives_at), "household": people.homes.household,
        "employer": people.employer,
    })  # fmt: skip


def _residences(world: World) -> pl.DataFrame:
    """Every stay of those with residence permits; a person lives nowhere from `valid_to` on."""
    told = pl.concat(police.stays(world)).unique("permit_no", keep="last", maintain_order=True)
    return told.select(
        "id_number", address="residence_address", division_code="residence_division_code", valid_from="start_date",
        valid_to=pl.col("end_date").dt.offset_by("1d"),
    )  # fmt: skip


def _entities(world: World) -> pl.DataFrame:
    firms = world.firms
    kinds = np.repeat(np.arange(len(FIRM_KINDS)), [s.stop - s.start for s in firms.rows.values()])
    return pl.DataFrame({
        "entity": np.arange(len(firms.code)), "kind": pick(FIRM_KINDS, kinds), "credit_code": firms.code,
        "name": firms.name,
        "entity_type_code": firms.type_code,
        "status": pick(("", "active", "revoked", "cancelled", "moved"), firms.status),
        "established_date": day(firms.established), "representative": firms.representative, "partner": firms.partner,
        "status_code": pick(("", "1", "2", "3", "4"), firms.status),
        "industry_code": only(pick([i[0] for i in INDUSTRIES], firms.industry), np.isin(kinds, (0, 1))),
        "representative_name": led_by(world, firms.representative, firms.partner),
        **place(world, np.arange(len(firms.code))),
    })  # fmt: skip
