"""Identity decisions in a build: natural keys that name one thing, and statements that reviewers linked.

Tables that models may read: `same_as(kind, natural_key, canonical)`, each group whole with its canonical
key, and `linked(kind, statement_key, record_key)`, where a record key of NULL says that the statement
speaks of nobody known. Both are empty in most cities; then the macros cost nothing:
`canonical(kind, natural)`: the natural key under which the thing stands;
`is_merged(kind, natural)`: whether several natural keys name the thing.
`platform_key` gives the key of the canonical natural key, in every base.
"""

from __future__ import annotations

import hmac
from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from basedb import macros
from basedb.manifest import canonical as canonical_json
from basedb.spec import Base

Row = tuple[str, str, str | None]


@dataclass(frozen=True, slots=True)
class Identities:
    """What was decided. same: (kind, natural key, canonical natural key) of whole groups; linked: (kind,
    statement key, record key or None)."""

    same: Sequence[tuple[str, str, str]] = ()
    linked: Sequence[Row] = ()

    def of(self, base: Base) -> Identities:
        """Those that can change something in the base."""
        kinds = base.kinds
        return Identities(
            tuple(sorted(each for each in self.same if each[0] in kinds)),
            tuple(sorted((each for each in self.linked if each[0] in base.spec.KEYS), key=lambda e: e[:2])),
        )

    def digest(self, secret: bytes) -> str:
        """Tells two sets of decisions apart and gives no natural key away; "" of none."""
        if not self.same and not self.linked:
            return ""
        return hmac.digest(secret, b"identities" + canonical_json([self.same, self.linked]), "sha256").hex()


def create(connection: duckdb.DuckDBPyConnection, found: Identities, secret: bytes) -> None:
    """Make both tables and the macros; needs `keymap`, whose rows of merged natural keys are replaced."""
    connection.execute("create temp table same_as (kind varchar, natural_key varchar, canonical varchar)")
    connection.execute("create temp table linked (kind varchar, statement_key varchar, record_key varchar)")
    connection.execute("create temp table merged_key (kind varchar, record_key varchar, merged_into varchar)")
    _insert(connection, "linked", found.linked)
    _insert(connection, "same_as", found.same)
    if found.same:
        _merge(connection, secret)
    macros.create_identities(connection, is_empty=not found.same)


def merged(connection: duckdb.DuckDBPyConnection, kind: str) -> dict[str, str]:
    """Keys of a kind that lead to another record in this build -> that record's key, in order.

    Two for a natural key whose mapped key is not what the secret gives: by the second a reader finds its name.
    """
    rows = connection.execute(
        "select record_key, merged_into from merged_key where kind = ? order by record_key", [kind]
    ).fetchall()
    return dict(rows)


def _merge(connection: duckdb.DuckDBPyConnection, secret: bytes) -> None:
    loses = "from same_as s where s.natural_key <> s.canonical"
    into = "platform_key(s.kind, s.canonical)"
    connection.execute(f"insert into merged_key select s.kind, platform_key(s.kind, s.natural_key), {into} {loses}")
    connection.execute(f"create temp table keymap_of_merged as select s.kind, s.natural_key, {into} {loses}")
    macros.create_platform_key(connection, secret, exceptions=False)
    connection.execute(
        "insert into merged_key select m.* from (select k.kind, platform_key(k.kind, k.natural_key) as record_key, "
        "k.record_key as merged_into from keymap_of_merged k(kind, natural_key, record_key)) m "
        "anti join merged_key o on o.kind = m.kind and o.record_key = m.record_key"
    )
    connection.execute("delete from keymap k using keymap_of_merged m "
                       "where k.kind = m.kind and k.natural_key = m.natural_key")  # fmt: skip
    connection.execute("insert into keymap from keymap_of_merged")
    macros.create_platform_key(connection, secret, exceptions=True)


def _insert(connection: duckdb.DuckDBPyConnection, table: str, rows: Sequence[Row]) -> None:
    if rows:
        connection.executemany(f"insert into {table} values (?, ?, ?)", [list(row) for row in rows])
