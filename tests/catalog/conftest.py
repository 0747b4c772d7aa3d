"""A small register to act on: the authority, one department, one published resource."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy.orm import Session

from catalog import departments, registration, resources
from catalog.models import DataItem, Department, Resource
from catalog.vocab import (
    DataType,
    DeliveryMode,
    FormatClass,
    IdentifierKind,
    ResourceState,
    Sensitivity,
    ShareMethod,
    ShareType,
    UpdateCycle,
)
from tests.conftest import NOW, TODAY


def make_department(db: Session, slug: str, serial: int, *, is_authority: bool = False) -> Department:
    return departments.enter(
        db,
        slug,
        name=f"测试{slug}",
        credit_code=f"11140200MA0K1{serial:04d}M"[:18],
        division_code="140200",
        is_authority=is_authority,
        on=date(2020, 1, 1),
    )


def make_resource(db: Session, provider: Department, slug: str = "police_population", **changes: object) -> Resource:
    resource = Resource(
        slug=slug,
        class_digit="3",
        class_item="02",
        category="001",
        name=f"资源 {slug}",
        provider=provider,
        abstract="摘要",
        format_class=FormatClass.DATABASE,
        format_type="mysql",
        share_type=ShareType.CONDITIONAL,
        share_condition="依职责",
        share_method=ShareMethod.API,
        update_cycle=UpdateCycle.DAILY,
        state=ResourceState.DRAFT,
        delivery_mode=DeliveryMode.SNAPSHOT,
        lead_days=1,
        secrecy_reviewer="审查人",
        secrecy_reviewed_date=date(2020, 1, 1),
        unit=slug,
        table_name=slug,
    )
    for name, value in changes.items():
        setattr(resource, name, value)
    resource.items = [
        item("id_number", 0, is_key=True, is_required=True, is_subject=True, identifier=IdentifierKind.CITIZEN_ID),
        item("name", 1),
    ]
    db.add(resource)
    db.flush()
    resources.give_code(db, resource)
    resources.publish(db, resource, on=TODAY)
    return resource


def item(name: str, position: int, **changes: object) -> DataItem:
    found = DataItem(
        name=name,
        position=position,
        title=name,
        data_type=DataType.TEXT,
        stored_type="VARCHAR",
        sensitivity=Sensitivity.PERSONAL,
        share_type=ShareType.CONDITIONAL,
    )
    for field, value in changes.items():
        setattr(found, field, value)
    return found


@pytest.fixture
def city(db: Session) -> Session:
    """The authority and the police with one resource."""
    registration.enter_reference_data(db)
    make_department(db, "digital_government", 1, is_authority=True)
    make_resource(db, make_department(db, "police", 2))
    db.flush()
    return db


__all__ = ["NOW", "TODAY"]
