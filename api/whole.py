"""One person's or one firm's whole view (一人一档, 一企一档): what each of the caller's grants shows, base by base.

Nothing is joined that a grant does not open: every table is asked under its own grant, for the rows that hold the
subject's key, and each leaves its own receipt. Tables without a grant are named, and say nothing of the subject.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request

from api.house import Exchange
from api.whole_walk import Part, Walk, Wanted
from basedb import read
from basedb.subjects import Subject, subject
from catalog import identities
from catalog.errors import Invalid, NotFound, NotGranted
from catalog.roles import Caller

__all__ = ["Part", "Walk", "Wanted", "Whole", "content", "proof", "require_any", "subject_of", "view"]


@dataclass(frozen=True, slots=True)
class Whole:
    """closed: tables that the caller's grants do not open to this question, with why."""

    kind: str
    record_key: str
    merged_into: str | None
    parts: list[Part]
    closed: list[dict[str, str]]


async def view(house: Exchange, request: Request, caller: Caller, wanted: Wanted) -> Whole:
    """The whole view; raises Invalid for a question that is none, NotGranted when no grant opens any table."""
    about = subject_of(wanted)
    walk = Walk(house, request, caller, wanted.grants, wanted.sent)
    walk.require_bases()
    asked_key, key = await walk.key_of(about, wanted)
    parts = [each for each in [await walk.place(place, key) for place in about.places] if each]
    for (base, table, by), values in _named(about, parts).items():
        part = await (walk.found(base, table, by, values) if by else walk.records(base, table, values))
        if part is not None:
            parts.append(part)
    require_any(parts, walk.closed)
    await walk.keep(parts, about.home, asked_key)
    # that keys were merged is known to whom the table of the keys shows the record that they lead to
    is_known = any(row["record_key"] == key for part in parts if part.place == about.home for row in part.records)
    merged_into = key if key != asked_key and is_known else None
    return Whole(wanted.kind, merged_into or asked_key, merged_into, parts, walk.closed)


def _named(about: Subject, parts: Sequence[Part]) -> dict[tuple[str, str, str], list[str]]:
    """(base, table, column by which it is asked) -> what the records that are shown say of it."""
    at, found = {part.place: part for part in parts}, dict[tuple[str, str, str], dict[str, None]]()
    for hop in about.hops:
        part = at.get(hop.over)
        if part is not None:
            said = (row[hop.column] for row in part.records if hop.column in part.plain and row.get(hop.column))
            found.setdefault((hop.base, hop.table, hop.by), {}).update(dict.fromkeys(map(str, said)))
    return {at: list(values) for at, values in found.items()}


def require_any(parts: Sequence[Part], closed: Sequence[dict[str, str]]) -> None:
    """Raise NotGranted when no grant opens any table."""
    if not parts:
        raise NotGranted(
            "本部门没有可用于这一查询的授权", remedy="先就相应基础库的数据表提交共享申请", closed=list(closed[:20])
        )


def subject_of(wanted: Wanted) -> Subject:
    """Whose view is asked for; raises NotFound for an unknown kind, Invalid unless one of both names the subject."""
    if wanted.kind not in identities.SUBJECTS:
        raise NotFound(f"没有类别 {wanted.kind}", remedy=f"可用：{'、'.join(identities.SUBJECTS)}")
    if bool(wanted.identifier) == bool(wanted.record_key):
        raise Invalid("写明标识或记录键之一", remedy="只填其中一项，其余留空")
    if wanted.record_key and not read.KEY.fullmatch(wanted.record_key):
        raise Invalid("记录键无效", remedy="使用平台给出的 20 位记录键")
    base, _ = identities.KINDS[wanted.kind]
    return subject(base, wanted.kind)


def content(found: Whole) -> dict[str, Any]:
    """The view as it goes over the wire."""
    return {
        "kind": found.kind,
        "record_key": found.record_key,
        "merged_into": found.merged_into,
        "tables": [_part(part) for part in found.parts],
        "closed": found.closed,
    }


def _part(part: Part) -> dict[str, Any]:
    return {**proof(part), "records": part.records, "more": part.more, "count": part.count}


def proof(part: Part) -> dict[str, Any]:
    """Under which grant a table answered, out of which release, with which receipt, and whether it has more."""
    assert part.asked.access is not None
    shown = part.asked.access.view
    names = {"base": part.base, "table": part.table, "resource": part.resource}
    return {**names, "release": shown.release_id, "grant": shown.grant_id, "receipt": part.receipt, "more": part.more}
