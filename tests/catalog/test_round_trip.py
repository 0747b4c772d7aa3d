"""Export equals import: a catalog goes into the register, out as a workbook, and in again without a change."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, create_engine, func, select
from sqlalchemy.orm import Session

from catalog import booklet, registration
from catalog.entries import Catalog, ItemEntry, ResourceEntry, SystemEntry
from catalog.export import catalog_of, export
from catalog.guide import BASE_ITEMS, FORMAT_TYPES, PROJECT_KINDS
from catalog.models import Department, Model, Resource, ResourceVersion
from catalog.vocab import (
    DataType,
    DeliveryMode,
    FormatClass,
    IdentifierKind,
    Sensitivity,
    ShareChannel,
    ShareMethod,
    ShareType,
    UpdateCycle,
    bare,
)
from catalog.workbook import read
from tests.conftest import NOW, TODAY

# what officials type, and what spreadsheets like to change
LETTERS = "人口信息ABCxyz019 =+-@'\"(（,，。_<&>\\[]^"
TEXT = st.text(LETTERS, min_size=1, max_size=12).map(str.strip).filter(lambda t: bool(bare(t)))
MAYBE = st.one_of(st.just(""), TEXT)
NUMBER = st.none() | st.floats(0, 1e6, allow_nan=False)
SLUG = st.from_regex(r"[a-z][a-z0-9_]{2,12}", fullmatch=True)
DATE = st.none() | st.dates(date(2000, 1, 1), TODAY)
SYSTEM = SystemEntry("P1", "项目一", "软件开发", "在建", date(2026, 3, 1), "S1", "系统一号", "")


@st.composite
def items(draw: st.DrawFn, parent: ShareType, is_open: bool) -> list[ItemEntry]:
    names = draw(st.lists(st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True), min_size=1, max_size=4, unique=True))
    return [draw(item(name, number == 0, parent, is_open)) for number, name in enumerate(names)]


@st.composite
def item(draw: st.DrawFn, name: str, is_key: bool, parent: ShareType, is_open: bool) -> ItemEntry:
    strict = [s for s in ShareType if s.strictness >= parent.strictness]
    share_type = draw(st.sampled_from(strict))
    sensitivity = draw(st.sampled_from(Sensitivity))
    low, high = sorted(draw(st.tuples(st.floats(-1e9, 1e9), st.floats(-1e9, 1e9))))
    may_open = is_open and share_type is not ShareType.NOT_SHARED and sensitivity in ("public", "internal")
    is_subject = draw(st.booleans())
    return ItemEntry(
        name=name,
        title=draw(TEXT),
        title_en=draw(MAYBE),
        data_type=draw(st.sampled_from(DataType)),
        length=draw(st.none() | st.integers(1, 4000)),
        is_key=is_key,
        is_required=draw(st.booleans()),
        is_subject=is_subject,
        is_lookup=is_subject or draw(st.booleans()),
        identifier=draw(st.none() | st.sampled_from(IdentifierKind)),
        code_list=draw(st.sampled_from(("", "GB/T 2261.1"))),
        pattern=draw(st.sampled_from(("", r"\d{17}[\dX]", "=1+1", "[甲乙]+"))),
        minimum=draw(st.none() | st.just(low)),
        maximum=draw(st.none() | st.just(high)),
        measure_unit=draw(MAYBE),
        sensitivity=sensitivity,
        share_type=share_type,
        share_condition="《测试条例》第一条" + draw(MAYBE),
        is_open=may_open and draw(st.booleans()),
        open_condition=draw(MAYBE),
    )


@st.composite
def resources(draw: st.DrawFn, slug: str) -> ResourceEntry:
    share_type = draw(st.sampled_from(ShareType))
    is_open = share_type is not ShareType.NOT_SHARED and draw(st.booleans())
    format_class = draw(st.sampled_from(FormatClass))
    by_file = format_class in (FormatClass.DOCUMENT, FormatClass.SPREADSHEET, FormatClass.IMAGE)
    total = draw(NUMBER)
    return ResourceEntry(
        row=0,
        slug=slug,
        class_digit=draw(st.sampled_from("123")),
        class_item=draw(st.sampled_from(tuple(BASE_ITEMS.values()))),
        category=draw(st.from_regex(r"[0-9]{3}", fullmatch=True)),
        sub_category=draw(st.sampled_from(("", "01"))),
        name=f"资源 {slug}",
        abstract=draw(TEXT),
        format_class=format_class,
        format_type=draw(st.sampled_from(FORMAT_TYPES[format_class])),
        format_description=draw(TEXT),
        share_type=share_type,
        share_condition="依《测试条例》" + draw(MAYBE),
        share_channel=ShareChannel.PLATFORM,
        share_method=ShareMethod.FILE if by_file else ShareMethod.API,
        is_open=is_open,
        open_condition=draw(MAYBE) if is_open else "",
        update_cycle=draw(st.sampled_from(UpdateCycle)),
        published_date=draw(DATE),
        related_codes=draw(MAYBE),
        delivery_mode=draw(st.sampled_from((DeliveryMode.SNAPSHOT, DeliveryMode.UPSERT))),
        pull_table=draw(MAYBE),
        lead_days=draw(st.none() | st.integers(0, 30)),
        system_code=draw(st.sampled_from(("", "S1"))),
        base_role=draw(
            st.sampled_from(("", "natural_person.student", "natural_person.resident、legal_entity.check_resident"))
        ),
        secrecy_reviewer=draw(MAYBE),
        secrecy_reviewed_date=draw(DATE),
        duty=draw(MAYBE),
        business_item=draw(MAYBE),
        total_gb=total,
        shared_gb=None if total is None else total / 3,
        opened_records=draw(NUMBER),
        drop_limit_pct=draw(st.floats(0, 100)),
        items=draw(items(share_type, is_open)),
    )


@st.composite
def catalogs(draw: st.DrawFn) -> Catalog:
    slugs = draw(st.lists(SLUG, min_size=1, max_size=3, unique_by=bare))
    kind = draw(st.sampled_from(PROJECT_KINDS))
    return Catalog(
        slug="police",
        name=draw(TEXT),
        credit_code="11140200MA0K12348M",
        division_code="140200",
        registrar_name=draw(MAYBE),
        verifier_name=draw(MAYBE),
        systems=[replace(SYSTEM, kind=kind, statement=draw(MAYBE))],
        resources=[draw(resources(slug)) for slug in sorted(slugs)],
    )


@pytest.fixture(scope="module")
def memory() -> Iterator[Engine]:
    engine = create_engine("sqlite://")
    Model.metadata.create_all(engine)
    yield engine
    engine.dispose()


def enter(db: Session, catalog: Catalog) -> registration.Registered:
    return registration.enter_catalog(db, catalog, authority="a", now=NOW, on=TODAY, by="t", reason="t")


def by_slug(catalog: Catalog) -> Catalog:
    return replace(catalog, resources=sorted(catalog.resources, key=lambda r: r.slug))


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(catalogs())
def test_export_equals_import(memory: Engine, catalog: Catalog) -> None:
    with tempfile.TemporaryDirectory() as folder, Session(memory) as db:
        registration.enter_reference_data(db)
        first = Path(folder) / "in.xlsx"
        first.write_bytes(booklet.write(catalog))
        entered = read(first)
        assert by_slug(entered) == catalog
        enter(db, entered)
        department = db.scalars(select(Department)).one()
        assert by_slug(catalog_of(db, department)) == catalog
        second = Path(folder) / "out.xlsx"
        second.write_bytes(export(db, department))
        assert by_slug(read(second)) == catalog
        again = enter(db, read(second))
        assert (again.changed, again.revised) == ((), ())
        assert db.scalar(select(func.count(ResourceVersion.id))) == len(catalog.resources)
        db.rollback()


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(st.tuples(st.sampled_from(("01", "02")), st.sampled_from(("001", "0011"))), max_size=12), st.data())
def test_codes_are_given_once_and_never_again(
    memory: Engine, places: list[tuple[str, str]], data: st.DataObject
) -> None:
    from catalog import writing

    given_codes: list[str] = []
    with Session(memory) as db:
        owner = Department(slug="d", name="d", credit_code="1", division_code="1")
        db.add(owner)
        for number, (class_item, category) in enumerate(places):
            entry = data.draw(resources(f"slug_{number}"))
            entry = replace(entry, class_digit="3", class_item=class_item, category=category, system_code="")
            made = writing.new_resource(db, entry.slug, owner)
            writing.write(db, made, entry, now=NOW, by="t", reason="t")
            assert made.code is not None
            given_codes.append(made.code)
            if data.draw(st.booleans()):
                for version in db.scalars(select(ResourceVersion).where(ResourceVersion.resource_id == made.id)):
                    db.delete(version)
                writing.enter_items(db, made, [])
                db.query(Resource).filter(Resource.id == made.id).delete()
        assert len(set(given_codes)) == len(given_codes)
        db.rollback()
