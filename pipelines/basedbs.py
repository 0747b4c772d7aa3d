"""The six bases: a candidate, a blocking check, a release; and their tables as registered resources."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import dagster as dg
from sqlalchemy.orm import Session

from basedb import build, manifest, publish, spec
from basedb.identities import Identities
from basedb.inputs import Input
from catalog import (
    build_findings,
    deaths,
    identities,
    leads,
    linkages,
    quality_orders,
    rankings,
    registration,
    releases,
    resources,
)
from catalog.divisions import own_area_codes
from catalog.errors import BuildFailed, NoRelease, NotFound, ReleaseExpired, Suppressed
from catalog.keys import Purpose
from catalog.vocab import Base
from pipelines import conflicts, repairs
from pipelines.house import House
from pipelines.increments import in_force, note_changes, note_links, tell_of_deaths
from pipelines.resources import ResourceFacts


def register_bases(house: House) -> None:
    """Every base's tables as resources of the authority, its default one-source ranking and its lead department."""
    with house.transaction() as db:
        for name in Base:
            described = spec.base(name).spec
            tables = described.TABLES
            registration.enter_base_tables(db, name, described.TITLE, tables, now=house.clock(), on=house.today)
            registration.enter_authority(db, name, described.AUTHORITY, on=house.today)
        leads.enter(db, house.settings.base_leads, by="settings", on=house.today)
        deaths.enter(db, house.settings.death_notices, on=house.today)


def base_assets(name: str, inputs: Sequence[ResourceFacts]) -> dg.Definitions:
    """One base database: candidate, check, release; `inputs` are the resources it reads."""
    title = spec.base(name).spec.TITLE
    key = dg.AssetKey([name, "candidate"])

    @dg.asset(
        key=key,
        group_name=name,
        deps=[facts.key for facts in inputs],
        description=f"{title}：待发布版本",
        owners=["team:digital_government"],
        kinds={"duckdb"},
    )
    def candidate(context: dg.AssetExecutionContext, house: dg.ResourceParam[House]) -> dict[str, Any]:
        built = build_candidate(house, name)
        context.add_output_metadata(_counts(built))
        return built

    @dg.asset_check(asset=key, blocking=True, name="sound", description="发布前检查：行数、主键、必填列、外键")
    def release_is_sound(candidate: dict[str, Any]) -> dg.AssetCheckResult:
        from quality.release import faults  # Great Expectations is slow to import

        found = faults(candidate["profile"], candidate["previous"])
        return dg.AssetCheckResult(passed=not found, metadata={"faults": dg.MetadataValue.json(found)})

    @dg.asset(
        key=[name, "release"],
        ins={"built": dg.AssetIn(key)},
        group_name=name,
        description=f"{title}：现行版本",
        owners=["team:digital_government"],
        kinds={"parquet"},
    )
    def release(context: dg.AssetExecutionContext, built: dict[str, Any], house: dg.ResourceParam[House]) -> None:
        is_new = publish_candidate(house, built)
        context.add_output_metadata({"版本": built["release_id"], "是否新版本": is_new, **_counts(built)})
        house.told(name)

    return dg.Definitions(assets=[candidate, release], asset_checks=[release_is_sound])


def _counts(built: Mapping[str, Any]) -> dict[str, Any]:
    rows = {table: facts["rows"] for table, facts in built["tables"].items()}
    return {"dagster/row_count": sum(rows.values()), "各表行数": dg.MetadataValue.json(rows)}


def build_candidate(house: House, name: str) -> dict[str, Any]:
    """Build the base from the releases in force; what the check and the publishing need of it.

    The release that the same inputs, decisions, models and code gave before is taken as it is: no model runs.
    Raises BuildFailed when a model fails or the disk is nearly full; nothing is then left behind.
    """
    planned = plan(house, name)
    release_id = build.release_id(planned)
    if _is_kept(house, name, release_id):
        return _facts(house, name, house.store.manifest(name, release_id))
    if house.store.free_mb() < house.settings.min_free_mb:
        raise BuildFailed(
            f"磁盘剩余不足 {house.settings.min_free_mb} MB，未开始构建", remedy="清理磁盘或运行 sixbase prune"
        )
    before = in_force(house, name)
    planned = replace(planned, previous=house.store.release(name, before) if before else None)
    return _facts(house, name, build.build(planned, house.store.candidates).manifest)


def _is_kept(house: House, name: str, release_id: str) -> bool:
    """Whether the release was published before and its files are still there."""
    with house.transaction() as db:
        try:
            releases.get(db, name, release_id)
        except (NotFound, ReleaseExpired, Suppressed):
            return False
    return (house.store.release(name, release_id) / manifest.FILE).exists()


def _facts(house: House, name: str, made: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "unit": name,
        "release_id": made["release_id"],
        "tables": {table: {"rows": facts["rows"]} for table, facts in made["tables"].items()},
        "profile": made["profile"],
        "previous": _rows_in_force(house, name),
    }


def _rows_in_force(house: House, name: str) -> dict[str, int]:
    """Rows by table of the release in force; empty before the first."""
    with house.transaction() as db:
        try:
            return dict(releases.in_force(db, name).tables)
        except (NoRelease, ReleaseExpired):
            return {}


def plan(house: House, name: str) -> build.Plan:
    """Everything that decides what a build of the base would give now."""
    with house.transaction() as db:
        inputs = {role: _inputs(house, db, filling) for role, filling in resources.inputs_of(db, name).items()}
        ranking = rankings.ranking_of(db, name, on=house.today)
        decided = Identities(identities.same_as(db, house.keys), linkages.linked(db))
    return build.Plan(
        base=spec.base(name),
        inputs={role: filling for role, filling in inputs.items() if filling},
        ranking=ranking,
        keymap=house.store.keymap,
        secret=house.keys.current(Purpose.PLATFORM).secret,
        engine=house.engine,
        identities=decided,
        areas=own_area_codes(house.settings.division_code),
        today=house.today,
    )


def _inputs(house: House, db: Session, filling: Sequence[Any]) -> list[Input]:
    """The releases in force of the resources in one role; those without any yet are left out."""
    found = []
    for resource in filling:
        try:
            current = releases.in_force(db, resource.unit)
        except (NoRelease, ReleaseExpired):
            continue
        directory = house.store.release(resource.unit, current.release_id)
        found.append(Input(resource.slug, resource.provider.slug, directory))
    return found


def publish_candidate(house: House, built: Mapping[str, Any]) -> bool:
    """Move the candidate among the releases and put it in force, unless people rolled it back; whether that changed
    anything.

    The directory is in place before the register names it, with all that lies beside it and what it withholds: a
    crash in between publishes nothing, and nobody reads a release of which that is not known.
    """
    unit, release_id = built["unit"], built["release_id"]
    directory = house.store.candidates / unit / release_id
    if directory.exists():
        built_now = build.Candidate(unit, release_id, directory, manifest.read(directory))
        publish.publish(
            built_now, house.store.releases, keys=house.store.keymap, findings_path=_findings(house, unit, release_id)
        )
    facts, before = house.store.manifest(unit, release_id), in_force(house, unit)
    with house.transaction() as db:
        is_wanted = before != release_id and not releases.is_rolled_back(db, unit, release_id)
    died = 0
    if is_wanted:
        died = note_changes(house, unit, before, release_id)
        repairs.withhold(house, unit, release_id)
    with house.transaction() as db:
        recorded = releases.record(db, house.store, facts, now=house.clock())
        is_new = is_wanted and releases.publish(db, recorded, now=house.clock(), by="pipelines")
        if is_new:
            conflicts.record(house, db, _findings(house, unit, release_id), release_id)
            build_findings.accept(db, house.checks, unit, release_id, house.today)
            quality_orders.follow_build(db, unit, release_id, now=house.clock(), zone=house.settings.zone)
            tell_of_deaths(house, db, died, before)
        releases.pin_city(db, list(Base), now=house.clock())
    if is_new:
        note_links(house, unit, is_first=not before)
    return is_new


def _findings(house: House, unit: str, release_id: str) -> Path:
    return build_findings.file_of(house.store, unit, release_id)
