"""The registered departments and resources of `sample.resources`, parsed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sample.resources import DEPARTMENTS, OBSERVATION_ITEMS, RESOURCES, Resource


@dataclass(frozen=True)
class Department:
    """A department of the city; number counts from 1 in the order of the list."""

    slug: str
    name: str
    number: int

    @property
    def full_name(self) -> str:
        return "大同" + self.name


@dataclass(frozen=True)
class Item:
    """One data item (信息项) as its line in the contract states it."""

    code: str
    name: str
    type: str
    length: int | None
    flags: str
    domain: tuple[tuple[str, str], ...]

    def domain_of(self, kind: str) -> str:
        """The value of one kind of domain (`codes`, `range`...), empty when there is none."""
        return next((value for name, value in self.domain if name == kind), "")


@cache
def departments() -> tuple[Department, ...]:
    """All departments, in the order of their numbers."""
    lines = [line for line in DEPARTMENTS.strip().splitlines() if line.strip()]
    pairs = [[part.strip() for part in line.split("|")] for line in lines]
    return tuple(Department(slug, name, number) for number, (slug, name) in enumerate(pairs, 1))


@cache
def department(slug: str) -> Department:
    return next(d for d in departments() if d.slug == slug)


@cache
def resource(slug: str) -> Resource:
    return next(r for r in RESOURCES if r.slug == slug)


def resources_of(department_slug: str) -> list[Resource]:
    return [r for r in RESOURCES if r.department == department_slug]


@cache
def items(slug: str) -> tuple[Item, ...]:
    """The items of a resource, in order."""
    text = resource(slug).items
    lines = (OBSERVATION_ITEMS if text == "@observation" else text).strip().splitlines()
    return tuple(_item(line) for line in lines if line.strip())


def _item(line: str) -> Item:
    code, name, kind, flags, domain = (part.strip() for part in line.split("|", 4))
    parts = [part.partition(":") for part in domain.split(";") if part]
    length = int(kind[1:]) if kind[1:] else None
    return Item(code, name, kind[0], length, flags, tuple((k.strip(), v.strip()) for k, _, v in parts))
