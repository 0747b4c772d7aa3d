"""One action on many things to do (批量办理): each on its own, each with its result; one that fails spoils no other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from catalog import departments, entry_form, one_source, reasons, resources
from catalog.batch_actions import ACTIONS, NEEDS, Hand
from catalog.errors import Invalid, PlatformError
from catalog.register import whole
from catalog.roles import Caller
from catalog.standing import Checks
from catalog.todo_kinds import KINDS

MOST = 500


@dataclass(frozen=True, slots=True)
class RowResult:
    """What became of one row; a refusal says why and the way out."""

    id: str
    done: bool
    code: str = ""
    message: str = ""
    remedy: str = ""


class _Preview(Exception):
    """Ends the block whose changes a preview must not keep."""


def batch(
    db: Session,
    caller: Caller,
    kind: str,
    action: str,
    ids: Sequence[str],
    *,
    now: datetime,
    zone: ZoneInfo,
    mask_key_id: str,
    checks: Checks,
    values: Mapping[str, Any] | None = None,
    preview: bool = False,
) -> list[RowResult]:
    """Do one action to each thing; a result per row, in the order of the ids.

    preview: try everything and keep nothing. Every row asks for the caller's right and the row's state anew.
    """
    run = ACTIONS.get((kind, action))
    if run is None:
        known = KINDS[kind].actions if kind in KINDS else ()
        raise Invalid(f"「{kind}」不能批量做「{action}」", remedy=f"可用：{'、'.join(known) or '无'}")
    if not 1 <= len(ids) <= MOST:
        raise Invalid(f"一次批量办理 1 至 {MOST} 件", remedy="分批办理")
    hand = Hand(db, caller, now, zone, mask_key_id, checks, values or {})
    return [_one(hand, run, each, preview) for each in dict.fromkeys(ids)]


def _one(hand: Hand, run: Callable[[Hand, str], None], row: str, preview: bool) -> RowResult:
    try:
        with whole(hand.db):
            run(hand, row)
            hand.db.flush()
            if preview:
                raise _Preview
    except _Preview:
        return RowResult(row, True)
    except PlatformError as error:
        return RowResult(row, False, error.code, error.message, error.remedy)
    return RowResult(row, True)


def as_seen(db: Session, kind: str, row: str) -> str:
    """The id of a row together with the state it is shown in: what changes after a preview is not acted on."""
    if kind != "resource_review" or "@" in row:
        return row
    return f"{row}@{entry_form.stamp_of(db, resources.get(db, row))}"


def needs(kind: str, action: str) -> tuple[str, ...]:
    """What an action must be told: of reason, reason_code, department, outcome, basis, days."""
    return NEEDS.get((kind, action), ())


def choices(db: Session, kind: str, field: str, now: datetime) -> list[tuple[str, str]]:
    """The values from which a field of an action is chosen, each with its words; none where words are free."""
    if field == "reason_code":
        used_for = reasons.DEMAND if kind.startswith("demand") else reasons.SHARING
        return [(each.code, each.title) for each in reasons.listed(db, used_for, now.date())]
    if field == "department":
        return [(each.slug, each.name) for each in departments.listed(db)]
    return list(one_source.OUTCOMES.items()) if field == "outcome" else []


def trial(db: Session, kind: str, action: str, now: datetime) -> dict[str, Any]:
    """Values with which an action can be tried before anybody wrote what it needs; for previews alone."""
    found: dict[str, Any] = dict.fromkeys(needs(kind, action), "预览")
    for name in found.keys() & {"reason_code", "department", "outcome"}:
        found[name] = next((value for value, _ in choices(db, kind, name, now)), "")
    return found | ({"days": 1} if "days" in found else {})
