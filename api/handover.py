"""Uploads on their way into the register."""

from __future__ import annotations

from api import present, schemas
from api.house import Exchange
from api.uploads import Upload
from catalog import deliveries, resources
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
    secrecy_reviewer: str = "",
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
            secrecy_reviewer=secrecy_reviewer,
            must_name_reviewer=house.settings.delivery_reviewer_required,
            now=house.clock(),
            today=house.today,
        )
        return present.delivery(found)
