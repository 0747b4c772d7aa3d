"""Rows of the register as what goes over the wire."""

from __future__ import annotations

from datetime import date

from sqlalchemy.orm import Session

from api import schemas
from catalog import acceptance, directory, verdicts
from catalog.directory import Listing
from catalog.lineage import Class, classes
from catalog.models import (
    AcceptanceReport,
    DataItem,
    Delivery,
    FindingRow,
    Grant,
    Release,
    RequestAnswer,
    SharingRequest,
)
from catalog.policy import default_mask
from catalog.request_states import LABELS
from catalog.verdicts import Standing


def _resource(listing: Listing) -> dict[str, object]:
    found, release = listing.resource, listing.release
    return {
        "slug": found.slug,
        "code": found.code,
        "name": found.name,
        "abstract": found.abstract,
        "provider": found.provider.slug,
        "provider_name": found.provider.name,
        "share_type": found.share_type.value,
        "share_condition": found.share_condition,
        "is_open": found.is_open,
        "format_class": found.format_class.value,
        "update_cycle": found.update_cycle.value,
        "unit": found.unit,
        "table": found.table_name,
        "rows": listing.rows,
        "release": release.release_id if release else None,
        "released_at": release.created_at if release else None,
    }


def quality(found: Standing | None) -> schemas.QualityOut | None:
    """The verdict that served data carry."""
    if found is None:
        return None
    limits = {"passed_from": found.limits.passed, "fair_from": found.limits.fair}
    facts = {"share": found.share, "excepted": found.excepted, "period": found.period}
    return schemas.QualityOut(verdict=found.verdict, verdict_label=found.verdict.label, **facts, **limits)


def _item(item: DataItem, held: Class) -> schemas.ItemOut:
    """An item as strictly as it is held; in a base as its strictest source is."""
    facts = {name: getattr(item, name) for name in schemas.ItemOut.model_fields if name != "default_mask"}
    facts |= {"share_type": held.share_type, "sensitivity": held.sensitivity, "is_open": held.is_open}
    return schemas.ItemOut(**facts, default_mask=default_mask(item, held.sensitivity).value)


def resource_detail(db: Session, listing: Listing, on: date) -> schemas.ResourceDetail:
    latest = directory.last_delivery(db, listing.resource)
    held = classes(db, listing.resource, on)
    items = [_item(item, held[item.name]) for item in listing.resource.items]
    return schemas.ResourceDetail(
        **_resource(listing),
        items=items,
        quality=quality(verdicts.standing(db, listing.resource, listing.release, on)),
        last_period=latest.period if latest else None,
        last_received_at=latest.received_at if latest else None,
    )


def release(found: Release, current: str | None) -> schemas.ReleaseOut:
    return schemas.ReleaseOut(
        unit=found.unit,
        release_id=found.release_id,
        identity=found.identity,
        tables=found.tables,
        built_from=found.built_from,
        share_passed=found.share_passed,
        created_at=found.created_at,
        is_in_force=found.release_id == current,
        is_expired=found.pruned_at is not None,
    )


def request(found: SharingRequest, grant: Grant | None) -> schemas.RequestOut:
    same = ("id", "state", "columns", "modes", "row_condition", "purpose", "legal_basis", "days")
    dated = ("includes_minors", "includes_deceased", "asked_at", "due_at", "is_due_provisional")
    told = ("escalated_at", "returned_at", "missing", "disputed_at", "dispute_reason")
    return schemas.RequestOut(
        **{name: getattr(found, name) for name in (*same, *dated, *told)},
        state_label=LABELS[found.state],
        renews=found.renews_id,
        answers=[answer(each) for each in found.answers],
        extension=schemas.ExtensionOut.model_validate(found.extension) if found.extension else None,
        resource=found.resource.slug,
        department=found.department.slug,
        decisions=[schemas.DecisionOut.model_validate(decision) for decision in found.decisions],
        grant=grant.id if grant else None,
    )


def answer(found: RequestAnswer) -> schemas.AnswerOut:
    same = ("part", "columns", "outcome", "answered_at")
    owner = found.department
    named = {"department": owner.slug, "department_name": owner.name}
    return schemas.AnswerOut(**named, **{name: getattr(found, name) for name in same})


def grant(found: Grant) -> schemas.GrantOut:
    version = found.versions[-1]
    same = ("version", "columns", "row_condition", "modes", "purpose", "legal_basis", "valid_from", "expires_at")
    return schemas.GrantOut(
        **{name: getattr(version, name) for name in same},
        id=found.id,
        request=found.request_id,
        resource=found.resource.slug,
        department=found.department.slug,
        revoked_at=found.revoked_at,
        revoked_reason=found.revoked_reason,
        versions=[schemas.GrantVersionOut.model_validate(each) for each in found.versions],
    )


def delivery(found: Delivery) -> schemas.DeliveryOut:
    return schemas.DeliveryOut(**_delivery(found))


def delivery_detail(found: Delivery) -> schemas.DeliveryDetail:
    return schemas.DeliveryDetail(**_delivery(found), findings=[finding(each) for each in found.findings])


def _delivery(found: Delivery) -> dict[str, object]:
    names = [name for name in schemas.DeliveryOut.model_fields if name != "resource"]
    return {"resource": found.resource.slug, **{name: getattr(found, name) for name in names}}


def finding(found: FindingRow) -> schemas.FindingOut:
    names = [name for name in schemas.FindingOut.model_fields if name != "department"]
    return schemas.FindingOut(department=found.department.slug, **{name: getattr(found, name) for name in names})


def report(found: AcceptanceReport, project: str) -> schemas.AcceptanceOut:
    return schemas.AcceptanceOut(
        id=found.id,
        project=project,
        as_of=found.as_of,
        verdict=found.verdict,
        verdict_label=acceptance.Verdict(found.verdict).label,
        failed_items=acceptance.failed_items(found),
        items=found.items,
        digest=found.digest,
    )
