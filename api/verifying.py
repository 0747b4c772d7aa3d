"""Verification for everybody (公众核验): an identifier of a licence, and valid, not valid or unknown on a day.

Nothing else is shown, and nobody signs in: addresses may ask so often in a minute, and each answer leaves a receipt.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from pydantic_core import to_json
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.house import Exchange
from api.licences import STATE, day_of, printed
from api.open_data import EVERYBODY
from api.peers import address_of
from api.question import Question
from basedb import read, validity
from basedb.validity import Validity
from catalog.access import VERIFY, Ask
from catalog.errors import Invalid, NoRelease
from catalog.vocab import Base

DOOR = "verify"
LONGEST = 100


async def verify(house: Exchange, request: Request, licence_id: str, on: date | None) -> dict[str, Any]:
    """`{"on", "answer", "receipt"}`; raises Invalid, NoRelease, TooOften."""
    now = house.clock()
    await run_in_threadpool(house.rates.count, DOOR, address_of(request), now)
    number, day = printed(licence_id), day_of(house, on)
    if not number or len(number) > LONGEST:
        raise Invalid("填写证照标识", remedy="证照标识以 1.2.156.3005.2 开头，印在电子证照上")
    slug = house.access.tables(now).get((Base.LICENSE, STATE))
    if slug is None:
        raise NoRelease("该基础库还没有发布任何数据版本", remedy="等待首次融合入库")
    sent = to_json([number, on])
    asked = Question(house, request, now, slug, client=EVERYBODY, sent=sent)
    request.state.client = EVERYBODY
    access = await asked.enter_as(Ask("", slug, VERIFY))
    asked.access = access
    rows = read.find(await asked.connection(access), access.view, "licence_id", number).rows
    asked.about([str(row["record_key"]) for row in rows])
    answer: Validity = validity.on_day(rows, day)
    told = {"on": day, "answer": answer}
    receipt = await asked.write(access.view, to_json(told), 1)
    return {**told, "receipt": receipt}
