"""What the built bases say, against the truth of the city: golden values, and statements without identifiers.

Reads the register's tables and the files of the releases in force, and imports nothing of the rooms.
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

import polars as pl

from sample import coding, firm_past, golden

IN_FORCE = "select release_id from publication where unit = ? order by id desc limit 1"


def figures(home: Path) -> dict[str, Any]:
    """`golden`: by base and attribute the share that is right; `golden_best`: the share that could be right from what
    was accepted; `golden_differences`: the others by reason; `linkage`: precision and recall; `doubles`: of the people under two numbers,
    how many the base proposes as one.

    `addresses`: see sample.coding. A base that is not published is left out.
    """
    folders = {base: folder for base in golden.HELD if (folder := _in_force(home, base))}
    found = {base: golden.compare(home, base, folder) for base, folder in folders.items()}
    named = {"golden": "golden", "golden_best": "best", "golden_differences": "differences"}
    all_of_it: dict[str, Any] = {name: {base: f[part] for base, f in found.items()} for name, part in named.items()}
    if firms := folders.get("legal_entity"):
        all_of_it["golden"]["legal_entity"] |= firm_past.compare(home, firms)
    persons = folders.get("natural_person")
    linked = {"linkage": _linkage(home, persons), "doubles": _doubles(home, persons)} if persons else {}
    ground = folders.get("geospatial")
    coded = {"addresses": coding.figures(_truth(home, "told"), ground)} if ground else {}
    return (all_of_it if found else {}) | linked | coded


def _in_force(home: Path, unit: str) -> Path | None:
    with sqlite3.connect(f"file:{home / 'register.sqlite'}?mode=ro", uri=True) as db:
        rows = db.execute(IN_FORCE, [unit]).fetchall()
    return home / "releases" / unit / rows[0][0] if rows else None


def _truth(home: Path, name: str) -> pl.DataFrame:
    return pl.read_parquet(home / "sample" / "truth" / f"{name}.parquet")


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


def _doubles(home: Path, folder: Path) -> dict[str, int]:
    """planted: pairs of numbers; proposed: of all, by the base; found: those planted that are proposed."""
    people = pl.read_parquet(folder / "person.parquet", columns=["record_key", "id_number"])
    number = dict(people.iter_rows())
    proposed = pl.read_parquet(folder / "person_double.parquet", columns=["person_key", "other_key"])
    pairs = {frozenset((number[one], number[other])) for one, other in proposed.iter_rows()}
    planted = {frozenset(pair) for pair in _truth(home, "two_numbers").iter_rows()}
    return {"planted": len(planted), "proposed": len(pairs), "found": len(planted & pairs)}


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
