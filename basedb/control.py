"""Who holds and controls a firm, through all chains of shareholders that a View shows.

A chain leads from the firm to a holder, to that one's holder and so on, and names nobody twice, so that a cycle ends.
A holder's share is the sum over its chains of the product of their parts; a chain whose every part is more than half
controls. Rows that the view does not show are no part of any chain, and who stands behind them is not reached.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from basedb.plans import Plan, Row, plan_of
from basedb.quote import name
from basedb.read import record
from catalog.errors import NotGranted
from catalog.view import View
from catalog.vocab import Mask

FIRM, PERSON, PARTNER, RATIO = "entity_key", "person_key", "partner_entity_key", "ratio_pct"
NEEDED = (FIRM, PARTNER, RATIO)
DEEPEST, MOST = 12, 2_000  # chains beyond are left out, and the answer says so

# a part is stored in ten-thousandths of a percent; who has no key, or none that is shown, is somebody else in each row
CHAINS = """
with recursive
shown as not materialized (
    select record_key, entity_key, partner_entity_key,
        coalesce({person}, partner_entity_key, record_key) as holder, coalesce(ratio_pct, 0) / 1000000.0 as part,
        ratio_pct is null as is_unstated
    from {table} where {own}),
chain (holder, partner_entity_key, record_key, share, least, is_unstated, depth, path) as (
    select holder, partner_entity_key, record_key, part, part, is_unstated, 1, '/' || :firm || '/' || holder || '/'
    from shown where entity_key = :firm and holder <> :firm
    union all
    select s.holder, s.partner_entity_key, s.record_key, c.share * s.part, min(c.least, s.part),
        s.is_unstated, c.depth + 1, c.path || s.holder || '/'
    from chain c join shown s on s.entity_key = c.partner_entity_key
    where c.share > 0 and c.depth < :deepest and instr(c.path, '/' || s.holder || '/') = 0
    limit :most),
summed as (
    select holder, max(partner_entity_key) as partner_entity_key, min(record_key) as first, group_concat(distinct record_key) as records, count(*) as chains,
        min(depth) as nearest, max(depth) as farthest, total(share) filter (where depth = 1) as direct,
        total(share) as total, max(least) > 0.5 as is_controlling, max(is_unstated) as is_unstated
    from chain
    group by holder)
select partner_entity_key, first, records, chains, nearest, farthest, direct, total, is_controlling,
    not exists (select 1 from shown s where s.entity_key = h.partner_entity_key) as is_ultimate, is_unstated
from summed h
order by total desc, holder
"""


@dataclass(frozen=True, slots=True)
class Holder:
    """One holder; shares in percent. person_key and name as the view shows them, None where it shows none.

    is_ultimate: nobody is shown behind it. is_controlling: by a chain whose every part is more than half.
    """

    person_key: str | None
    entity_key: str | None
    name: str | None
    direct_pct: float
    indirect_pct: float
    total_pct: float
    chains: int
    nearest: int
    is_ultimate: bool
    is_controlling: bool


@dataclass(frozen=True, slots=True)
class Control:
    """Holders of at least the share asked for, the largest first.

    is_complete: no chain was left out, and none has a part that nobody stated, which counts as none.
    records: the keys of all rows that the chains lead over.
    """

    holders: tuple[Holder, ...]
    is_complete: bool
    records: tuple[str, ...]


def of(connection: sqlite3.Connection, view: View, firm: str, least_pct: float) -> Control:
    """Who holds the firm of that record key; raises NotGranted where the view masks what chains are made of."""
    _require(view)
    plan = plan_of(view)
    rows = connection.execute(*_query(plan, firm)).fetchall()
    wanted = [row for row in rows if _pct(row[7]) >= least_pct]
    chains, depth = sum(row[3] for row in rows), max((row[5] for row in rows), default=0)
    records = sorted({key for row in rows for key in row[2].split(",")})
    holders = tuple(_holder(row, record(connection, view, row[1])) for row in wanted)
    is_stated = not any(row[10] for row in rows)
    return Control(holders, is_stated and chains < MOST and depth < DEEPEST, tuple(records))


def _require(view: View) -> None:
    missing = [column for column in NEEDED if column not in _plain(view)]
    if missing or FIRM not in view.lookup:
        raise NotGranted(
            f"授权不含以原值显示的 {'、'.join(missing or [FIRM])}，不能查询控制关系",
            remedy=f"就股东及出资申请 {'、'.join(NEEDED)}",
            columns=missing or [FIRM],
        )


def _plain(view: View) -> set[str]:
    return {column.name for column in view.columns if column.mask is Mask.PLAIN}


def _query(plan: Plan, firm: str) -> tuple[str, dict[str, object]]:
    """The question with names for its places: those of the view's own condition stand before the others."""
    own, places = _named(plan.own, plan.parameters)
    person = PERSON if PERSON in _plain(plan.view) else "null"
    query = CHAINS.format(table=name(plan.view.table), own=own, person=person)
    return query, places | {"firm": firm, "deepest": DEEPEST, "most": MOST}


def _named(condition: str, parameters: Iterable[object]) -> tuple[str, dict[str, object]]:
    names = {f"own{number}": value for number, value in enumerate(parameters)}
    parts = condition.split("?")
    assert len(parts) == len(names) + 1, "a question mark that is no place"
    ends = [f":{each}" for each in names] + [""]
    return "".join(part + end for part, end in zip(parts, ends, strict=True)), names


def _holder(row: tuple[object, ...], shown: Row | None) -> Holder:
    partner, _, _, chains, nearest, _, direct, total, is_controlling, is_ultimate, _ = row
    assert isinstance(direct, float) and isinstance(total, float)
    return Holder(
        person_key=_told(shown, PERSON),
        entity_key=str(partner) if partner else None,
        name=_told(shown, "name"),
        direct_pct=_pct(direct),
        indirect_pct=_pct(total - direct),
        total_pct=_pct(total),
        chains=int(str(chains)),
        nearest=int(str(nearest)),
        is_ultimate=bool(is_ultimate),
        is_controlling=bool(is_controlling),
    )


def _pct(share: float) -> float:
    """A share in percent, as exact as the parts are stored."""
    return round(share * 100, 4)


def _told(shown: Row | None, column: str) -> str | None:
    value = shown.get(column) if shown else None
    return None if value is None else str(value)
