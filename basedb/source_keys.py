"""How the rows of a source that speak of a record are found: what names the thing in both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from basedb.quote import literal, name
from basedb.spec import Base
from catalog.vocab import IdentifierKind, TableSpec

PERSON_LINK = "person_link"


class Match(NamedTuple):
    """A value that stands in the record and in the source's row.

    record: a column, or `column>column` over references. items: what it may be called in a source. fold: SQL over the
    source's value, `{}`, where the base keeps it in another form.
    """

    record: str
    items: tuple[str, ...]
    fold: str = "{}"


Matches = tuple[Match, ...]


@dataclass(frozen=True, slots=True)
class Finder:
    """Finds the rows of sources about one record of a table; ways: the exact one first."""

    base: Base
    table: TableSpec
    directory: Path
    ways: tuple[Matches, ...]

    @property
    def record(self) -> str:
        """The record `$key` with what leads to its sources, as common table expressions `record`, `linked` and `same`.

        `$same` are natural keys of merged groups, `$canonical` for each the one under which its group stands.
        """
        paths = {match.record for way in self.ways for match in way}
        joins = dict(each for path in sorted(paths) for each in self._joins(path))
        chosen = ", ".join(f"{self._value(path)}::varchar as {name(_called(path))}" for path in sorted(paths))
        joined = " ".join(f"left join {self._file(t)} {a} on {a}.record_key = {on}" for a, (t, on) in joins.items())
        more = f", {chosen}" if chosen else ""
        record = f"record as (select r.*{more} from {self._file(self.table.name)} r {joined} where r.record_key = $key)"
        same = "same as (select unnest($same::varchar[]) as natural_key, unnest($canonical::varchar[]) as canonical)"
        return f"{record}, linked as ({self._linked()}), {same}"

    def called(self, item: str, held: Iterable[str]) -> str | None:
        """What an item is called in a source that holds these columns."""
        names = [
            item,
            *(each for way in self.ways for m in way if m.record == item and m.fold == "{}" for each in m.items),
        ]
        return next((each for each in names if each in held), None)

    def conditions(self, held: set[str]) -> Iterator[tuple[int, str]]:
        """(rank, condition on row `s`) for each way that a source with these columns allows."""
        for rank, way in enumerate(self.ways):
            parts = [self._condition(match, held, is_first=n == 0) for n, match in enumerate(way)]
            if all(parts):
                yield rank, " and ".join(f"({part})" for part in parts)
        if "record_key" in held and self._person:
            yield len(self.ways), "s.record_key in (select row_key from linked)"

    def _condition(self, match: Match, held: set[str], *, is_first: bool) -> str:
        """ "" for a source that holds none of the items."""
        wanted = f"select {name(_called(match.record))} from record"
        sides = [match.fold.format(f"s.{name(item)}") + "::varchar" for item in match.items if item in held]
        if not is_first:
            return " or ".join(f"{side} is not distinct from ({wanted})" for side in sides)
        group = f"select canonical from same where natural_key in ({wanted})"
        wanted += f" union all select natural_key from same where canonical in ({group})"
        return " or ".join(f"{side} in ({wanted})" for side in sides)

    @property
    def _person(self) -> str:
        """The column of the record that holds the key of a person to whom statements are linked, or ""."""
        if PERSON_LINK not in {table.name for table in self.base.spec.TABLES} or self.table.name == PERSON_LINK:
            return ""
        return "record_key" if self.table.name == "person" else "person_key" if "person_key" in self.table.names else ""

    def _linked(self) -> str:
        """The keys of the delivered rows that were linked to the record's person, or stand in it without identifier."""
        if not self._person:
            return "select null::varchar as row_key where false"
        return (
            f"select row_key from {self._file(PERSON_LINK)} "
            f"where band = 'linked' and person_key in (select {name(self._person)} from record)"
        )

    def _joins(self, path: str) -> Iterator[tuple[str, tuple[str, str]]]:
        """(alias, (table, key that leads there)) of each step of a path."""
        steps, alias, table = path.split(">"), "r", self.table.name
        for n in range(1, len(steps)):
            on, table = f"{alias}.{name(steps[n - 1])}", self._target(table, steps[n - 1])
            alias = "j_" + "_".join(steps[:n])
            yield alias, (table, on)

    def _value(self, path: str) -> str:
        *steps, column = path.split(">")
        alias = "j_" + "_".join(steps) if steps else "r"
        return f"{alias}.{name(column)}"

    def _target(self, table: str, column: str) -> str:
        spec = self.base.spec
        reference = spec.REFERENCES.get(f"{table}.{column}")
        return reference.split(".")[0] if reference else spec.LINKS[f"{table}.{column}"].split(".")[1]

    def _file(self, table: str) -> str:
        return f"read_parquet({literal(str(self.directory / f'{table}.parquet'))})"


def finder(base: Base, table: str, directory: Path) -> Finder:
    """The finder of a table's records: `SOURCE_KEYS` of the spec, else by the natural key that is one column."""
    spec = base.table(table)
    stated: dict[str, tuple[Matches, ...]] = getattr(base.spec, "SOURCE_KEYS", {})
    return Finder(base, spec, directory, stated.get(table) or tuple(_natural(base, spec)))


def _natural(base: Base, table: TableSpec) -> Iterator[Matches]:
    """By the one column that names the record in its sources too; items of its kind of identifier, else its own name."""
    if len(table.key) != 1 or table.key == ("record_key",):
        return
    natural = table.column(table.key[0])
    if natural.identifier is None:
        yield (Match(natural.name, (natural.name,)),)
        return
    columns = (c for role in base.spec.INPUTS.values() for c in role.columns)
    names = tuple(dict.fromkeys(c.name for c in columns if c.identifier is natural.identifier))
    yield (Match(natural.name, names),)
    if natural.identifier is IdentifierKind.CREDIT_CODE:
        # a code that is not valid names a firm all the same
        yield (Match(natural.name, tuple(f"{each}_raw" for each in names)),)


def _called(path: str) -> str:
    return "_match_" + path.replace(">", "_of_")
