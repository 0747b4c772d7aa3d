"""Who is told of deaths the same day: departments named by dated rule rows, code `death_notice.<department>`.

A notice says how many deaths a release brought and where to pull them; who died, a grant that names the deceased shows.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from catalog.models import Department, RuleRow
from catalog.notices import notify

_PREFIX = "death_notice."
KIND = "deaths"


def enter(db: Session, slugs: Iterable[str], *, on: date) -> None:
    """A rule row for each known department, unless rows of the kind were ever entered."""
    if db.scalar(select(RuleRow.id).where(RuleRow.code.startswith(_PREFIX)).limit(1)):
        return
    wanted = select(Department.slug, Department.name).where(Department.slug.in_(list(slugs)))
    for slug, name in db.execute(wanted.order_by(Department.slug)):
        db.add(
            RuleRow(
                code=f"{_PREFIX}{slug}", title=f"死亡信息当日告知：{name}", article="本市规则", kind="local rule",
                blocks=False, unit="", valid_from=on,
            )
        )  # fmt: skip
    db.flush()


def told(db: Session, on: date) -> Sequence[Department]:
    """The departments that are told on a day, by slug."""
    in_force = (RuleRow.valid_from <= on, or_(RuleRow.valid_to.is_(None), RuleRow.valid_to > on))
    codes = db.scalars(select(RuleRow.code).where(RuleRow.code.startswith(_PREFIX), *in_force)).all()
    slugs = [code.removeprefix(_PREFIX) for code in codes]
    return db.scalars(select(Department).where(Department.slug.in_(slugs)).order_by(Department.slug)).all()


def tell(db: Session, resource: str, count: int, since: str, *, now: datetime, on: date) -> int:
    """Tell of so many new deaths since a release; how many departments were told."""
    if not count:
        return 0
    text = f"新登记死亡 {count} 人，请按授权读取自版本 {since} 以来的增量"
    departments = told(db, on)
    for department in departments:
        notify(db, department.id, kind=KIND, subject=resource, text=text, now=now)
    return len(departments)
