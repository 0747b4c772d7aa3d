"""The truth about the city: its plants, people, organisations and licences, for comparison only."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import polars as pl

from sample import changes
from sample.columns import birth, day, id_number, name, only, pick, sex
from sample.desk import Desk
from sample.firms import KINDS as FIRM_KINDS
from sample.licences import licences
from sample.trouble import KINDS
from sample.world import World


def write(desk: Desk, folder: Path) -> None:
    """plants, statements (of whom rows without an identifier speak), persons, entities, licences as Parquet; rates as JSON."""
    folder.mkdir(parents=True, exist_ok=True)
    plants = pl.concat(desk.plants).with_row_index("plant_id", offset=1).with_columns(pl.col("plant_id").cast(pl.Int64))
    plants.write_parquet(folder / "plants.parquet")
    pl.concat(desk.statements).write_parquet(folder / "statements.parquet")
    (folder / "rates.json").write_text(json.dumps(_rates(plants), indent=1), encoding="utf-8")
    _persons(desk.world).write_parquet(folder / "persons.parquet", compression="zstd")
    _entities(desk.world).write_parquet(folder / "entities.parquet", compression="zstd")
    changes.history(desk.world).write_parquet(folder / "entity_history.parquet", compression="zstd")
    frame = licences(desk.world)
    frame.select(c for c in frame.columns if not c.startswith("_")).write_parquet(
        folder / "licences.parquet", compression="zstd"
    )


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
        "registered_division_code": only(world.county_code(people.registered_at), ~people.migrant),
        "residence_division_code": world.county_code(people.lives_at), "household": people.homes.household,
        "employer": people.employer,
    })  # fmt: skip


def _entities(world: World) -> pl.DataFrame:
    firms = world.firms
    kinds = np.repeat(np.arange(len(FIRM_KINDS)), [s.stop - s.start for s in firms.rows.values()])
    return pl.DataFrame({
        "entity": np.arange(len(firms.code)), "kind": pick(FIRM_KINDS, kinds), "credit_code": firms.code,
        "name": firms.name,
        "entity_type_code": firms.type_code,
        "status": pick(("", "active", "revoked", "cancelled", "moved"), firms.status),
        "established_date": day(firms.established), "representative": firms.representative, "partner": firms.partner,
        "division_code": world.county_code(firms.address),
    })  # fmt: skip
