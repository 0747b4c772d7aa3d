"""Every field of a catalog workbook, told once: meaning, example, usual return reasons, basis.

The template's first sheet, its cell notes, the pages and the reader's limits all come from data/fields.csv.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path
from types import MappingProxyType

from catalog import vocab
from catalog.guide import CLASS_DIGITS, PROJECT_KINDS, PROJECT_STATES
from catalog.vocab import Term

GUIDE = "《政务信息资源目录编制指南（试行）》（发改高技〔2017〕1272号）"
DECREE = "《政务数据共享条例》（国务院令第809号）"
LOCAL = "《大同市政务信息化项目建设应用管理办法》"
SECRECY = "《中华人民共和国保守国家秘密法》"
PERSONAL = "《中华人民共和国个人信息保护法》"
HOUSE = "平台报送约定"
YES_NO = ("是", "否")


class Level(StrEnum):
    """Which sheet and part a field belongs to."""

    DEPARTMENT = "department"
    PROJECT = "project"
    RESOURCE = "resource"
    ITEM = "item"


@dataclass(frozen=True, slots=True)
class Field:
    """One field. choices: the only values; required: an empty cell is a fault; limit: characters at most."""

    heading: str
    level: Level
    english: str
    meaning: str
    example: str
    returns: str
    basis: str
    required: bool = False
    choices: tuple[str, ...] = ()
    limit: int = 200


def _labels(kind: type[Term]) -> tuple[str, ...]:
    return tuple(member.label for member in kind)


_FILE = Path(__file__).with_name("data") / "fields.csv"
# the lists of values that fields.csv names
_CHOICES = {
    "": (),
    "YES_NO": YES_NO,
    "CLASS_DIGITS": tuple(CLASS_DIGITS),
    "PROJECT_KINDS": PROJECT_KINDS,
    "PROJECT_STATES": PROJECT_STATES,
} | {name: _labels(kind) for name, kind in vars(vocab).items() if isinstance(kind, type) and issubclass(kind, Term)}


def _rows() -> Sequence[Mapping[str, str]]:
    with _FILE.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _field(row: Mapping[str, str]) -> Field:
    return Field(
        heading=row["heading"],
        level=Level(row["level"]),
        english=row["english"],
        meaning=row["meaning"],
        example=row["example"],
        returns=row["returns"],
        basis=row["basis"],
        required=row["required"] == "是",
        choices=_CHOICES[row["choices"]],
        limit=int(row["limit"]),
    )


FIELDS = tuple(map(_field, _rows()))
_ENGLISH_BASES = {
    GUIDE: "Guide to compiling catalogs of government information resources (trial, NDRC 2017 no. 1272)",
    DECREE: "Regulations on sharing government data (State Council decree no. 809)",
    LOCAL: "Datong measures for government IT projects",
    SECRECY: "Law on guarding state secrets",
    PERSONAL: "Personal information protection law",
    HOUSE: "The platform's rules of delivery",
}
HELP: Mapping[str, Field] = MappingProxyType({field.heading: field for field in FIELDS})


def headings(level: Level) -> tuple[str, ...]:
    """The headings of one level, in the template's order."""
    return tuple(field.heading for field in FIELDS if field.level is level)


@cache
def english_help() -> Mapping[str, tuple[str, str, str]]:
    """Heading -> meaning, usual return reasons and example in English; "" for an example that is of no language."""
    return {row["heading"]: (row["meaning_en"], row["returns_en"], row["example_en"]) for row in _rows()}


def english_basis(basis: str) -> str:
    """The name of a basis in English, with the article where one is named; a standard's number as it is."""
    name = next((each for each in _ENGLISH_BASES if basis.startswith(each)), "")
    article = basis.removeprefix(name).removeprefix("第").removesuffix("条")
    return f"{_ENGLISH_BASES[name]}{f', article {_number(article)}' if article else ''}" if name else basis


def _number(text: str) -> int:
    """A Chinese numeral below a hundred."""
    tens, ten, ones = text.rpartition("十")
    digits = "零一二三四五六七八九"
    return (digits.index(tens) if tens else bool(ten)) * 10 + (digits.index(ones) if ones else 0)
