"""Uploads on their way into the register."""

from __future__ import annotations

from api import present, schemas
from api.house import Exchange
from api.uploads import Upload
from catalog import deliveries, registration, resources, workbook
from catalog.errors import NotAllowed
from catalog.roles import Action, Caller, require
from catalog.vocab import Channel


def require_provider(house: Exchange, caller: Caller, slug: str) -> None:
    """Raise NotAllowed before any byte is taken from someone who may not deliver the resource."""
    with house.transaction() as db:
        require(caller, Action.DELIVER, resources.get(db, slug).provider_id)


def deliver(
    house: Exchange,
    caller: Caller,
    slug: str,
    upload: Upload,
    period: str | None,
    sequence: int | None,
    zero_report: bool,
    channel: Channel = Channel.API,
) -> schemas.DeliveryOut:
    """The delivery's row, written with its bytes stored."""
    with house.transaction() as db:
        resource = resources.get(db, slug)
        require(caller, Action.DELIVER, resource.provider_id)
        found = deliveries.receive(
            db,
            house.store,
            resource=resource,
            source=upload.path,
            filename=upload.filename,
            period=period,
            sequence=sequence,
            channel=channel,
            delivered_by=caller.client_id,
            is_zero_report=zero_report,
            now=house.clock(),
            today=house.today,
        )
        return present.delivery(found)


def require_registrar(caller: Caller) -> None:
    """Raise NotAllowed before any byte is taken from someone who may not enter a catalog."""
    require(caller, Action.REGISTER)


def enter_workbook(house: Exchange, caller: Caller, upload: Upload) -> schemas.CatalogOut:
    """What entering the workbook changed; raises NotAllowed for another department's."""
    catalog = workbook.read(upload.path, upload.filename)
    if catalog.slug != caller.department:
        raise NotAllowed("只能导入本部门的目录工作簿", remedy="核对「部门信息」中的部门标识", department=catalog.slug)
    with house.transaction() as db:
        registration.enter_reference_data(db)
        entered = registration.enter_catalog(
            db,
            catalog,
            authority=house.settings.authority_slug,
            now=house.clock(),
            on=house.today,
            by=caller.client_id,
            reason="目录工作簿导入",
        )
        return schemas.CatalogOut(
            department=entered.department, changed=list(entered.changed), unchanged=list(entered.unchanged)
        )
