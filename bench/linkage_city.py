"""What departments say of the sample city's persons, as releases of roles, for benchmarks of linkage."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from basedb import manifest
from basedb.inputs import Input
from sample import livelihood, police, records, world
from sample.columns import only

AS_OF = date(2026, 11, 20)
KEYS = {
    "resident": ["id_number"],
    "medical_insured": ["id_number"],
    "residence": ["permit_no"],
    "health_record": ["record_no"],
}
TRUTH = "truth.parquet"


def inputs(folder: Path) -> dict[str, list[Input]]:
    """The releases that were made in the folder, by role."""
    return {role: [Input(role, role, folder / role)] for role in KEYS}


def make(folder: Path, persons: int, statements: int, seed: int) -> None:
    """A release per role in the folder; the health records hold that many statements without identifiers.

    `truth.parquet(_row, id_number)`: of whom each of them speaks; nobody known: NULL. It is written last.
    """
    city = world.make(persons, seed, AS_OF)
    living = int((city.people.living & ~city.taken_people).sum())
    share = min(1.0, statements / (living * records.RECORDED * (1 + records.STRANGERS)))
    rows = np.flatnonzero(city.people.permit)
    frames = {
        "resident": police.population(city),
        "residence": police.permits(city, rows, city.people.lives_at[rows]),
        "medical_insured": livelihood.medical_insured(city),
        "health_record": records.records(city, share),
    }
    for role, frame in frames.items():
        _release(folder, role, frame)
    truth = frames["health_record"].with_row_index("n", offset=2).filter(pl.col("id_number").is_null())
    person = truth["_person"].to_numpy()
    told = only(city.people.id_number.gather(np.maximum(person, 0)), person >= 0)
    truth.select(_row=pl.col("n").cast(pl.Int64), id_number=told).write_parquet(folder / TRUTH)


def _release(folder: Path, role: str, frame: pl.DataFrame) -> None:
    release = folder / role
    release.mkdir(exist_ok=True)
    key = KEYS[role]
    frame = frame.select(c for c in frame.columns if not c.startswith("_")).with_row_index("_row", offset=2)
    frame = frame.with_columns(
        pl.col("_row").cast(pl.Int64), id_number_raw=pl.lit(None, pl.String), _key=pl.concat_str(key, separator="|"),
        _delivery=pl.lit(0, pl.Int32), _as_of=pl.lit(AS_OF),
    )  # fmt: skip
    frame.sort("_key").write_parquet(release / f"{role}.parquet")
    table = {role: {"file": f"{role}.parquet", "key": key}}
    manifest.write(
        release, {"release_id": "r1", "deliveries": [{"index": 0, "delivery_id": f"{role}-1"}], "tables": table}
    )
