"""Golden values of the six bases against the truth: how many are right, how many could be, and why the others are not.

Every thing of the truth counts, of which the truth or the base has a value: what a base does not hold is not right.
`best` is what a base could reach at best from the deliveries that were accepted: some row of them, of a source that the
base asks for the value, says the truth.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

import polars as pl

from sample.asked import places

OBSERVED = ("indicator_code", "ref_area", "time_period", "period_kind_code", "measure_code", "release_date")
LISTED = ("credit_code", "listed_date")


@dataclass(frozen=True)
class Held:
    """A table of a base and the truth about it.

    key: column of the table -> of the truth. attributes: of the table -> of the truth. items: attribute -> what else
    the sources call it, for a key too. otherwise: attribute -> what the base means where it says nothing. only: a
    condition. told: attribute -> how a source's row says it, where it says it in another form.
    """

    table: str
    truth: tuple[str, ...]
    key: dict[str, str]
    attributes: dict[str, str]
    items: dict[str, tuple[str, ...]] = field(default_factory=dict)
    otherwise: dict[str, str] = field(default_factory=dict)
    only: pl.Expr | None = None
    told: dict[str, pl.Expr] = field(default_factory=dict)


def _same(*names: str) -> dict[str, str]:
    return {name: name for name in names}


PERSONAL = (
    "name",
    "sex_code",
    "birth_date",
    "death_date",
    "registered_division_code",
    "residence_division_code",
    "status_code",
)
DECIDED = ("subject_name", "credit_code", "id_number", "decided_date")
HELD = {
    "natural_person": (
        Held(
            "person",
            ("persons",),
            _same("id_number"),
            _same(*PERSONAL),
            # who is said to live nowhere else lives where registered, as the base counts too
            items={"residence_division_code": ("registered_division_code",)},
            otherwise={"residence_division_code": "registered_division_code"},
        ),
        Held(
            "person_residence_history",
            ("residences",),
            _same("id_number", "valid_from"),
            _same("address", "division_code", "valid_to"),
            items={"valid_from": ("start_date",), "address": ("residence_address",),
                   "division_code": ("residence_division_code",)},
            told={"valid_to": pl.col("end_date").dt.offset_by("1d")},
        ),
        Held(
            "person_insurance",
            ("insurances",),
            _same("id_number", "kind_code", "valid_from"),
            _same("status_code", "valid_to"),
            items={"kind_code": ("insurance_kind_code",)},
            told={
                "valid_from": pl.col("start_month").str.to_date("%Y-%m"),
                "valid_to": pl.col("end_month").str.to_date("%Y-%m").dt.offset_by("1mo"),
            },
        ),
        Held(
            "person_marital",
            ("marital",),
            _same("id_number", "marital_status_code", "valid_from"),
            _same("valid_to"),
        ),
    ),
    "legal_entity": (
        Held(
            "legal_entity",
            ("entities",),
            _same("credit_code"),
            _same(
                "name", "entity_type_code", "status_code", "established_date", "industry_code", "address",
                "division_code", "representative_name",
            ),
            items={"representative_name": ("operator_name",)},
        ),
    ),
    "geospatial": (
        Held(
            "address",
            ("police_address",),
            _same("address_code"),
            _same("full_address", "division_code", "town_name", "street", "house_no", "unit_room", "longitude", "latitude"),
        ),
        Held(
            "division",
            ("civil_affairs_division",),
            _same("division_code"),
            _same("name", "level_code", "parent_code"),
            only=~pl.col("is_statistical_only"),
        ),
    ),
    "license": (
        Held(
            "licence",
            ("approval_licence",),
            # a renewed licence keeps its number
            _same("licence_id"),
            {"licence_name": "licence_type_name"}
            | _same("licence_type_code", "issuer_name", "issuer_code", "issued_date", "valid_from", "valid_until", "state_code"),
            items={"licence_name": ("licence_type_name",)},
            only=pl.col("licence_kind") == "electronic_licence",
        ),
    ),
    "credit": (
        Held(
            "permit",
            ("approval_permit",),
            _same("document_no"),
            _same(*DECIDED, "permit_kind", "valid_from", "valid_until"),
        ),
        Held(
            "penalty",
            ("market_regulation_penalty",),
            _same("document_no"),
            _same(*DECIDED, "violation_kind", "penalty_kind_code", "fine_cny_10k", "publish_until"),
        ),
        Held(
            "credit_list_entry",
            ("market_regulation_abnormal_list", "development_reform_credit_list"),
            _same("entry_no"),
            {"removed_date": "ended_date"} | _same("credit_code", "list_kind_code", "listed_date"),
            items={"removed_date": ("repaired_date",)},
            # what the collected list tells again is judged by the list of the department that decided
            only=~(pl.col("entry_no").str.starts_with("同市监列") & pl.col("publish_until").is_not_null()),
        ),
        Held(
            "tax_credit_grade", ("taxation_credit_grade",), _same("credit_code", "year"), _same("grade_code"),
        ),
    ),
    "macro_economy": (
        Held(
            "observation",
            ("statistics_monthly_indicator", "statistics_gdp", "finance_budget", "energy_output"),
            _same(*OBSERVED),
            _same("obs_value", "unit", "unit_mult", "obs_status_code", "price_basis_code"),
        ),
    ),
}  # fmt: skip
# why a value is not the true one, in the order in which it is asked
REASONS = {
    "not_asked": "only accepted rows of sources that the base does not ask for the value say the truth",
    "outranked": "an accepted row says the truth, one of a more trusted source another value",
    "not_chosen": "an accepted row says the truth, nothing better another, and the base another value or none",
    "not_delivered": "no accepted row speaks of the thing",
    "not_stated": "accepted rows speak of the thing and none says the value",
    "stated_otherwise": "every accepted row that says the value says another",
    "not_a_value": "the truth has no value, the base has one",
}


def compare(home: Path, base: str, folder: Path) -> dict[str, dict[str, Any]]:
    """Of one base: `golden`, `best` and `differences` by attribute; a table's attributes but the first's bear its name."""
    found: dict[str, dict[str, Any]] = {"golden": {}, "best": {}, "differences": {}}
    for number, held in enumerate(HELD[base]):
        for attribute in held.attributes:
            label = f"{held.table}.{attribute}" if number else attribute
            judged = _judged(home, folder, held, attribute, places(base, held.table, attribute))
            if judged is None:
                continue
            counted = dict(judged.group_by("why").len().iter_rows())
            all_of_them, right = max(1, len(judged)), counted.pop("right", 0)
            found["golden"][label] = round(right / all_of_them, 5)
            said = sum(counted.get(why, 0) for why in ("not_chosen", "outranked"))
            found["best"][label] = round((right + said) / all_of_them, 5)
            found["differences"][label] = dict(sorted(counted.items()))
    return found


def _judged(home: Path, folder: Path, held: Held, attribute: str, asked: dict[str, int] | None) -> pl.DataFrame | None:
    """A row for each thing of which the truth or the base has a value: `why`, or `right`."""
    key = list(held.key)
    if not (folder / f"{held.table}.parquet").exists():
        return None
    table = _table(folder, held)
    if attribute not in table.columns or any(column not in table.columns for column in key):
        return None
    truth = _true(home, held).select(*(_text(true).alias(own) for own, true in held.key.items()),
                                     _text(held.attributes[attribute]).alias("true"))  # fmt: skip
    said = (table.filter(held.only) if held.only is not None else table).select(
        *map(_text, key), pl.coalesce(_text(attribute), _text(held.otherwise.get(attribute, attribute))).alias("said")
    )
    heard = _heard(_told(home, folder, held, attribute, asked), truth.unique(key), key)
    both = truth.unique(key).join(said.unique(key), on=key, how="left").join(heard, on=key, how="left")
    values = both.filter(pl.col("true").is_not_null() | pl.col("said").is_not_null())
    is_right = pl.col("true").eq_missing(pl.col("said"))
    return values.select(
        why=pl.when(is_right).then(pl.lit("right"))
        .when(pl.col("true").is_null()).then(pl.lit("not_a_value"))
        .when(pl.col("has_value").is_null()).then(pl.lit("not_delivered"))
        .when(~pl.col("has_value")).then(pl.lit("not_stated"))
        .when(~pl.col("has_truth")).then(pl.lit("stated_otherwise"))
        .when(pl.col("true_place").is_null()).then(pl.lit("not_asked"))
        .when(pl.col("other_place") < pl.col("true_place")).then(pl.lit("outranked"))
        .otherwise(pl.lit("not_chosen"))
    )  # fmt: skip


def _table(folder: Path, held: Held) -> pl.DataFrame:
    """The table, with the identifier of its person where the truth knows the thing by that."""
    table = pl.read_parquet(folder / f"{held.table}.parquet")
    if "id_number" not in held.key or "person_key" not in table.columns:
        return table
    people = pl.read_parquet(folder / "person.parquet", columns=["record_key", "id_number"])
    return table.join(people, left_on="person_key", right_on="record_key")


def _true(home: Path, held: Held) -> pl.DataFrame:
    """The truth about a table, once for each thing however many tell it. An entry of a list ends by removal or repair."""
    frame = pl.concat(
        [_truth(home / "sample" / "truth" / f"{name}.parquet") for name in held.truth], how="diagonal_relaxed"
    )
    ends = [name for name in ("removed_date", "repaired_date") if name in frame.columns]
    frame = frame.unique(list(held.key.values()), keep="first", maintain_order=True)
    return frame.with_columns(ended_date=pl.coalesce(ends)) if ends else frame


def _heard(told: pl.DataFrame, truth: pl.DataFrame, key: list[str]) -> pl.DataFrame:
    """Of each thing that rows speak of: whether any says a value, or the truth, and who is trusted most of those."""
    value, true, place = pl.col("value"), pl.col("true"), pl.col("place")
    return told.join(truth, on=key).group_by(key).agg(
        has_value=value.is_not_null().any(), has_truth=(value == true).any(),
        true_place=place.filter(value == true).min(), other_place=place.filter(value != true).min(),
    )  # fmt: skip


def _told(home: Path, folder: Path, held: Held, attribute: str, asked: dict[str, int] | None) -> pl.DataFrame:
    """What accepted rows say of each thing, a row for each: `value`, and the `place` of who says it, NULL if not asked."""
    parts = [pl.DataFrame(schema=dict.fromkeys((*held.key, "value"), pl.String) | {"place": pl.Int32})]
    for source in json.loads((folder / "manifest.json").read_text(encoding="utf-8"))["sources"]:
        slug = source["resource"]
        path = home / "releases" / slug / source["release_id"] / f"{slug}.parquet"
        place = pl.lit(0 if asked is None else asked.get(slug), pl.Int32).alias("place")
        parts += [frame.with_columns(place) for frame in (_said(path, held, attribute) if path.exists() else [])]
    return pl.concat(parts)


def _said(path: Path, held: Held, attribute: str) -> list[pl.DataFrame]:
    names = set(pl.read_parquet_schema(path))
    key = [_called(held, own, names)[:1] for own in held.key]
    if not all(key):
        return []
    frame, nothing = pl.read_parquet(path), pl.lit(None, pl.String)
    own = [said.alias(name) for name, (said, *_) in zip(held.key, key, strict=True)]
    return [frame.select(*own, said.alias("value")) for said in _called(held, attribute, names) or [nothing]]


def _called(held: Held, item: str, names: set[str]) -> list[pl.Expr]:
    """How a source of these columns says an item, in its several ways."""
    if item in held.told and set(held.told[item].meta.root_names()) <= names:
        return [held.told[item].cast(pl.String)]
    return [_text(name) for name in (item, *held.items.get(item, ())) if name in names]


@cache
def _truth(path: Path) -> pl.DataFrame:
    return pl.read_parquet(path)


def _text(name: str) -> pl.Expr:
    """A value as both sides write it: numbers alike whatever their type, all else as text."""
    column = pl.col(name)
    if name in NUMBERS:
        return column.cast(pl.Float64, strict=False).round(6).cast(pl.String)
    return column.cast(pl.String)


NUMBERS = frozenset(
    {"longitude", "latitude", "fine_cny_10k", "obs_value", "unit_mult", "year", "registered_capital_cny_10k"}
)
