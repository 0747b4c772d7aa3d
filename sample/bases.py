"""What the built bases say, against the truth of the city: golden values, and statements without identifiers.

Reads the register's tables and the files of the releases in force, and imports nothing of the rooms.
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import polars as pl

ENTITY = {
    "name": "name", "entity_type_code": "entity_type_code", "status_code": "status",
    "established_date": "established_date", "division_code": "division_code",
}  # fmt: skip
STATES = {"active": "1", "revoked": "2", "cancelled": "3", "moved": "4"}
# table of the base -> item of the change log, and the column that holds its value
HISTORIES = {
    "entity_name": ("01", "name"), "representative_term": ("02", "name"), "entity_status": ("03", "status_code"),
}  # fmt: skip
IN_FORCE = "select release_id from publication where unit = ? order by id desc limit 1"
# attribute of the base -> column of the truth
PERSON = {
    "name": "name", "sex_code": "sex_code", "birth_date": "birth_date", "death_date": "death_date",
    "registered_division_code": "registered_division_code", "residence_division_code": "residence_division_code",
}  # fmt: skip


def figures(home: Path) -> dict[str, Any]:
    """`golden`: by base and attribute the share of the values stated that are right; `linkage`: precision and recall.

    Empty for a home without a published base of persons.
    """
    folder, firms = _in_force(home, "natural_person"), _in_force(home, "legal_entity")
    if folder is None:
        return {}
    golden = {"natural_person": _persons(home, folder)}
    if firms is not None:
        golden["legal_entity"] = _entities(home, firms)
    return {"golden": golden, "linkage": _linkage(home, folder)}


def _in_force(home: Path, unit: str) -> Path | None:
    with sqlite3.connect(f"file:{home / 'register.sqlite'}?mode=ro", uri=True) as db:
        rows = db.execute(IN_FORCE, [unit]).fetchall()
    return home / "releases" / unit / rows[0][0] if rows else None


def _truth(home: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(home / "sample" / "truth" / f"{name}.parquet")


def _persons(home: Path, folder: Path) -> dict[str, float]:
    said = pl.read_parquet(folder / "person.parquet", columns=["id_number", *PERSON])
    both = said.join(_truth(home, "persons"), on="id_number", suffix="_true")
    return {attribute: _share(both, attribute, f"{true}_true") for attribute, true in PERSON.items()}


def _entities(home: Path, folder: Path) -> dict[str, float]:
    """By attribute, and by table of the past: of the intervals whose beginning is stated, of firms whose past is logged, the share that are right."""
    said = pl.read_parquet(folder / "legal_entity.parquet", columns=["record_key", "credit_code", *ENTITY])
    known = _truth(home, "entities").with_columns(pl.col("status").replace_strict(STATES, return_dtype=pl.String))
    both = said.join(known, on="credit_code", suffix="_true")
    names = {each: f"{each}_true" if f"{each}_true" in both.columns else each for each in ENTITY.values()}
    found = {attribute: _share(both, attribute, names[true]) for attribute, true in ENTITY.items()}
    keys = said.select("credit_code", entity_key="record_key")
    history = _truth(home, "entity_history").join(keys, on="credit_code")
    return found | {table: _history(folder, table, history) for table in HISTORIES}


def _history(folder: Path, table: str, history: pl.DataFrame) -> float:
    item, value = HISTORIES[table]
    true = history.filter(pl.col("item_code") == item).select("entity_key", "valid_from", "valid_to", "value")
    said = pl.read_parquet(folder / f"{table}.parquet", columns=["entity_key", value, "valid_from", "valid_to"])
    stated = said.rename({value: "value"}).filter(pl.col("valid_from").is_not_null())
    judged = stated.join(true.select("entity_key").unique(), on="entity_key")
    right = judged.join(true, on=["entity_key", "valid_from", "valid_to", "value"], nulls_equal=True)
    return round(len(right) / max(1, len(judged)), 5)


def _share(both: pl.DataFrame, attribute: str, true: str) -> float:
    stated = both.filter(pl.col(attribute).is_not_null())
    right = stated.filter(pl.col(attribute) == pl.col(true))
    return round(len(right) / max(1, len(stated)), 5)


def _linkage(home: Path, folder: Path) -> dict[str, Any]:
    """precision: of the statements linked, the share linked to the person they speak of; recall: of the statements
    whose person the base knows, the share linked to that person. review: those that wait for a reviewer."""
    people = pl.read_parquet(folder / "person.parquet", columns=["record_key", "id_number"])
    known = _truth(home, "persons").select("id_number", person="person").join(people, on="id_number")
    told = _statements(home, folder).join(known.select("person", right="record_key"), on="person", how="left")
    linked = pl.read_parquet(folder / "person_link.parquet").filter(pl.col("rank") == 1)
    judged = told.join(linked, on=["row_key", "item"])
    right = judged.filter((pl.col("band") == "linked") & (pl.col("person_key") == pl.col("right")))
    bands = dict(judged.group_by("band").len().iter_rows())
    of_known = judged.filter(pl.col("right").is_not_null())
    return {
        "precision": round(len(right) / max(1, bands.get("linked", 0)), 5),
        "recall": round(len(right) / max(1, len(of_known)), 5),
        "statements": len(judged),
        "of_known_persons": len(of_known),
        **{band: bands.get(band, 0) for band in ("linked", "review", "new", "waiting")},
    }


def _statements(home: Path, folder: Path) -> pl.DataFrame:
    """The truth's statements with the key of the row that carries each in the release that the base read."""
    truth = _truth(home, "statements")
    sources = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["sources"]
    parts = [truth.clear().with_columns(row_key=pl.lit(""))]
    for source in sources:
        told = truth.filter(pl.col("resource") == source["resource"])
        if len(told):
            parts.append(told.join(_rows(home, source), on=["period", "row"]))
    return pl.concat(parts)


def _rows(home: Path, source: dict[str, Any]) -> pl.DataFrame:
    folder = home / "releases" / source["resource"] / source["release_id"]
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    with sqlite3.connect(f"file:{home / 'register.sqlite'}?mode=ro", uri=True) as db:
        periods = dict(db.execute("select id, period from delivery").fetchall())
    of_index = {int(each["index"]): periods[each["delivery_id"]] for each in manifest["deliveries"]}
    rows = pl.read_parquet(folder / f"{source['resource']}.parquet", columns=["record_key", "_row", "_delivery"])
    return rows.select(
        row_key="record_key", row="_row", period=pl.col("_delivery").replace_strict(of_index, return_dtype=pl.String)
    )
