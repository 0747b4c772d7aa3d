"""What a check looks at beside the delivered file: the city's facts and what was delivered before."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

from sqlalchemy.orm import Session

from catalog import deliveries, releases, resources
from catalog.calendar import last_day, work_calendar
from catalog.divisions import area_codes
from catalog.errors import NoRelease, ReleaseExpired
from catalog.models import AddedRule, Delivery, Resource
from catalog.patterns import of_engine
from catalog.vocab import Base, RuleKind, TableSpec
from pipelines.house import House
from quality.reference import Reference
from quality.scratch import Bounds
from quality.suites.own import OwnRule

# a submission is judged against the working days around it; older decisions are simply late
_CALENDAR_REACH = timedelta(days=800)
_OUTLINES = (Base.GEOSPATIAL, "boundary")
_COORDINATES = {"longitude", "latitude"}


def reference(house: House, db: Session, delivery: Delivery, before: Sequence[Delivery] = ()) -> Reference:
    """The facts for one delivery. before: deliveries of the resource that are settled and not yet in its release."""
    working = work_calendar(db).working_days(house.today - _CALENDAR_REACH, house.today)
    resource = delivery.resource
    return Reference(
        area_codes=area_codes(),
        working_days=working,
        outlines=_outlines(house, db) if is_placed(resource) else None,
        earlier=_earlier(house, db, resource, [each for each in before if _precedes(each, delivery)]),
        period_end=last_day(delivery.period),
    )


def own_rule(house: House, db: Session, rule: AddedRule) -> OwnRule:
    """A rule that a verifier added, with the rows in force that it looks at."""
    table = None
    if rule.kind is RuleKind.EXISTS_IN:
        table = _released(house, db, resources.get(db, rule.parameters["resource"]))
    parameters = dict(rule.parameters)
    if rule.kind is RuleKind.PATTERN:
        parameters["pattern"] = of_engine(parameters["pattern"])
    return OwnRule(rule.code, rule.version, rule.kind, rule.item, parameters, rule.outcome, rule.title, table)


def bounds(house: House) -> Bounds:
    """How a check may use DuckDB."""
    return Bounds(house.settings.duckdb_threads, house.settings.duckdb_memory, house.engine.temp)


def is_placed(resource: Resource) -> bool:
    """Whether the resource's rows have coordinates, which are held against the outlines of the counties."""
    return {item.name for item in resource.items} >= _COORDINATES


def outline_slugs(db: Session) -> list[str]:
    """The resources that hold the outlines of the counties, best rank first."""
    base, role = _OUTLINES
    return [resource.slug for resource in resources.inputs_of(db, base).get(role, [])]


def _outlines(house: House, db: Session) -> Path | None:
    """The table of outlines in force; None before there is one."""
    found = (_released(house, db, resources.get(db, slug)) for slug in outline_slugs(db))
    return next((path for path in found if path), None)


def _earlier(house: House, db: Session, resource: Resource, before: Sequence[Delivery]) -> tuple[Path, ...]:
    released = _released(house, db, resource)
    accepted = [each for each in before if each.state in deliveries.SETTLED_GOOD and not each.is_zero_report]
    checked = [house.store.checked(each.id) / "good.parquet" for each in accepted]
    return tuple(path for path in (released, *checked) if path)


def _precedes(earlier: Delivery, later: Delivery) -> bool:
    return deliveries.fold_order(earlier) < deliveries.fold_order(later)


def _released(house: House, db: Session, resource: Resource) -> Path | None:
    """The resource's rows in force; None before its first release."""
    try:
        current = releases.in_force(db, resource.unit)
    except (NoRelease, ReleaseExpired):
        return None
    path = house.store.release(resource.unit, current.release_id) / f"{resource.table_name}.parquet"
    return path if path.exists() else None


def spec_for(db: Session, delivery: Delivery) -> TableSpec:
    """The resource as it is checked for that delivery: codes as they are in force at the end of its period."""
    return resources.table_spec(db, delivery.resource, on=last_day(delivery.period))
