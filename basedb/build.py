"""Build one base: inputs and models in, a candidate out, or nothing at all.

The candidate is a folder `<out>/<base>/<release_id>/` with a Parquet file per table,
`<table>.sqlite` for look-ups, `findings.parquet`, `keys/<kind>.parquet` (new platform keys, moved into the key
map when published) and, written last, `manifest.json`.
"""

from __future__ import annotations

import shutil
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from basedb import findings, identities, inputs, keymap, lookup, lookup_refresh, macros, manifest, tables
from basedb.connect import Engine, connect
from basedb.identities import Identities
from basedb.inputs import Inputs, Source
from basedb.profile import TableProfile, profile
from basedb.quote import literal, name
from basedb.spec import Base
from catalog.vocab import is_witness

Ranking = Mapping[str, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A built release that nobody reads yet. new_keys: platform keys not yet mapped, by kind."""

    unit: str
    release_id: str
    directory: Path
    manifest: manifest.Manifest
    profile: tuple[TableProfile, ...] = ()
    findings: int = 0
    new_keys: Mapping[str, int] | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that decides what a build gives.

    areas: codes under which the city gave out identifiers. identities: what was decided on who is the same.
    today: the day in the city; what speaks of a month that has not begun counts as of the end of this one.
    previous: the folder of an earlier release, whose look-up files may be taken over; it decides nothing.
    """

    base: Base
    inputs: Inputs
    ranking: Ranking
    keymap: Path
    secret: bytes
    engine: Engine
    areas: Sequence[str] = ()
    identities: Identities = field(default_factory=Identities)
    previous: Path | None = None
    today: date | None = None

    @property
    def until(self) -> date | None:
        """The last day of this month, to which deliveries of running periods speak; None without a clock."""
        if self.today is None:
            return None
        return self.today.replace(day=monthrange(self.today.year, self.today.month)[1])

    def _capped(self, known: Sequence[Source]) -> str:
        """The bound where a source speaks of a day beyond it, else "": the clock decides nothing then."""
        until = self.until.isoformat() if self.until else ""
        return until if until and any(source.as_of > until for source in known) else ""

    def identify(self, known: Sequence[Source], keys: str) -> str:
        """Digest of inputs, models and code: equal identities give equal releases."""
        return manifest.digest(
            {
                "unit": self.base.name,
                "code": manifest.code_version(),
                "models": _digests(self.base),
                "roles": {role: sorted(each.resource for each in filling) for role, filling in self.inputs.items()},
                "sources": [[s.resource, s.department, s.release_id] for s in known],
                "ranking": {a: list(macros.ranking_in_force(a, r, self.ranking)) for a, r in self._authority},
                "keys": keys,
                "areas": sorted(self.areas),
                "until": self._capped(known),
                "identities": self.identities.of(self.base).digest(self.secret),
            }
        )

    @property
    def _authority(self) -> list[tuple[str, tuple[str, ...]]]:
        return sorted(self.base.spec.AUTHORITY.items())


def build(plan: Plan, out: Path) -> Candidate:
    """A candidate of the base in `<out>/<base>/<release_id>/`, replacing what a killed build left.

    Raises BuildFailed with the model's file name; the folder is then gone and the last release
    stays in force.
    """
    with connect(plan.engine, "sqlite_scanner", *plan.base.extensions) as connection:
        known = inputs.sources(plan.inputs)
        identity = plan.identify(known, keymap.load(connection, plan.keymap, plan.secret))
        directory = out / plan.base.name / manifest.release_id(identity)
        shutil.rmtree(directory, ignore_errors=True)
        directory.mkdir(parents=True)
        try:
            return _build(plan, connection, known, identity, directory)
        except BaseException:
            shutil.rmtree(directory, ignore_errors=True)
            raise


def release_id(plan: Plan) -> str:
    """The release that this plan would build; no model runs."""
    with connect(plan.engine) as connection:
        keys = keymap.load(connection, plan.keymap, plan.secret)
    return manifest.release_id(plan.identify(inputs.sources(plan.inputs), keys))


def _build(
    plan: Plan, connection: duckdb.DuckDBPyConnection, known: Sequence[Source], identity: str, directory: Path
) -> Candidate:
    spec = plan.base.spec
    prepare(plan, connection, known)
    for step in plan.base.steps:
        step.run(connection)
    profiles = _profile(plan, connection)
    written = {table.name: tables.write(connection, table, directory) for table in spec.TABLES}
    found = findings.write(connection, directory)
    new = keymap.write_new(connection, spec.KEYS, plan.keymap, plan.secret, directory / "keys")
    quality = _quality(plan, connection)
    indexed = {table.name: lookup.indexes(table) for table in spec.TABLES}
    lookup_refresh.write(plan.previous, directory, written, indexed, plan.engine)
    _note_merged(connection, plan, written)
    facts = _manifest(plan, known, identity, written) | {
        "profile": [asdict(each) for each in profiles],
        "findings": found,
        "quality": quality,
    }
    manifest.write(directory, facts)
    return Candidate(plan.base.name, directory.name, directory, facts, profiles, int(found["rows"]), new)


def _note_merged(connection: duckdb.DuckDBPyConnection, plan: Plan, written: dict[str, Any]) -> None:
    """Say in the tables' entries which record keys lead to another record in this release."""
    for kind in plan.base.spec.KEYS:
        found = identities.merged(connection, kind)
        if found and (table := plan.base.home(kind)) in written:
            written[table]["merged"] = {"kind": kind, "into": found}


def prepare(plan: Plan, connection: duckdb.DuckDBPyConnection, known: Sequence[Source]) -> None:
    """Make what models read and call: views of the inputs, golden macros, fixed tables, empty findings."""
    identities.create(connection, plan.identities.of(plan.base), plan.secret)
    inputs.create_sources(connection, known)
    inputs.create_views(connection, plan.base.spec.INPUTS, plan.inputs, known)
    inputs.set_keys(connection, plan.inputs, known)
    inputs.set_as_of(connection, plan.base.spec.INPUTS, plan.until)
    macros.create_golden(connection, plan.base.spec.AUTHORITY, plan.ranking)
    macros.create_own_area(connection, plan.areas)
    findings.create(connection)
    for path in plan.base.data:
        connection.execute(
            f"create temp table {name(path.stem)} as from read_csv({literal(str(path))}, header = true, all_varchar = true)"
        )


def _profile(plan: Plan, connection: duckdb.DuckDBPyConnection) -> tuple[TableProfile, ...]:
    for table in plan.base.spec.TABLES:
        tables.require_columns(connection, table)
    return profile(connection, plan.base.spec.TABLES, plan.base.spec.REFERENCES)


def _quality(plan: Plan, connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """Rows read, and how many of them no build finding names; rows that only witness are neither."""
    judged = [role for role in plan.base.spec.INPUTS if not is_witness(role)]
    read = " + ".join(f"(select count(*) from {inputs.view(role)})" for role in judged)
    named = (
        "select distinct source, delivery, row from findings join sources on code = source where resource in $judged"
    )
    resources = {each.resource for role in judged for each in plan.inputs.get(role, ())}
    rows, bad = connection.execute(
        f"select {read}, (select count(*) from ({named}))", {"judged": sorted(resources)}
    ).fetchall()[0]
    return {"rows": rows, "good": rows - bad, "share_passed": round((rows - bad) / rows, 6) if rows else 1.0}


def _manifest(plan: Plan, known: Sequence[Source], identity: str, written: dict[str, Any]) -> manifest.Manifest:
    return {
        "format_version": manifest.FORMAT_VERSION,
        "unit": plan.base.name,
        "release_id": manifest.release_id(identity),
        "identity": identity,
        "code_version": manifest.code_version(),
        "built_from": [{"unit": s.resource, "release_id": s.release_id} for s in known],
        "sources": [_source_facts(each) for each in known],
        "tables": {table: facts | {"has_lookup": True} for table, facts in written.items()},
    }


def _source_facts(source: Source) -> dict[str, Any]:
    names = {"resource": source.resource, "department": source.department}
    return {"code": source.code, **names, "release_id": source.release_id}


def _digests(base: Base) -> dict[str, str]:
    return {path.name: manifest.file_digest(path) for path in base.files}
