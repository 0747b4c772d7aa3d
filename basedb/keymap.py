"""The key map: which platform key a natural key got once, for ever.

HOME/keymap/<kind>/<nnnnnn>.parquet, columns natural_key, record_key; files are only added. Most
keys are what the secret gives anyway, so a build needs only the exceptions: a file states in its
metadata the fingerprint of the secret that gave all its keys, and is not read while that secret
is in force. The digest of the exceptions, with the fingerprint, belongs to a build's identity.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping, Sequence
from pathlib import Path

import duckdb

from basedb import macros
from basedb.manifest import sync
from basedb.quote import literal, name
from catalog.errors import BuildFailed

STATEMENT = "secret"


def fingerprint(secret: bytes) -> str:
    """16 hex digits that tell two secrets, or two ways of making keys from one, apart and give neither away."""
    return hmac.new(secret, b"fingerprint of sha256 keys", hashlib.sha256).hexdigest()[:16]


def load(connection: duckdb.DuckDBPyConnection, directory: Path, secret: bytes) -> str:
    """Make table `keymap` of exceptions, view `known_key` of all keys and macro `platform_key`; the digest without the view.

    A model asks the view only for what it once made of the same inputs itself: which of two keys it gave to whom.
    """
    connection.execute("create temp table keymap (kind varchar, natural_key varchar, record_key varchar)")
    macros.create_platform_key(connection, secret, exceptions=False)
    kinds = sorted(directory.iterdir()) if directory.is_dir() else []
    _view(connection, directory, [kind.name for kind in kinds])
    for kind in kinds:
        _load_exceptions(connection, kind, fingerprint(secret))
    exceptions = connection.execute(
        "select count(*), sha256(string_agg(kind || '|' || natural_key || '=' || record_key, chr(10) "
        "order by kind, natural_key)) from keymap"
    ).fetchall()[0]
    if exceptions[0]:
        macros.create_platform_key(connection, secret, exceptions=True)
    return f"{fingerprint(secret)}:{exceptions[1] or ''}"


def _view(connection: duckdb.DuckDBPyConnection, directory: Path, kinds: Sequence[str]) -> None:
    parts = ["select null::varchar as kind, null::varchar as natural_key where false"]
    for kind in kinds:
        listed = ", ".join(literal(str(path)) for path in files(directory, kind))
        parts += [f"select {literal(kind)}, natural_key from read_parquet([{listed}])"] if listed else []
    connection.execute(f"create temp view known_key as {' union all '.join(parts)}")


def files(directory: Path, kind: str) -> list[Path]:
    """The map's files of one kind, oldest first."""
    return sorted((directory / kind).glob("*.parquet"))


def write_new(
    connection: duckdb.DuckDBPyConnection,
    keys: Mapping[str, tuple[str, str]],
    directory: Path,
    secret: bytes,
    out: Path,
) -> dict[str, int]:
    """Write the keys the map lacks to `<out>/<kind>.parquet`; their number by kind."""
    return {kind: _write_kind(connection, kind, at, directory, secret, out) for kind, at in keys.items()}


def append(new: Path, directory: Path) -> None:
    """Move a build's new keys (`<new>/<kind>.parquet`) into the map, durably, one file per kind."""
    for path in sorted(new.glob("*.parquet")):
        kind = directory / path.stem
        kind.mkdir(parents=True, exist_ok=True)
        number = max((int(each.stem) for each in kind.glob("*.parquet")), default=0) + 1
        sync(path)
        path.rename(kind / f"{number:06d}.parquet")
        sync(kind)


def _load_exceptions(connection: duckdb.DuckDBPyConnection, kind: Path, current: str) -> None:
    for path in sorted(kind.glob("*.parquet")):
        if _statement(connection, path) == current:
            continue
        connection.execute(
            "insert into keymap select $kind, f.natural_key, f.record_key from read_parquet($file) f "
            "where f.record_key <> platform_key($kind, f.natural_key) and not exists "
            "(select 1 from keymap k where k.kind = $kind and k.natural_key = f.natural_key)",
            {"kind": kind.name, "file": str(path)},
        )


def _statement(connection: duckdb.DuckDBPyConnection, path: Path) -> str:
    rows = connection.execute(
        "select value from parquet_kv_metadata(?) where key = ?", [str(path), STATEMENT.encode()]
    ).fetchall()
    return bytes(rows[0][0]).decode() if rows else ""


def _write_kind(
    connection: duckdb.DuckDBPyConnection,
    kind: str,
    at: tuple[str, str],
    directory: Path,
    secret: bytes,
    out: Path,
) -> int:
    _select_new(connection, kind, at, directory)
    count, strange = connection.execute(
        "select (select count(*) from new_keys), count(*) filter (record_key <> platform_key(?, natural_key)) "
        "from (from new_keys limit 10000)",  # a model that makes its own keys makes them in every row
        [kind],
    ).fetchall()[0]
    if strange:
        raise BuildFailed(f"{at[0]} 的记录键不是由 platform_key('{kind}', {at[1]}) 得到")
    if count:
        out.mkdir(exist_ok=True)
        connection.execute(
            f"copy (from new_keys order by natural_key) to {literal(str(out / f'{kind}.parquet'))} "
            f"(format parquet, kv_metadata {{{STATEMENT}: {literal(fingerprint(secret))}}})"
        )
    return int(count)


def _select_new(connection: duckdb.DuckDBPyConnection, kind: str, at: tuple[str, str], directory: Path) -> None:
    table, natural = at
    known = [str(path) for path in files(directory, kind)]
    unseen = "anti join read_parquet($files) k using (natural_key)"
    connection.execute(
        "create or replace temp table new_keys as select * from "
        f"(select distinct {name(natural)}::varchar as natural_key, record_key from {name(table)} "
        f"where {name(natural)} is not null) t " + (unseen if known else ""),
        {"files": known} if known else None,
    )
