"""Work that waits in a sample city, so that the to-do lists of its officials are not empty."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from api.house import Exchange
from catalog import answers, demands, departments, resources, sharing
from catalog.keys import Purpose
from catalog.models import Demand, SharingRequest

ASKER, HAND = "housing_fund", "demo-consumer"
# resource, items, what for, and whether the authority has passed it on to the provider
REQUESTS = (
    ("police_population", ("id_number", "name", "registered_address"), "缴存人户籍地址核验", False),
    ("civil_affairs_marriage", ("certificate_no", "registered_date"), "提取审核：婚姻状况核验", True),
)
BASIS = "《住房公积金管理条例》第二十四条"
DEMAND = ("商品房买卖合同备案", "按日更新的新建商品房买卖合同备案信息", "购房提取审核")


def leave_waiting(db: Session, house: Exchange) -> None:
    """Two requests and a demand, unless the demo has left them before."""
    now, zone = house.clock(), house.settings.zone
    asker = departments.get(db, ASKER)
    asked_before = set(db.scalars(select(SharingRequest.purpose).where(SharingRequest.asked_by == HAND)))
    for slug, columns, purpose, is_passed in REQUESTS:
        if purpose in asked_before:
            continue
        asked = sharing.request(
            db,
            resource=resources.get(db, slug),
            department=asker,
            columns=columns,
            purpose=purpose,
            legal_basis=BASIS,
            days=house.settings.demo_days,
            mask_key_id=house.keys.current(Purpose.MASK).id,
            asked_by=HAND,
            now=now,
            zone=zone,
        )
        if is_passed:
            authority = departments.authority(db)
            answers.check(db, asked, conforms=True, department_id=authority.id, by="demo-steward", now=now, zone=zone)
    title, description, purpose = DEMAND
    if db.scalar(select(Demand.id).where(Demand.title == title)) is None:
        words = {"title": title, "description": description, "purpose": purpose, "legal_basis": BASIS}
        demands.ask(db, asker, by=HAND, now=now, zone=zone, **words)
