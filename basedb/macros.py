"""Macros that models use: platform keys and golden values.

`platform_key(kind, natural)`: 20 hex digits, opaque and stable: the mapped key when the key map
differs from what the secret gives, else the keyed digest (docs/decisions/0008).
`canonical(kind, natural)`, `is_merged(kind, natural)`: see `basedb.identities`.
`key_part(text)`: an item as it stands in a natural key of several, see `catalog.natural_keys`.
`pick_<table>_<attribute>(role, ...)`: the value of the most trusted role that has one.
`source_<table>_<attribute>(role, role_source, ...)`: the code of the source that value came from.
`is_own_area(code)`: whether the city gave out identifiers under that division code.
Arguments follow the spec's default ranking; the ranking in force may be another.
"""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence

import duckdb

from basedb.quote import name
from catalog import natural_keys
from catalog.errors import BuildFailed

BLOCK = 64

HMAC = "sha256(getvariable('{key}_opad') || unhex(sha256(getvariable('{key}_ipad') || encode({text}))))"


def create_hmac(connection: duckdb.DuckDBPyConnection, macro: str, secret: bytes) -> None:
    """Make `macro(text)`: HMAC-SHA256 as 64 hex digits; the pads are variables, never in a catalog."""
    padded = secret.ljust(BLOCK, b"\0")
    if len(padded) > BLOCK:
        raise ValueError(f"a secret of more than {BLOCK} bytes")
    connection.execute(f"set variable {macro}_ipad = ?::blob", [bytes(b ^ 0x36 for b in padded)])
    connection.execute(f"set variable {macro}_opad = ?::blob", [bytes(b ^ 0x5C for b in padded)])
    connection.execute(f"create or replace temp macro {macro}(txt) as {HMAC.format(key=macro, text='txt')}")


def create_platform_key(connection: duckdb.DuckDBPyConnection, secret: bytes, *, exceptions: bool) -> None:
    """Make `platform_key`; with exceptions it first asks table `keymap(kind, natural_key, record_key)`."""
    connection.execute("set variable platform_prefix = ?", [_prefix(secret)])
    plain = "left(sha256(getvariable('platform_prefix') || kind_ || '|' || natural_), 20)"
    mapped = "(select m.record_key from keymap m where m.kind = kind_ and m.natural_key = natural_)"
    body = f"coalesce({mapped}, {plain})" if exceptions else plain
    connection.execute(f"create or replace temp macro platform_key(kind_, natural_) as {body}")
    connection.execute(f"create or replace temp macro key_part(item_) as {natural_keys.part('item_')}")


def create_identities(connection: duckdb.DuckDBPyConnection, *, is_empty: bool) -> None:
    """Make `canonical` and `is_merged`; unless it is empty they ask table `same_as(kind, natural_key, canonical)`."""
    known = "s.kind = kind_ and s.natural_key = natural_"
    canonical = f"coalesce((select s.canonical from same_as s where {known}), natural_)"
    merged = f"exists (select 1 from same_as s where {known})"
    connection.execute(f"create temp macro canonical(kind_, natural_) as {'natural_' if is_empty else canonical}")
    connection.execute(f"create temp macro is_merged(kind_, natural_) as {'false' if is_empty else merged}")


def plain_key(secret: bytes, kind: str, natural: str) -> str:
    """The key that the secret gives a natural key, as the macro does where the key map has no other."""
    return hashlib.sha256(f"{_prefix(secret)}{kind}|{natural}".encode()).hexdigest()[:20]


def _prefix(secret: bytes) -> str:
    """24 characters, 144 bits of the secret: with a kind and an identifier they fill one block of SHA-256."""
    return urlsafe_b64encode(hmac.new(secret, b"platform key", hashlib.sha256).digest()[:18]).decode()


def create_own_area(connection: duckdb.DuckDBPyConnection, areas: Sequence[str]) -> None:
    """Make `is_own_area`; of a code that is NULL it says no."""
    connection.execute("set variable own_areas = $areas::varchar[]", {"areas": sorted(areas)})
    connection.execute(
        "create temp macro is_own_area(code) as coalesce(code in (select unnest(getvariable('own_areas'))), false)"
    )


def create_golden(
    connection: duckdb.DuckDBPyConnection,
    authority: Mapping[str, tuple[str, ...]],
    ranking: Mapping[str, Sequence[str]],
) -> None:
    """Make the `pick_` and `source_` macros of every attribute in `authority`, and variable `golden_first`.

    golden_first: `<table>.<attribute>(<role>)` of the role that comes first in each ranking in force.
    """
    first = []
    for attribute, roles in authority.items():
        chosen = ranking_in_force(attribute, roles, ranking)
        first.append(f"{attribute}({chosen[0]})")
        stem = attribute.replace(".", "_")
        connection.execute(f"create temp macro {name('pick_' + stem)}({_values(roles)}) as {_pick(chosen)}")
        connection.execute(f"create temp macro {name('source_' + stem)}({_pairs(roles)}) as {_source(chosen)}")
    connection.execute("set variable golden_first = $first::varchar[]", {"first": first})


def ranking_in_force(attribute: str, roles: tuple[str, ...], ranking: Mapping[str, Sequence[str]]) -> tuple[str, ...]:
    """The register's ranking, else the default; a role that the register leaves out is no source."""
    chosen = tuple(ranking.get(attribute, roles))
    unknown = [role for role in chosen if role not in roles]
    if unknown or not chosen:
        raise BuildFailed(
            f"一数一源登记中 {attribute} 的来源无法识别：{'、'.join(unknown) or '空'}",
            remedy=f"可用的来源：{'、'.join(roles)}",
            attribute=attribute,
        )
    return chosen


def _values(roles: tuple[str, ...]) -> str:
    return ", ".join(name(role) for role in roles)


def _pairs(roles: tuple[str, ...]) -> str:
    return ", ".join(f"{name(role)}, {name(role + '_source')}" for role in roles)


def _pick(roles: tuple[str, ...]) -> str:
    return f"coalesce({_values(roles)})"


def _source(roles: tuple[str, ...]) -> str:
    cases = " ".join(f"when {name(role)} is not null then {name(role + '_source')}" for role in roles)
    return f"case {cases} end"
