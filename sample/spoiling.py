"""What is done to a value, for each kind of planted trouble, and which rows it can be done to."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import numpy as np
import polars as pl

from sample.codes import CREDIT_CHARACTERS, LETTERS, citizen_check, credit_check, organisation_check
from sample.people import OLD_CODES
from sample.streams import Bools

Change = Callable[[list[str], np.random.Generator], list[str | None]]

OUTSIDE_CODES = {
    "ethnicity_code": "99",
    "industry_code": "Z",
    "status_code": "7",
    "vehicle_class": "Z9",
    "state_code": "88",
}
# the indicator that statistics publish as well as finance, and for which area
TOLD_TWICE, TOLD_TWICE_OF = "BUDGET_REVENUE", "140200"
SENT_AGAIN = 20  # penalties that are sent a second time
# What is no value of the item's type: the department's file holds text there.
AS_TEXT = {"number_with_unit"}
IMPOSSIBLE_DATES = ("2023-02-30", "2024-13-05", "2025-06-31", "2022-11-31")
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
_ADDRESSES = {"address_unknown", "address_written_otherwise"}
_PILOT_DIGITS = str.maketrans("ABCDEFGHJKLNPQRTUWXY", "01234567890123456789")


def fits(kind: str, item: str, frame: pl.DataFrame) -> Bools:
    """The rows whose value can be spoilt in this way."""
    column = frame[item]
    if kind in _ROWS:
        suitable = frame.select(_ROWS[kind](item)).to_series()
    elif kind in _ADDRESSES:
        suitable = column.is_not_null() & (frame["status_code"] == "1" if "status_code" in frame.columns else True)
    elif kind == "fifteen_digits":
        suitable = column.str.slice(6, 2) == "19"
    elif kind == "lower_case_x":
        suitable = column.str.ends_with("X")
    elif kind == "full_width_digits":
        suitable = ~column.str.ends_with("X")
    elif kind == "old_area_code":
        suitable = column.str.slice(0, 6).is_in([str(code) for code in OLD_CODES])
    else:
        suitable = column.is_not_null()
    return suitable.fill_null(value=False).to_numpy()


def spoil(kind: str, item: str, values: list[str], rng: np.random.Generator) -> list[str | None]:
    """The values as they are delivered instead."""
    if kind == "value_outside_code_list":
        return [OUTSIDE_CODES[item]] * len(values)
    return _CHANGES[kind](values, rng)


def _other_last(alphabet: str) -> Change:
    def change(values: list[str], rng: np.random.Generator) -> list[str | None]:
        steps = rng.integers(1, len(alphabet), len(values))
        return [v[:-1] + _stepped(alphabet, v[-1], int(s)) for v, s in zip(values, steps, strict=True)]

    return change


def _stepped(alphabet: str, character: str, step: int) -> str:
    place = alphabet.find(character)
    return alphabet[(place + step) % len(alphabet)] if place >= 0 else alphabet[step]


def _each(change: Callable[[str], str | None]) -> Change:
    return lambda values, rng: [change(v) for v in values]


def _leap_day(value: str) -> str:
    year = int(value[6:10])
    year += 1 if year % 4 == 0 else 0
    body = f"{value[:6]}{year}0229{value[14:17]}"
    return body + citizen_check(body)


def _swapped(value: str) -> str:
    """The last two digits of the serial changed over: the check character shows it."""
    return value[:15] + value[16] + value[15] + value[17]


def _impossible(values: list[str], rng: np.random.Generator) -> list[str | None]:
    return [IMPOSSIBLE_DATES[n] for n in rng.integers(0, len(IMPOSSIBLE_DATES), len(values))]


def _pilot(value: str) -> str:
    """A code as the pilots of 2015 gave it out: the inner check is right, the outer one is not."""
    organisation = f"M{value[10:12]}000{value[14:16]}".translate(_PILOT_DIGITS)
    body = value[:8] + organisation + organisation_check(organisation)
    check = credit_check(body)
    return body + ("1" if check != "1" else "2")


def _inner(value: str) -> str:
    """A code whose inner check alone is wrong."""
    other = "0" if value[16] != "0" else "1"
    body = value[:16] + other
    return body + credit_check(body)


def _times(factor: float, digits: int) -> Change:
    return lambda values, rng: [str(round(float(v) * factor, digits)) for v in values]


def _other_kind(value: str) -> str:
    return "2" if value == "1" else "1"


def _written_otherwise(value: str) -> str:
    """Without province and city, digits in full width, a space before the house."""
    return re.sub(r"(\d+号)", r" \1", value.removeprefix("山西省大同市"), count=1).translate(FULL_WIDTH)


_CHANGES: dict[str, Change] = {
    "swapped_digits": _each(_swapped),
    "wrong_check_digit": _other_last("0123456789"),
    "wrong_credit_code_check": _other_last(CREDIT_CHARACTERS.decode()),
    "wrong_licence_check": _other_last(LETTERS.decode()),
    "impossible_date": _impossible,
    "leap_day_in_common_year": _each(_leap_day),
    "fifteen_digits": _each(lambda v: v[:6] + v[8:17]),
    "lower_case_x": _each(str.lower),
    "full_width_digits": _each(lambda v: v.translate(FULL_WIDTH)),
    "old_area_code": _each(lambda v: v),
    "unknown_area_code": _each(lambda v: f"99{v[2:17]}" + citizen_check(f"99{v[2:17]}")),
    "mangled_by_excel": _each(lambda v: f"{v[0]}.{v[1:6]}E+17"),
    "area_before_birth": _each(lambda v: f"142125{v[6:17]}" + citizen_check(f"142125{v[6:17]}")),
    "pilot_credit_code": _each(_pilot),
    "wrong_inner_code": _each(_inner),
    "retired_division_code": _each(lambda v: "140202"),
    "wrong_phone": _each(lambda v: v[:10]),
    "outside_its_division": _each(lambda v: str(round(float(v) + 1.5, 6))),
    "amount_in_yuan": _times(10_000, 2),
    "amount_in_ten_thousands": _times(0.0001, 2),
    "other_identifier": _each(_other_kind),
    "wrong_cumulative": _times(1.2, 2),
    "wrong_month": _times(1.5, 2),
    "split_joint_month": _each(lambda v: "12.34"),
    "other_unit": _each(lambda v: v.replace("亿", "万")),
    "address_unknown": _each(lambda v: re.sub(r"\d+号.*", "99999号", v)),
    "address_written_otherwise": _each(_written_otherwise),
    "missing_required_item": _each(lambda v: None),
    "industry_of_no_edition": _each(lambda v: "9900"),
    "list_entry_conflict": _each(lambda v: (date.fromisoformat(v) + timedelta(days=10)).isoformat()),
    "subject_name_conflict": _each(lambda v: v + "分部"),
    "holder_name_conflict": _each(lambda v: v + "某"),
    "holder_firm_name_conflict": _each(lambda v: v + "分部"),
    "entity_change_conflict": _each(lambda v: v + "总店"),
    "observation_conflict": _each(lambda v: str(round(float(v) + 2.5, 1))),
    "repair_of_nothing": _each(lambda v: f"{v}之二"),
    "published_too_long": _each(lambda v: f"{int(v[:4]) + 12}-06-01"),
    "licence_of_no_type": _each(lambda v: v[:-3] + "999"),
    "missing_key": _each(lambda v: None),
    "licence_past_its_day": _each(lambda v: "01"),
    "retired_code_of_its_day": _each(lambda v: "140202"),
    "day_ahead": _each(lambda v: "2" + f"{int(v[1:4]) + 100:03}" + v[4:]),
    "identifier_cut_short": _each(lambda v: v[:16]),
    "end_before_start": _each(lambda v: f"{int(v[:4]) - 40}{v[4:]}"),
    "number_with_unit": _each(lambda v: f"约{v}平方米"),
    "too_many_decimals": _each(lambda v: f"{float(v):.2f}001"),
    "impossible_size": _each(lambda v: "-1"),
    "text_too_long": _each(lambda v: v + "，详见附件" * 40),
    "month_with_slash": _each(lambda v: v.replace("-", "/")),
    # 理发及美容服务 of the edition of 2011; division 79 of 2017 is 土地管理业
    "industry_of_old_edition": _each(lambda v: "7940"),
}


# a fault in what two departments tell would be found as their disagreement, too
_TOLD_ONCE = pl.col("indicator_code") != TOLD_TWICE


def _of_series(kind: str, months: list[str]) -> pl.Expr:
    """Values of months in the middle of a year that has gone by: the months beside them tell which one is wrong."""
    month = pl.col("time_period").str.slice(5, 2)
    in_the_middle = pl.col("time_period").str.contains(r"^\d{4}-\d{2}$") & month.is_in(months) & _TOLD_ONCE
    return in_the_middle & (pl.col("measure_code") == "LEVEL") & (pl.col("period_kind_code") == kind)


_RUNS_ON = pl.col("valid_until").rank("ordinal") > pl.len() * 0.5
_ROWS: dict[str, Callable[[str], pl.Expr]] = {
    "swapped_digits": lambda item: pl.col(item).str.slice(15, 1) != pl.col(item).str.slice(16, 1),
    "area_before_birth": lambda item: pl.col(item).str.slice(6, 4) >= "1996",
    "amount_in_yuan": lambda item: pl.col(item) >= pl.col(item).median(),
    "amount_in_ten_thousands": lambda item: (pl.col(item) <= pl.col(item).median()) & (pl.col(item) >= 100),
    "wrong_cumulative": lambda item: _of_series("cumulative", ["04", "08"]),
    "wrong_month": lambda item: _of_series("current", ["06"]),
    "split_joint_month": lambda item: pl.col(item).is_null() & pl.col("time_period").str.ends_with("-01"),
    # ended otherwise, some have their day still before them; the youngest was given out some days ago
    "licence_past_its_day": lambda item: (pl.col(item) == "05") & (pl.col("valid_until") < pl.col("valid_from").max()),
    # the first ones are sent again as they are
    "published_too_long": lambda item: pl.int_range(pl.len()) >= SENT_AGAIN,
    # others change their state in the next delivery, which gives the right type again
    "licence_of_no_type": lambda item: pl.col("state_code").is_in(["05", "07"]),
    "retired_code_of_its_day": lambda item: pl.col(item).is_not_null() & (pl.col("opened_date") < "2018-01-01"),
    "other_unit": lambda item: (pl.col(item) == "亿元") & _TOLD_ONCE,
    "observation_conflict": lambda item: (
        ~_TOLD_ONCE & (pl.col("ref_area") == TOLD_TWICE_OF) & (pl.col("measure_code") == "YTD_YOY")
    ),
    "subject_name_conflict": lambda item: pl.col("credit_code").is_not_null(),
    # what has run out is nobody's to look for
    "holder_name_conflict": lambda item: _RUNS_ON,
    "holder_firm_name_conflict": lambda item: _RUNS_ON,
    # decisions of market regulation that stand and are shown for a good while yet
    "list_entry_conflict": lambda item: (
        pl.col("entry_no").str.starts_with("同市监列")
        & pl.col("repaired_date").is_null()
        & (pl.col("publish_until").rank("ordinal") > pl.len() * 0.3)
    ),
    "entity_change_conflict": lambda item: (
        (pl.col("item_code") == "01")
        & (pl.col("changed_date") == pl.col("changed_date").max().over("credit_code", "item_code"))
    ),
    "industry_of_old_edition": lambda item: pl.col(item) == "8040",
}
