"""Text tables in, a real build, its rows out: what every test of a base uses.

def test_...(build_base):
    base = build_base("natural_person", resident='''
        id_number          | name
        00000019000101001X | 张三
    ''')
    assert base.rows("person", "id_number", "name") == [("00000019000101001X", "张三")]
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pytest

from basedb import build as building
from basedb import manifest
from basedb.build import Candidate, Plan, Ranking
from basedb.connect import Engine
from basedb.inputs import Input
from basedb.spec import base
from catalog.vocab import TableSpec

SECRET = b"a secret of the tests, 32 bytes.."
# the division codes of the tests' city
AREAS = ("000000", "140200", "140213")


def text_table(text: str) -> tuple[list[str], list[list[str | None]]]:
    """Header and rows of a table with `|` between cells; an empty cell is NULL."""
    lines = [line for line in text.strip().splitlines() if line.strip()]
    cells = [[cell.strip() or None for cell in line.split("|")] for line in lines]
    return [str(cell) for cell in cells[0]], cells[1:]


def write_release(folder: Path, slug: str, table: TableSpec, text: str, *, as_of: str = "2026-11-23") -> Path:
    """A department resource's release with the rows of a text table; every row of delivery 0.

    `_row`, `_key`, `_as_of` may be columns of the text; else the line number, the same, and `as_of`.
    """
    header, rows = text_table(text)
    release = folder / slug / f"r{len(list(folder.glob(f'{slug}/*')))}"
    release.mkdir(parents=True)
    path = release / f"{slug}.parquet"
    types = {c.name: c.type for c in table.columns}
    given = {column: types.get(column, "VARCHAR") for column in header}
    defaults = {"_row": "n::bigint", "_key": "n::varchar", "_delivery": "0", "_as_of": f"date '{as_of}'"}
    kinds = {"_row": "bigint", "_delivery": "integer", "_as_of": "date"}
    with duckdb.connect() as connection:
        columns = ", ".join(f'"{column}" varchar' for column in header)
        connection.execute(f"create table delivered (n integer, {columns})")
        places = ", ".join("?" for _ in range(len(header) + 1))
        if rows:
            connection.executemany(
                f"insert into delivered values ({places})", [[line, *row] for line, row in enumerate(rows, start=2)]
            )
        typed = [f'"{column}"::{kinds.get(column, kind)} as "{column}"' for column, kind in given.items()]
        typed += [f"{default} as {column}" for column, default in defaults.items() if column not in header]
        connection.execute(f"copy (select {', '.join(typed)} from delivered order by n) to '{path}'")
    facts = {
        "release_id": release.name + "-" + manifest.file_digest(path)[:8],
        "deliveries": [{"index": 0, "delivery_id": f"{slug}-d0", "as_of": _last_day(header, rows, as_of)}],
        "tables": {slug: {"file": path.name, "columns": [{"name": c} for c in (*header, *defaults)]}},
    }
    manifest.write(release, facts)
    return release


def _last_day(header: list[str], rows: list[list[str | None]], as_of: str) -> str:
    place = header.index("_as_of") if "_as_of" in header else None
    return max([as_of, *(str(row[place]) for row in rows)]) if place is not None else as_of


@dataclass
class Built:
    """A candidate to look into."""

    candidate: Candidate

    def rows(self, table: str, *columns: str, where: str = "true", order: str = "all") -> list[tuple[object, ...]]:
        """Rows of a table, ordered by the columns asked for; all but the record key when none is named."""
        chosen = ", ".join(f'"{c}"' for c in columns) or "* exclude (record_key)"
        path = self.candidate.directory / f"{table}.parquet"
        with duckdb.connect() as connection:
            query = f"select {chosen} from read_parquet('{path}') where {where} order by {order}"
            return connection.execute(query).fetchall()

    def findings(self) -> list[tuple[object, ...]]:
        """(rule, resource, department, item, delivery_id, row), ordered."""
        path = self.candidate.directory / "findings.parquet"
        with duckdb.connect() as connection:
            return connection.execute(f"select * exclude (other) from read_parquet('{path}') order by all").fetchall()

    def told(self) -> list[tuple[object, ...]]:
        """(rule, resource, row, department that must act, the other department), ordered."""
        path = self.candidate.directory / "findings.parquet"
        with duckdb.connect() as connection:
            query = f"select rule, resource, row, department, other from read_parquet('{path}') order by all"
            return connection.execute(query).fetchall()


@dataclass
class Builder:
    """Builds a base from text tables named by role; a role without one is filled by no resource."""

    folder: Path
    releases: dict[str, Path] = field(default_factory=dict)

    def __call__(
        self, name: str, *, ranking: Ranking | None = None, departments: dict[str, str] | None = None, **roles: str
    ) -> Built:
        """Resource slug and department of a role are the role's name, unless `departments` says otherwise."""
        return Built(building.build(self.plan(name, ranking, departments or {}, roles), self.folder / "candidates"))

    def plan(self, name: str, ranking: Ranking | None, departments: dict[str, str], roles: dict[str, str]) -> Plan:
        found = base(name)
        given = {
            role: [
                Input(
                    role,
                    departments.get(role, role),
                    write_release(self.folder / "releases", role, found.spec.INPUTS[role], text),
                )
            ]
            for role, text in roles.items()
        }
        return Plan(found, given, ranking or {}, self.folder / "keymap", SECRET, self.engine, AREAS)

    def kept(self, built: Built) -> Path:
        """The inputs' releases, each in the folder of its id, as a home keeps them."""
        folder = self.folder / "kept"
        for source in built.candidate.manifest["sources"]:
            (made,) = (self.folder / "releases" / source["resource"]).iterdir()
            shutil.copytree(made, folder / source["resource"] / source["release_id"])
        return folder

    @property
    def engine(self) -> Engine:
        temp = self.folder / "tmp"
        temp.mkdir(exist_ok=True)
        return Engine(temp)


@pytest.fixture
def build_base(tmp_path: Path) -> Iterator[Builder]:
    yield Builder(tmp_path)


@pytest.fixture
def build_natural_person(build_base: Builder) -> Callable[..., Built]:
    return lambda **roles: build_base("natural_person", **roles)


@pytest.fixture
def build_legal_entity(build_base: Builder) -> Callable[..., Built]:
    return lambda **roles: build_base("legal_entity", **roles)
