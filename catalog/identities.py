"""Who is the same: two natural keys of one thing merged, a wrong merge split, and what all of it adds up to.

Decisions are added and never changed; of a pair the newest counts. Natural keys and words are sealed, for they name
persons. A build takes the sum: each group of merged natural keys with the one under which the thing stands.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from catalog import sealing
from catalog.departments import require_authority
from catalog.errors import Conflict, Invalid, NotFound
from catalog.keys import Keys
from catalog.lists import Listing
from catalog.models import IdentityDecision
from catalog.vocab import Base, IdentifierKind

# kind of platform keys -> the base whose records they name, and the identifier that is their natural key; None: a
# code of a register, of a licence with the kind of register before it: `driving_licence|<number>`
KINDS: dict[str, tuple[Base, IdentifierKind | None]] = {
    "person": (Base.NATURAL_PERSON, IdentifierKind.CITIZEN_ID),
    "legal_entity": (Base.LEGAL_ENTITY, IdentifierKind.CREDIT_CODE),
    "address": (Base.GEOSPATIAL, None),
    "licence": (Base.LICENSE, None),
}
# those that are looked at whole: everything that all bases say of one
SUBJECTS = tuple(kind for kind, (_, identifier) in KINDS.items() if identifier)
MOST = 1000


@dataclass(frozen=True, slots=True)
class Named:
    """A natural key with the record key that it has without any merge."""

    natural: str
    record_key: str


@dataclass(frozen=True, slots=True)
class Pair:
    """What a decision is about, unsealed for those who may read it."""

    kind: str
    kept: str
    other: str
    reason: str
    evidence: str


def normal(natural: str, kind: str = "person") -> str:
    """An identifier as it stands in natural keys; the code of a register as it is."""
    identifier = KINDS[kind][1] if kind in KINDS else None
    return unicodedata.normalize("NFKC", natural).strip().upper() if identifier else natural.strip()


def merge(
    db: Session, keys: Keys, kind: str, kept: Named, other: Named, *, reason: str, evidence: str, department_id: str,
    by: str, now: datetime,
) -> IdentityDecision:  # fmt: skip
    """Decide that two natural keys name one thing, which stands under the first from the next build on.

    Raises Invalid for one key twice and for missing words, Conflict for keys of one group and for groups of which two
    keys are decided not to be one.
    """
    require_apart(db, keys, kind, kept.natural, other.natural)
    _require_undisputed(db, keys, kind, kept.natural, other.natural)
    return _decide(db, keys, kind, kept, other, is_same=True, reason=reason, evidence=evidence,
                   department_id=department_id, by=by, now=now)  # fmt: skip


def require_apart(db: Session, keys: Keys, kind: str, kept: str, other: str) -> None:
    """Raise Invalid for a kind that is none and for one natural key twice, Conflict for two of one group."""
    if kind not in KINDS:
        raise Invalid(f"没有类别 {kind}", remedy=f"可用：{'、'.join(KINDS)}")
    if kept == other:
        raise Invalid("两个标识相同", remedy="填写同一主体的两个不同标识")
    canonical = _canonical(_edges(db, keys, kind))
    if canonical.get(kept, kept) == canonical.get(other, other):
        raise Conflict("这两个标识已经合并", remedy="查看已有的认定")


def _require_undisputed(db: Session, keys: Keys, kind: str, kept: str, other: str) -> None:
    newest = _newest(db, keys, kind)
    canonical = _canonical(_in_force(newest))
    joined = {canonical.get(kept, kept), canonical.get(other, other)}
    for pair, (is_same, _) in newest.items():
        if not is_same and pair != {kept, other} and {canonical.get(each, each) for each in pair} == joined:
            raise Conflict(
                "合并后，已认定不是同一主体的两个标识将成为同一主体", remedy="先对那两个标识重新认定，或拆分有误的合并"
            )


def split(
    db: Session, keys: Keys, found: IdentityDecision, *, reason: str, evidence: str, department_id: str, by: str,
    now: datetime,
) -> IdentityDecision:  # fmt: skip
    """Take a merge back: both natural keys name their own things again, under the keys they had.

    Raises Conflict for a merge that is no longer in force.
    """
    if not is_in_force(db, keys, found):
        raise Conflict("这一合并已不再生效", remedy="刷新后查看", decision=found.id)
    pair = unsealed(keys, found)
    kept, other = Named(pair.kept, found.kept_key), Named(pair.other, found.other_key)
    return _decide(db, keys, found.kind, kept, other, is_same=False, reason=reason, evidence=evidence,
                   department_id=department_id, by=by, now=now)  # fmt: skip


def keep_apart(
    db: Session, keys: Keys, kind: str, one: Named, other: Named, *, reason: str, evidence: str, department_id: str,
    by: str, now: datetime,
) -> IdentityDecision:  # fmt: skip
    """Decide that two natural keys name two things, though they look like one; raises Conflict for merged ones."""
    require_apart(db, keys, kind, one.natural, other.natural)
    return _decide(db, keys, kind, one, other, is_same=False, reason=reason, evidence=evidence,
                   department_id=department_id, by=by, now=now)  # fmt: skip


def decided(db: Session, kind: str) -> frozenset[frozenset[str]]:
    """The pairs of record keys on which anything was ever decided."""
    rows = db.execute(
        select(IdentityDecision.kept_key, IdentityDecision.other_key).where(IdentityDecision.kind == kind)
    )
    return frozenset(frozenset((kept, other)) for kept, other in rows)


def _decide(
    db: Session, keys: Keys, kind: str, kept: Named, other: Named, *, is_same: bool, reason: str, evidence: str,
    department_id: str, by: str, now: datetime,
) -> IdentityDecision:  # fmt: skip
    require_authority(db, department_id)
    _check(reason, evidence)
    made = IdentityDecision(
        kind=kind, is_same=is_same, kept="", other="", kept_key=kept.record_key, other_key=other.record_key,
        reason="", evidence="", department_id=department_id, at=now, by=by,
    )  # fmt: skip
    db.add(made)
    db.flush()
    texts = {"kept": kept.natural, "other": other.natural, "reason": reason.strip(), "evidence": evidence.strip()}
    for part, text in texts.items():
        setattr(made, part, sealing.seal(keys, _about(made, part), text))
    db.flush()
    return made


def _check(reason: str, evidence: str) -> None:
    if missing := [name for name, text in (("理由", reason), ("依据", evidence)) if not text.strip()]:
        raise Invalid(f"应写明{'、'.join(missing)}", remedy="补全后重新提交", missing=missing)
    if max(len(reason), len(evidence)) > MOST:
        raise Invalid("文字过长", remedy=f"每项不超过 {MOST} 字")


def _about(found: IdentityDecision, part: str) -> str:
    return f"identity.{found.id}.{part}"


def unsealed(keys: Keys, found: IdentityDecision) -> Pair:
    """What the decision is about."""
    parts = ("kept", "other", "reason", "evidence")
    return Pair(found.kind, *(sealing.unseal(keys, _about(found, part), getattr(found, part)) for part in parts))


def get(db: Session, decision_id: int) -> IdentityDecision:
    """The decision of that number; raises NotFound."""
    found = db.get(IdentityDecision, decision_id)
    if found is None:
        raise NotFound(f"没有身份认定 {decision_id}", decision=decision_id)
    return found


def listing() -> Listing[IdentityDecision]:
    """All decisions, the newest first."""
    return Listing(
        select(IdentityDecision),
        {"id": IdentityDecision.id, "kind": IdentityDecision.kind, "same": IdentityDecision.is_same,
         "at": IdentityDecision.at, "by": IdentityDecision.by},
        [IdentityDecision.id.desc()],
        (IdentityDecision.kept_key, IdentityDecision.other_key, IdentityDecision.by),
        ("kind",),
        load=[joinedload(IdentityDecision.department)],
    )  # fmt: skip


def is_in_force(db: Session, keys: Keys, found: IdentityDecision) -> bool:
    """Whether a decision is a merge that the newest decision on its pair upholds."""
    return found.is_same and any(each.id == found.id for each in _edges(db, keys, found.kind))


def same_as(db: Session, keys: Keys) -> list[tuple[str, str, str]]:
    """(kind, natural key, canonical natural key) of every merged group, its canonical key among them, in order."""
    return sorted(
        (kind, natural, into) for kind in KINDS for natural, into in _canonical(_edges(db, keys, kind)).items()
    )


@dataclass(frozen=True, slots=True)
class _Edge:
    id: int
    kept: str
    other: str


def _edges(db: Session, keys: Keys, kind: str) -> list[_Edge]:
    """The merges in force, oldest first."""
    return _in_force(_newest(db, keys, kind))


def _newest(db: Session, keys: Keys, kind: str) -> dict[frozenset[str], tuple[bool, _Edge]]:
    """Of each pair on which anything was decided the newest decision: whether it is one, and the edge."""
    newest: dict[frozenset[str], tuple[bool, _Edge]] = {}
    for row in _of_kind(db, kind):
        pair = unsealed(keys, row)
        newest[frozenset((pair.kept, pair.other))] = (row.is_same, _Edge(row.id, pair.kept, pair.other))
    return newest


def _in_force(newest: Mapping[frozenset[str], tuple[bool, _Edge]]) -> list[_Edge]:
    return sorted((edge for is_same, edge in newest.values() if is_same), key=lambda edge: edge.id)


def _of_kind(db: Session, kind: str) -> Sequence[IdentityDecision]:
    query = select(IdentityDecision).where(IdentityDecision.kind == kind).order_by(IdentityDecision.id)
    return db.scalars(query).all()


def _canonical(edges: Sequence[_Edge]) -> dict[str, str]:
    """Natural key -> that under which its group stands: one that no merge gave up, of several the oldest decision's."""
    given_up = {edge.other for edge in edges}
    kept = [edge.kept for edge in edges]
    order = {natural: n for n, natural in enumerate(dict.fromkeys([*(k for k in kept if k not in given_up), *kept]))}
    last = len(order)
    return {
        natural: into
        for group in _groups(edges)
        for into in [min(group, key=lambda each: (order.get(each, last), each))]
        for natural in group
    }


def _groups(edges: Iterable[_Edge]) -> list[set[str]]:
    """Natural keys that merges join, directly or through others."""
    group_of: defaultdict[str, set[str]] = defaultdict(set)
    for edge in edges:
        joined = {edge.kept, edge.other} | group_of[edge.kept] | group_of[edge.other]
        for each in joined:
            group_of[each] = joined
    return list({id(group): group for group in group_of.values()}.values())
