"""Identifiers: right by the standards' own samples and by another library."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest
from stdnum.cn import uscc
from stdnum.iso7064 import mod_37_36

from sample.codes import citizen_check, citizen_ids, constant, credit_codes, department_code, licence_ids
from tests.sample.conftest import City


@pytest.mark.parametrize(
    "valid", ["11010519491231002X", "440524188001010014", "140213199003070018", "142132197208150034"]
)
def test_the_check_of_a_citizen_identifier(valid: str) -> None:
    area, day, serial = (np.array([int(part)]) for part in (valid[:6], valid[6:14], valid[14:17]))
    assert citizen_check(valid[:17]) == valid[17]
    assert citizen_ids(area, day, serial).to_list() == [valid]


def organisation_check_is_right(code: str) -> bool:
    """GB 11714 by hand: weights 3 7 9 10 5 8 4 2, modulus 11."""
    values = [int(character, 36) for character in code[8:16]]
    check = (11 - sum(v * w for v, w in zip(values, (3, 7, 9, 10, 5, 8, 4, 2), strict=True))) % 11
    return code[16] == ("X" if check == 10 else str(check))


def test_credit_codes_pass_both_checks() -> None:
    found = credit_codes(constant("91", 500), "140213", np.arange(500) * 977 + 10**7).to_list()
    assert len(set(found)) == 500
    assert all(uscc.is_valid(code) and organisation_check_is_right(code) for code in found)


def test_licence_identifiers_pass_mod_37_36() -> None:
    types = pl.Series(["11100000000013338W011"] * 50)
    found = licence_ids(types, pl.Series([department_code(2)] * 50), np.arange(50)).to_list()
    bodies = [code.removeprefix("1.2.156.3005.2.").replace(".", "") for code in found]
    assert all(mod_37_36.is_valid(body) for body in bodies)
    assert not mod_37_36.is_valid(bodies[0][:-1] + ("A" if bodies[0][-1] != "A" else "B"))


def test_everyone_of_the_city_has_a_right_identifier(city: City) -> None:
    people = pl.read_parquet(city.folder / "truth" / "persons.parquet")
    for number, birth, sex in people.select("id_number", "birth_date", "sex_code").iter_rows():
        assert citizen_check(number[:17]) == number[17]
        assert number[6:14] == birth.strftime("%Y%m%d")
        assert int(number[16]) % 2 == int(sex) % 2


def test_every_organisation_of_the_city_has_a_right_code(city: City) -> None:
    codes = pl.read_parquet(city.folder / "truth" / "entities.parquet")["credit_code"]
    assert codes.is_unique().all()
    assert all(uscc.is_valid(code) and organisation_check_is_right(code) for code in codes)
