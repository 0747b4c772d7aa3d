"""The past of firms in the base against the truth: their names, representatives and states, each with its days."""

from __future__ import annotations

from pathlib import Path

import polars as pl

# table of the base -> item of the change log, and the column that holds its value
HISTORIES = {
    "entity_name": ("01", "name"), "representative_term": ("02", "name"), "entity_status": ("03", "status_code"),
}  # fmt: skip


def compare(home: Path, folder: Path) -> dict[str, float]:
    """By table: of the intervals whose beginning is stated, of firms whose past is logged, the share that is right."""
    truth = home / "sample" / "truth" / "entity_history.parquet"
    if not truth.exists() or not all((folder / f"{table}.parquet").exists() for table in HISTORIES):
        return {}
    firms = pl.read_parquet(folder / "legal_entity.parquet", columns=["record_key", "credit_code"])
    known = pl.read_parquet(truth).join(firms.rename({"record_key": "entity_key"}), on="credit_code")
    return {table: _share(folder, table, known) for table in HISTORIES}


def _share(folder: Path, table: str, known: pl.DataFrame) -> float:
    item, value = HISTORIES[table]
    true = known.filter(pl.col("item_code") == item).select("entity_key", "valid_from", "valid_to", "value")
    said = pl.read_parquet(folder / f"{table}.parquet", columns=["entity_key", value, "valid_from", "valid_to"])
    stated = said.rename({value: "value"}).filter(pl.col("valid_from").is_not_null())
    judged = stated.join(true.select("entity_key").unique(), on="entity_key")
    right = judged.join(true, on=["entity_key", "valid_from", "valid_to", "value"], nulls_equal=True)
    return round(len(right) / max(1, len(judged)), 5)
