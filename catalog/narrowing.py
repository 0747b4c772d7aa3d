"""Grants made smaller: fewer items, stronger masks, fewer rows, fewer ways, an earlier end; never larger."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from catalog import conditions, grants, policy, settling
from catalog.deadlines import ends_on
from catalog.errors import Invalid
from catalog.models import Grant, GrantVersion
from catalog.notices import tell
from catalog.view import AllOf
from catalog.vocab import Mask


def narrow(
    db: Session,
    grant: Grant,
    *,
    reason: str,
    by: str,
    now: datetime,
    zone: ZoneInfo,
    columns: Sequence[str] | None = None,
    masks: Mapping[str, str] | None = None,
    row_condition: Mapping[str, Any] | None = None,
    modes: Sequence[str] | None = None,
    expires_at: datetime | None = None,
    exclude_minors: bool = False,
    exclude_deceased: bool = False,
) -> GrantVersion:
    """A new version of a living grant that opens less; every door goes by it within a second.

    columns, modes: what stays. masks: stronger ones. row_condition: narrows further, in addition to the one in force.
    Raises Invalid when anything would become wider, or nothing narrower.
    """
    if not reason.strip():
        raise Invalid("缩小授权须写明理由", remedy="填写理由")
    newest = grants.require_living(grant, now)
    changes: dict[str, Any] = {
        "columns": _columns(grant, newest, columns, masks or {}),
        "row_condition": _rows(grant, newest, row_condition),
        "modes": [mode for mode in newest.modes if modes is None or mode in modes],
        "expires_at": expires_at or newest.expires_at,
        "includes_minors": newest.includes_minors and not exclude_minors,
        "includes_deceased": newest.includes_deceased and not exclude_deceased,
    }
    _check(newest, changes, modes, now)
    version = grants.follow(db, grant, "narrowed", reason=reason.strip(), by=by, now=now, **changes)
    text = f"「{grant.resource.name}」的授权已缩小：{reason.strip()}"
    tell(db, grant.department_id, "grant_narrowed", grant.id, text, ends_on(version.expires_at, zone), now=now)
    return version


def _columns(
    grant: Grant, newest: GrantVersion, columns: Sequence[str] | None, masks: Mapping[str, str]
) -> dict[str, str]:
    kept = newest.columns if columns is None else {n: m for n, m in newest.columns.items() if n in columns}
    if columns is not None and (stray := sorted(set(columns) - set(kept))):
        raise Invalid(f"授权中没有信息项 {'、'.join(stray)}", remedy="只能保留已授权的信息项", columns=stray)
    if stray := sorted(set(masks) - set(kept)):
        raise Invalid(f"脱敏方式指到了保留范围以外的信息项：{'、'.join(stray)}", remedy="去掉这些信息项", columns=stray)
    settling.check_suits(grant.resource, masks)
    if wider := sorted(n for n, m in masks.items() if not policy.is_as_strict(Mask(m), Mask(newest.columns[n]))):
        raise Invalid(f"脱敏只能加强：{'、'.join(wider)}", remedy=f"可用：{'、'.join(Mask)}", columns=wider)
    return {**kept, **masks}


def _rows(grant: Grant, newest: GrantVersion, further: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Both conditions, over items that the grant shows or already looks at."""
    if further is None:
        return newest.row_condition
    every = {item.name: item.stored_type for item in grant.resource.items}
    old = conditions.parse(newest.row_condition, every) if newest.row_condition else None
    seen = {*newest.columns, *(conditions.columns_of(old) if old else ())}
    more = conditions.parse(further, {name: kind for name, kind in every.items() if name in seen})
    parts = old.parts if isinstance(old, AllOf) else (old,)
    joined = conditions.both(*parts, more)
    assert joined is not None
    return conditions.dump(conditions.parse(conditions.dump(joined), every))


def _check(newest: GrantVersion, changes: Mapping[str, Any], modes: Sequence[str] | None, now: datetime) -> None:
    if not changes["columns"] or not changes["modes"] or set(modes or ()) - set(newest.modes):
        raise Invalid("缩小后的授权应至少保留一个信息项和一种已授权的使用方式", remedy="全部收回的，请收回授权")
    if not now < changes["expires_at"] <= newest.expires_at:
        raise Invalid("到期时间只能提前，且应晚于现在", remedy="立即结束的，请收回授权")
    if all(getattr(newest, name) == value for name, value in changes.items()):
        raise Invalid("没有任何缩小", remedy="写明要去掉的信息项、行、方式，或提前的到期时间")
