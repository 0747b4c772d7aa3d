"""How right the addresses are coded that people told in their own words, by level."""

from __future__ import annotations

from pathlib import Path

import polars as pl

# level -> what two addresses have in common that are the same down to it
PARTS = {
    "division": ("county",),
    "road": ("county", "town_name", "street"),
    "house": ("county", "town_name", "street", "house_no"),
    "building": ("county", "town_name", "street", "house_no", "building_no"),
    "room": ("county", "town_name", "street", "house_no", "building_no", "unit_no", "room_no"),
}
# level -> what a text says that reaches down to it
SAYS = {"division": "", "road": "", "house": r"\d号", "building": r"\d(号楼|-\d)", "room": r"\d(室|-\d+)$"}


def figures(told: pl.DataFrame, folder: Path) -> dict[str, dict[str, float | int]]:
    """By level: of the texts that reach down to it `told`, the share matched there or finer (`rate`), and of those
    the share matched to another place than the one meant (`error_rate`)."""
    judged = _judged(told, folder)
    return {level: _level(judged, level) for level in reversed(PARTS)}


def _judged(told: pl.DataFrame, folder: Path) -> pl.DataFrame:
    """Each text told with the parts of the address it means and of the one it was matched to."""
    address = pl.read_parquet(
        folder / "address.parquet",
        columns=["address_code", "division_code", *PARTS["house"][1:], "building_no", "unit_no", "room_no"],
    ).rename({"division_code": "county"})
    match = pl.read_parquet(
        folder / "address_match.parquet",
        columns=[
            "stated_address",
            "stated_division_code",
            "match_code",
            "division_code",
            "town_name",
            "street",
            "address_code",
        ],
    ).rename({"division_code": "county"})
    here = address["county"].unique()
    meant = told.join(address, on="address_code").filter(pl.col("division_code").is_in(here))
    found = match.join(address.drop("county", "town_name", "street"), on="address_code", how="left")
    return meant.join(
        found,
        left_on=["address", "division_code"], right_on=["stated_address", "stated_division_code"],
        how="left", suffix="_found",
    )  # fmt: skip


def _level(judged: pl.DataFrame, level: str) -> dict[str, float | int]:
    levels = list(PARTS)
    finer = levels[levels.index(level) :]
    plain = judged["address"].str.normalize("NFKC")
    reach = judged.filter(plain.str.contains(SAYS[level]) & pl.col(PARTS[level][-1]).is_not_null())
    matched = reach.filter(pl.col("match_code").is_in(finer))
    wrong = matched.filter(
        ~pl.all_horizontal(pl.col(part).eq_missing(pl.col(f"{part}_found")) for part in PARTS[level])
    )
    return {
        "told": len(reach),
        "rate": round(len(matched) / max(1, len(reach)), 5),
        "error_rate": round(len(wrong) / max(1, len(matched)), 5),
    }
