"""The main job on a sample city: register its catalogs, take its deliveries in, build and publish.

Everything goes the way it goes in earnest: workbooks, watched folder, front-end databases, Dagster.
"""

from __future__ import annotations

import os
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import dagster as dg
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from catalog import departments, lifecycle, projects, registration, releases, resources, workbook
from catalog.models import Delivery, Department, FindingRow, Resource
from catalog.register import migrate, open_engine, transaction
from catalog.settings import Settings
from catalog.store import Store
from catalog.vocab import Base, DeliveryState
from pipelines.basedbs import register_bases
from pipelines.definitions import build_definitions, due_assets, note_late
from pipelines.house import House
from pipelines.landing import collect, pull

DAGSTER_YAML = Path(__file__).parents[1] / "dagster_home" / "dagster.yaml"


def initialise(settings: Settings) -> Store:
    """A home with its folders, its register at the newest migration with reference data, keys, Dagster's folder."""
    from catalog.keys import Keys

    store = Store(settings.home.absolute()).prepare()
    migrate(settings.database_url)
    engine = open_engine(settings.database_url)
    with transaction(engine) as db:
        registration.enter_reference_data(db)
    engine.dispose()
    Keys(store.keys).ensure()
    store.dagster.mkdir(exist_ok=True)
    shutil.copyfile(DAGSTER_YAML, store.dagster / "dagster.yaml")
    return store


def register_workbooks(house: House, paths: Iterable[Path], *, by: str, publish: bool) -> list[str]:
    """Enter catalog workbooks, all or none; slugs that are new or changed, submitted and published on wish.

    Once the authority is known, the tables of the six bases are registered as its resources.
    """
    changed: list[str] = []
    with house.transaction() as db:
        registration.enter_reference_data(db)
        for path in paths:
            entered = registration.enter_catalog(
                db,
                workbook.read(path),
                authority=house.settings.authority_slug,
                now=house.clock(),
                on=house.today,
                by=by,
                reason="目录工作簿导入",
                zone=house.settings.zone,
            )
            changed += [*entered.changed, *entered.revised]
            house.told(entered.department)
        for slug in changed if publish else ():
            _review(db, house, resources.get(db, slug), by)
        has_authority = departments.has_authority(db)
    if has_authority:
        register_bases(house)
    return changed


def _review(db: Session, house: House, resource: Resource, by: str) -> None:
    """Submit as the department, publish as the authority."""
    step: dict[str, Any] = {"now": house.clock(), "today": house.today, "by": by}
    lifecycle.submit(db, resource, **step)
    lifecycle.publish(db, resource, **step)


def deliver_city(house: House, city: Path) -> list[str]:
    """Put the city's files where departments put them, then take them in; ids of the deliveries."""
    for path in sorted((city / "landing").glob("*/*/*")):
        target = house.store.landing / path.relative_to(city / "landing")
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target.with_name(target.name + ".part")).rename(target)
    house.store.frontend.mkdir(exist_ok=True)
    for path in sorted((city / "frontend").glob("*.sqlite")):
        shutil.copyfile(path, house.store.frontend / path.name)
    received, _ = collect(house)
    pulled, _ = pull(house)
    return received + pulled


def run_city(house: House) -> list[str]:
    """One Dagster run over what is due; what failed, step by step."""
    os.environ["DAGSTER_HOME"] = str(house.store.dagster)
    with house.transaction() as db:
        is_first = not releases.current_ids(db)
    if is_first:  # who is late is noted on the city's one day; run again, it is the same day
        note_late(house)
    keys = due_assets(house)
    if not keys:
        return []
    definitions = build_definitions(house)
    job = definitions.resolve_job_def("city")
    with dg.DagsterInstance.get() as instance:
        result = job.execute_in_process(
            instance=instance,
            asset_selection=keys,
            run_config={"loggers": {"console": {"config": {"log_level": "CRITICAL"}}}},
            raise_on_error=False,
        )
    return [_failure(event) for event in result.all_events if event.is_step_failure]


def _failure(event: dg.DagsterEvent) -> str:
    """The step and the error at the bottom of it, as the house words it."""
    error = event.step_failure_data.error
    while error is not None and error.cause is not None:
        error = error.cause
    return f"{event.step_key}: {error.message.strip() if error else '-'}"


def summary(house: House) -> dict[str, Any]:
    """What the register holds after the job: deliveries, findings and releases, in counts."""
    with house.transaction() as db:
        states = Counter(state for (state,) in db.execute(select(Delivery.state)))
        current = releases.current_ids(db)
        return {
            "departments": db.scalar(select(func.count()).select_from(Department)),
            "resources": len(resources.published(db)),
            "deliveries": {
                "received": sum(states.values()),
                **{
                    s.value: states[s]
                    for s in (DeliveryState.ACCEPTED, DeliveryState.ACCEPTED_IN_PART, DeliveryState.RETURNED)
                },
            },
            "findings": {
                "total": db.scalar(select(func.count()).select_from(FindingRow)),
                "by_rule": _counted(
                    db.execute(select(FindingRow.rule, func.sum(FindingRow.count)).group_by(FindingRow.rule))
                ),
                "by_department": _counted(
                    db.execute(
                        select(Department.slug, func.sum(FindingRow.count))
                        .join(FindingRow.department)
                        .group_by(Department.slug)
                    )
                ),
            },
            "releases": {
                base.value: {
                    "release_id": current[base],
                    "tables": releases.get(db, base, current[base]).tables,
                }
                for base in Base
                if base in current
            },
        }


def projects_to_accept(house: House) -> list[str]:
    """Codes of the projects whose acceptance is still to come."""
    with house.transaction() as db:
        return [project.code for project in projects.awaiting_acceptance(db)]


def _counted(rows: Any) -> dict[str, int]:
    return {name: int(count) for name, count in sorted(rows)}
