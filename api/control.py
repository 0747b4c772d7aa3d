"""Who holds and controls a firm, as the caller's grant of the shareholders shows it; one receipt names every row used."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from pydantic_core import to_json
from starlette.requests import Request

from api.house import Exchange
from api.question import Question
from api.whole import Walk, Wanted, subject_of
from basedb import control
from basedb.control import Control
from catalog.errors import NoRelease
from catalog.grants import LOOKUP
from catalog.roles import Caller
from catalog.view import View
from catalog.vocab import Base

KIND, TABLE = "legal_entity", "shareholder"
# 受益所有人信息管理办法 (中国人民银行、市场监管总局令〔2024〕第 3 号) 第六条: a quarter of the shares or more
BENEFICIAL_PCT = 25.0


@dataclass(frozen=True, slots=True)
class Answer:
    """The holders with the view they were read under and the receipt that was kept."""

    record_key: str
    least_pct: float
    found: Control
    view: View
    resource: str
    receipt: str


async def ask(house: Exchange, request: Request, caller: Caller, wanted: Wanted, least_pct: float) -> Answer:
    """The holders of a firm; raises NotGranted, NoRelease, and Invalid for a question that is none."""
    walk = Walk(house, request, caller, wanted.grants, to_json([wanted.sent.decode(), least_pct]))
    slug = walk.slug(Base.LEGAL_ENTITY, TABLE)
    if not slug:
        raise NoRelease("该基础库还没有发布任何数据版本", remedy="等待首次融合入库")
    asked_key, key = await walk.key_of(subject_of(wanted), wanted)
    asked: Question = walk.question(slug)
    access = await asked.enter(LOOKUP, wanted.grants.get(slug))
    found = control.of(await asked.connection(access), access.view, key, least_pct)
    asked.about(list(dict.fromkeys([*found.records, key, asked_key])))
    body = to_json([asdict(each) for each in found.holders])
    receipt = await asked.write(access.view, body, len(found.holders))
    return Answer(asked_key, least_pct, found, access.view, slug, receipt)


def content(answer: Answer) -> dict[str, Any]:
    """The answer as it goes over the wire."""
    proof = {"release": answer.view.release_id, "grant": answer.view.grant_id, "receipt": answer.receipt}
    return {
        "record_key": answer.record_key,
        "least_pct": answer.least_pct,
        "resource": answer.resource,
        **proof,
        "is_complete": answer.found.is_complete,
        "holders": [asdict(each) for each in answer.found.holders],
    }
