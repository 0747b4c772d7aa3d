"""Things that go from step to step: a page left open does not act on one that has moved on since."""

from __future__ import annotations

from catalog.errors import Conflict
from catalog.models import Correction, Demand, QualityOrder, SharingRequest

Moving = SharingRequest | Demand | Correction | QualityOrder

# what a person calls each, and its name among the facts of an error
_CALLED: dict[type[Moving], tuple[str, str]] = {
    SharingRequest: ("这件申请", "request"),
    Demand: ("这件需求", "demand"),
    Correction: ("这件校核申请", "correction"),
    QualityOrder: ("这张整改通知单", "order"),
}


def require_seen(found: Moving, moves: str) -> None:
    """Raise Conflict when a thing has moved on since a page with this number of moves was shown."""
    if moves != str(found.moves):
        thing, fact = _CALLED[type(found)]
        raise Conflict(
            f"{thing}在您打开页面之后已有新的办理，本次操作没有执行",
            remedy="重新打开，看清现状后再办",
            **{fact: found.id},
        )
