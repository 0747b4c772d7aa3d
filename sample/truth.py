"""Compare what a platform found in the sample city with what was planted there.

`python -m sample.truth HOME --json`: HOME is a home folder whose sample city lies in HOME/sample. `golden` and
`linkage` say how right the bases are (sample.bases).
An independent check: it reads files and the register's tables and imports nothing of the rooms.
Exit status 0 only when every plant has its expected outcome under the right rule and department and
nothing else was found.
"""

from __future__ import annotations

import json
import sqlite3
import sys
from pathlib import Path
from typing import Any

import polars as pl

from sample import bases

FOUND = {
    "stage": pl.String, "resource": pl.String, "period": pl.String, "row": pl.Int64, "rule": pl.String,
    "item": pl.String, "department": pl.String, "outcome": pl.String, "told": pl.String,
}  # fmt: skip
PLACE = ["stage", "resource", "period", "row"]
# Rules that speak of a whole row or delivery: their item is no part of the comparison.
WITHOUT_ITEM = (
    "KEY_DUPLICATE",
    "COLUMN_MISSING",
    "COLUMN_RENAMED",
    "COLUMN_REORDERED",
    "COLUMN_EXTRA",
    "FILE_EMPTY",
    "FILE_UNREADABLE",
    "DELIVERY_LATE",
)
OUTCOMES = {
    "block_row": "blocked", "block_delivery": "delivery_blocked", "warn": "warned", "normalise": "normalised", "hold": "held",
    "conflict": "conflict",
}  # fmt: skip
REGISTER = """
    select f.delivery_id, f.release_id, r.slug as resource, coalesce(d.period, f.period) as period, f.rule, f.item,
           p.slug as department, f.outcome
    from finding f join resource r on r.id = f.resource_id join department p on p.id = f.department_id
    left join delivery d on d.id = f.delivery_id
"""
DELIVERIES = "select d.id, r.slug, d.period from delivery d join resource r on r.id = d.resource_id"
TEXTS = ("delivery_id", "release_id", "resource", "period", "rule", "item", "department", "outcome")


def compare(home: Path) -> dict[str, Any]:
    """The figures of the comparison, ready for JSON."""
    with sqlite3.connect(f"file:{home / 'register.sqlite'}?mode=ro", uri=True) as db:
        register = _frame(db, REGISTER, TEXTS)
        deliveries = _frame(db, DELIVERIES, ("delivery_id", "resource", "period"))
    plants = _without_items(pl.read_parquet(home / "sample" / "truth" / "plants.parquet").with_columns(_PERIOD))
    rows = _rows_found(home, register, deliveries)
    parts = [rows, _deliveries_found(register, rows), _late_found(register), _built_found(home, deliveries)]
    found = _without_items(pl.concat(parts).with_columns(_PERIOD)).unique(maintain_order=True)
    judged = _judged(plants, found, _rows_kept(home, deliveries))
    return _figures(judged, _false(judged, found))


def _frame(db: sqlite3.Connection, query: str, names: tuple[str, ...]) -> pl.DataFrame:
    return pl.DataFrame(db.execute(query).fetchall(), schema=dict.fromkeys(names, pl.String), orient="row")


# A late delivery is late whatever period the schedule names.
_PERIOD = pl.when(pl.col("stage") != "schedule").then(pl.col("period")).alias("period")


def _without_items(frame: pl.DataFrame) -> pl.DataFrame:
    whole = pl.col("rule").is_in(WITHOUT_ITEM).fill_null(value=False)
    return frame.with_columns(pl.when(whole).then(pl.lit("")).otherwise(pl.col("item").fill_null("")).alias("item"))


def _files(home: Path, name: str, deliveries: pl.DataFrame) -> list[tuple[dict[str, Any], Path]]:
    """The delivery and the path of each file of that name under HOME/checked."""
    paths = [(row, home / "checked" / row["delivery_id"] / name) for row in deliveries.iter_rows(named=True)]
    return [(row, path) for row, path in paths if path.exists()]


def _typed(frame: pl.DataFrame) -> pl.DataFrame:
    if "told" not in frame.columns:
        frame = frame.with_columns(told=pl.lit(None, pl.String))
    return frame.select(pl.col(name).cast(dtype) for name, dtype in FOUND.items())


def _rows_found(home: Path, register: pl.DataFrame, deliveries: pl.DataFrame) -> pl.DataFrame:
    """Every row that a check found, with department and outcome as the register states them."""
    parts = [pl.DataFrame(schema=FOUND | {"delivery_id": pl.String})]
    for delivery, path in _files(home, "findings.parquet", deliveries):
        rows = pl.read_parquet(path).filter(pl.col("row").is_not_null())
        parts.append(
            rows.select(
                stage=pl.lit("check"), resource=pl.lit(delivery["resource"]), period=pl.lit(delivery["period"]),
                row=pl.col("row").cast(pl.Int64), rule="rule", item=pl.col("item").fill_null(""),
                department=pl.lit(None, pl.String), outcome=pl.lit(None, pl.String), told=pl.lit(None, pl.String),
                delivery_id=pl.lit(delivery["delivery_id"]),
            )
        )  # fmt: skip
    facts = register.select("delivery_id", "rule", pl.col("item").fill_null(""), "department", "outcome").unique()
    joined = pl.concat(parts).drop("department", "outcome").join(facts, on=["delivery_id", "rule", "item"], how="left")
    return _typed(joined.with_columns(pl.col("outcome").replace(OUTCOMES)))


def _deliveries_found(register: pl.DataFrame, rows: pl.DataFrame) -> pl.DataFrame:
    """What the register says of a delivery and no row carries: columns, files."""
    known = rows.select("resource", "period", "rule").unique()
    whole = register.filter(pl.col("delivery_id").is_not_null()).join(
        known, on=["resource", "period", "rule"], how="anti"
    )
    return _typed(
        whole.with_columns(pl.col("outcome").replace(OUTCOMES), stage=pl.lit("check"), row=pl.lit(None, pl.Int64))
    )


def _late_found(register: pl.DataFrame) -> pl.DataFrame:
    alone = register.filter(pl.col("delivery_id").is_null() & pl.col("release_id").is_null())
    return _typed(alone.with_columns(stage=pl.lit("schedule"), row=pl.lit(None, pl.Int64), outcome=pl.lit("late")))


def _built_found(home: Path, deliveries: pl.DataFrame) -> pl.DataFrame:
    """What the builds of the bases found, by the row of the contradicting delivery."""
    parts = [pl.read_parquet(path) for path in sorted((home / "findings").glob("*/*.parquet"))]
    if not parts:
        return pl.DataFrame(schema=FOUND)
    built = pl.concat(parts, how="vertical_relaxed").with_columns(pl.col("delivery_id").cast(pl.String))
    periods = deliveries.select("delivery_id", "period")
    joined = built.join(periods, on="delivery_id", how="left")
    return _typed(joined.rename({"other": "told"}).with_columns(stage=pl.lit("build"), outcome=pl.lit("conflict")))


def _rows_kept(home: Path, deliveries: pl.DataFrame) -> pl.DataFrame:
    """Which rows went on and which were kept aside."""
    parts = [pl.DataFrame(schema={"resource": pl.String, "period": pl.String, "row": pl.Int64, "kept": pl.Boolean})]
    for name, kept in (("good.parquet", True), ("bad.parquet", False)):
        for delivery, path in _files(home, name, deliveries):
            rows = pl.read_parquet(path, columns=["_row"])["_row"].cast(pl.Int64)
            parts.append(
                pl.DataFrame({"row": rows}).select(
                    resource=pl.lit(delivery["resource"]),
                    period=pl.lit(delivery["period"]),
                    row="row",
                    kept=pl.lit(kept),
                )
            )
    return pl.concat(parts)


def _judged(plants: pl.DataFrame, found: pl.DataFrame, kept: pl.DataFrame) -> pl.DataFrame:
    """Each plant with: exact (right rule and item), other (something else there), both departments, outcome, kept."""
    found_as = {f"found_{name}": name for name in ("department", "outcome", "told")}
    exact = found.select(*PLACE, "rule", "item", **found_as).unique(
        [*PLACE, "rule", "item"], keep="first", maintain_order=True
    )
    places = found.group_by(PLACE).agg(at_place=pl.len())
    judged = plants.join(exact, on=[*PLACE, "rule", "item"], how="left", nulls_equal=True)
    judged = judged.join(places, on=PLACE, how="left", nulls_equal=True)
    judged = judged.join(kept.unique(["resource", "period", "row"]), on=["resource", "period", "row"], how="left")
    nothing = pl.col("expected") == "none"
    placed = pl.col("row").is_null() | (pl.col("kept") == (pl.col("expected") != "blocked")).fill_null(value=False)
    return judged.with_columns(
        exact=pl.when(nothing).then(pl.col("at_place").is_null()).otherwise(pl.col("found_outcome").is_not_null()),
        right_department=nothing | (pl.col("found_department") == pl.col("department")).fill_null(value=False),
        right_told=nothing | pl.col("found_told").eq_missing(pl.col("told")),
        right_outcome=placed & (nothing | (pl.col("found_outcome") == pl.col("expected")).fill_null(value=False)),
    )


def _false(judged: pl.DataFrame, found: pl.DataFrame) -> pl.DataFrame:
    """What was found and no plant explains; a plant found under another rule is counted there."""
    mistaken = judged.filter(~pl.col("exact")).select(PLACE).unique()
    unexplained = found.join(
        judged.select(*PLACE, "rule", "item"), on=[*PLACE, "rule", "item"], how="anti", nulls_equal=True
    )
    return unexplained.join(mistaken, on=PLACE, how="anti", nulls_equal=True)


def _figures(judged: pl.DataFrame, false: pl.DataFrame) -> dict[str, Any]:
    right = pl.col("exact") & pl.col("right_department") & pl.col("right_told") & pl.col("right_outcome")
    other = ~pl.col("exact") & pl.col("at_place").is_not_null()
    kinds = judged.group_by("kind", maintain_order=True).agg(
        planted=pl.len(), found=right.sum(), expected=pl.col("expected").first(), rule=pl.col("rule").first()
    )
    return {
        "planted": len(judged), "found": _count(judged, right), "wrong_rule": _count(judged, other),
        "wrong_department": _count(judged, pl.col("exact") & ~pl.col("right_department")),
        "wrong_told": _count(judged, pl.col("exact") & ~pl.col("right_told")),
        "wrong_outcome": _count(judged, pl.col("exact") & ~pl.col("right_outcome")),
        "missed": _count(judged, ~pl.col("exact") & pl.col("at_place").is_null()), "false_findings": len(false),
        "by_kind": {row.pop("kind"): row for row in kinds.sort("kind").iter_rows(named=True)},
        "false_by_rule": [
            dict(zip(("stage", "resource", "rule", "item", "count"), row, strict=True))
            for row in false.group_by("stage", "resource", "rule", "item").len().sort(pl.all()).rows()
        ],
        "not_found": judged.filter(~right)["plant_id"].head(50).to_list(),
    }  # fmt: skip


def _count(frame: pl.DataFrame, wanted: pl.Expr) -> int:
    return len(frame.filter(wanted))


def main(arguments: list[str]) -> int:
    """Print the comparison of a home folder; 0 only if all is right."""
    homes = [a for a in arguments if not a.startswith("--")]
    if len(homes) != 1:
        print("usage: python -m sample.truth HOME [--json]", file=sys.stderr)
        return 2
    figures = compare(Path(homes[0])) | bases.figures(Path(homes[0]))
    if "--json" in arguments:
        print(json.dumps(figures, ensure_ascii=False, indent=1))
    else:
        print("\n".join(f"{name}: {value}" for name, value in figures.items() if isinstance(value, int)))
    return 0 if figures["found"] == figures["planted"] and not figures["false_findings"] else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
