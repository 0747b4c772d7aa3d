"""The kinds of planted trouble: what is done to a value, and what the platform must make of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from sample.codes import CREDIT_CHARACTERS, LETTERS, citizen_check
from sample.names import VARIANTS
from sample.people import OLD_CODES
from sample.streams import Bools

Change = Callable[[list[str], np.random.Generator], list[str | None]]


@dataclass(frozen=True)
class Kind:
    """One kind of trouble.

    expected: blocked, warned, normalised, conflict, none, delivery_blocked or late. stage: what shows it.
    rate: share of the rows of each place; every place gets one plant at least.
    department: who must act; "" for the department that sent the row.
    """

    expected: str
    stage: str
    rule: str | None
    rate: float
    department: str = ""


KINDS = {
    "wrong_check_digit": Kind("warned", "check", "ID_CHECK", 0.001),
    "impossible_date": Kind("blocked", "check", "DATE_INVALID", 0.001),
    "leap_day_in_common_year": Kind("warned", "check", "ID_DATE", 0.0005),
    "fifteen_digits": Kind("normalised", "check", "ID_15", 0.001),
    "lower_case_x": Kind("normalised", "check", "ID_LOWER_X", 0.001),
    "full_width_digits": Kind("normalised", "check", "ID_FULL_WIDTH", 0.0008),
    "old_area_code": Kind("none", "check", None, 0.002),
    "unknown_area_code": Kind("warned", "check", "ID_AREA", 0.0005),
    "mangled_by_excel": Kind("warned", "check", "ID_MANGLED", 0.002),
    "value_outside_code_list": Kind("blocked", "check", "CODE_UNKNOWN", 0.0008),
    "missing_required_item": Kind("blocked", "check", "REQUIRED", 0.001),
    "duplicate": Kind("blocked", "check", "KEY_DUPLICATE", 0.001),
    "wrong_credit_code_check": Kind("warned", "check", "USCC_CHECK", 0.002),
    "wrong_licence_check": Kind("warned", "check", "LICENCE_ID_CHECK", 0.001),
    "published_late": Kind("warned", "check", "CREDIT_LATE", 0.02),
    "joint_month": Kind("none", "check", None, 1.0),
    "name_variant": Kind("none", "build", None, 0.0005),
    "name_conflict": Kind("conflict", "build", "NAME_CONFLICT", 0.0004, "police"),
    "residence_conflict": Kind("conflict", "build", "RESIDENCE_CONFLICT", 0.0003, "police"),
    "death_conflict": Kind("conflict", "build", "DEATH_CONFLICT", 0.0003, "health"),
    "representative_deceased": Kind("conflict", "build", "REPRESENTATIVE_DECEASED", 0.0002, "market_regulation"),
    "representative_dissolved": Kind("conflict", "build", "REPRESENTATIVE_DISSOLVED", 0.0001, "market_regulation"),
    "division_conflict": Kind("conflict", "build", "DIVISION_CONFLICT", 1.0, "civil_affairs"),
    "division_for_statistics_only": Kind("none", "build", None, 1.0),
    "missing_column": Kind("delivery_blocked", "check", "COLUMN_MISSING", 1.0),
    "unreadable_file": Kind("delivery_blocked", "check", "FILE_UNREADABLE", 1.0),
    "late_department": Kind("late", "schedule", "DELIVERY_LATE", 1.0),
}

# kind: the places (resource, item) in which a share of the rows is spoilt. An identifier mangled by
# Excel stands only outside keys: `1.40213E+17` would be the same key for two people.
PLACES = """
wrong_check_digit | police_population id_number, police_residence_permit id_number, medical_insurance_insured id_number,
    civil_affairs_marriage female_id_number, approval_licence holder_id_number,
    natural_resources_real_estate holder_id_number,
    market_regulation_enterprise representative_id_number, market_regulation_individual operator_id_number,
    market_regulation_shareholder shareholder_id_number, approval_permit id_number,
    agriculture_cooperative representative_id_number
impossible_date | police_population birth_date, police_residence_permit start_date,
    civil_affairs_marriage registered_date,
    civil_affairs_welfare start_date, disabled_persons_card issued_date, health_death_certificate issued_date,
    market_regulation_enterprise established_date, veterans_preference issued_date, approval_licence issued_date
leap_day_in_common_year | police_population id_number, police_residence_permit id_number,
    housing_fund_deposit id_number,
    civil_affairs_welfare id_number, natural_resources_real_estate holder_id_number
fifteen_digits | civil_affairs_marriage male_id_number, natural_resources_real_estate holder_id_number,
    medical_insurance_insured id_number, veterans_preference id_number, civil_affairs_welfare id_number
lower_case_x | police_residence_permit id_number, education_student id_number, human_resources_qualification id_number,
    market_regulation_individual operator_id_number, police_driving_licence id_number
full_width_digits | civil_affairs_welfare id_number, disabled_persons_card id_number, police_population id_number,
    health_birth_certificate mother_id_number
old_area_code | police_population id_number, police_driving_licence id_number
unknown_area_code | medical_insurance_insured id_number, market_regulation_individual operator_id_number,
    police_residence_permit id_number
mangled_by_excel | civil_affairs_marriage male_id_number, education_student id_number,
    human_resources_qualification id_number, disabled_persons_card id_number
value_outside_code_list | police_population ethnicity_code, market_regulation_individual industry_code,
    human_resources_social_insurance status_code, police_driving_licence vehicle_class, approval_licence state_code
missing_required_item | police_residence_permit residence_address, market_regulation_enterprise address,
    approval_permit content,
    housing_fund_deposit name, health_birth_certificate child_name, natural_resources_real_estate use
duplicate | police_population id_number, medical_insurance_insured id_number, market_regulation_enterprise credit_code,
    approval_licence licence_id, human_resources_social_insurance id_number, taxation_taxpayer credit_code
wrong_credit_code_check | taxation_taxpayer credit_code, market_regulation_individual credit_code,
    market_regulation_abnormal_list credit_code, approval_permit credit_code,
    housing_construction_permit builder_credit_code
wrong_licence_check | approval_licence licence_id
published_late | approval_permit submitted_date, market_regulation_penalty submitted_date
"""
OUTSIDE_CODES = {
    "ethnicity_code": "99",
    "industry_code": "Z",
    "status_code": "7",
    "vehicle_class": "Z9",
    "state_code": "88",
}
IMPOSSIBLE_DATES = ("2023-02-30", "2024-13-05", "2025-06-31", "2022-11-31")
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


def places() -> Iterator[tuple[str, str, str]]:
    """(kind, resource, item) of each place."""
    for line in PLACES.strip().replace("\n    ", " ").splitlines():
        kind, _, pairs = line.partition("|")
        for pair in pairs.split(","):
            slug, item = pair.split()
            yield kind.strip(), slug, item


def fits(kind: str, column: pl.Series) -> Bools:
    """The rows whose value can be spoilt in this way."""
    if kind == "fifteen_digits":
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


def variant(name: str) -> str:
    """The name with a character that another department writes instead."""
    return name.translate({ord(a): b for a, b in VARIANTS})


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


def _impossible(values: list[str], rng: np.random.Generator) -> list[str | None]:
    return [IMPOSSIBLE_DATES[n] for n in rng.integers(0, len(IMPOSSIBLE_DATES), len(values))]


_CHANGES: dict[str, Change] = {
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
    "missing_required_item": _each(lambda v: None),
}
