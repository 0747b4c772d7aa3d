"""The life of the listed licences: the dictionary of their types, and the steps from issue to end."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from sample.codes import licence_ids, national_code
from sample.columns import day, id_number, joined, marked, name, pick, same
from sample.contract import department
from sample.desk import Desk
from sample.streams import Days, Ints
from sample.world import World

# state of the licence -> (operation, reason)
ENDS = {"04": ("05", "持证人申请注销"), "05": ("04", "有效期届满"), "07": ("07", "依法吊销")}
BODIES = ("国家市场监督管理部门", "国家卫生健康部门", "国家社会保障部门", "国家教育部门", "国家应急管理部门")
RENEWED = 0.01


def send_types(desk: Desk, types: tuple[tuple[str, int, str, str, int, bool], ...]) -> None:
    """The dictionary: every type that a listed licence has."""
    size = len(types)
    desk.send("approval_licence_type", pl.DataFrame({
        "licence_type_code": [national_code(t[1]) + t[2] for t in types], "licence_type_name": [t[0] for t in types],
        "standard_body_name": [BODIES[t[1] - 1] for t in types],
        "holder_class_code": ["1" if t[5] else "2" for t in types],
        "has_term": [number > 0 for number in range(size)],
        "issuer_name": [department(t[3]).full_name for t in types], "valid_from": same("2019-01-01", size),
        "valid_until": same(None, size),
    }))  # fmt: skip


def with_renewals(world: World, every: pl.DataFrame) -> pl.DataFrame:
    """The licences, and those that a few valid ones continue: lapsed on the day of the new one, of the same number.

    `_previous`: the identifier of the licence that a row continues, `_renewed`: whether another continues it.
    """
    rng = world.rng("renewals")
    fit = (every["state_code"] == "01").to_numpy() & every["valid_until"].is_not_null().to_numpy()
    new = np.sort(rng.permutation(np.flatnonzero(fit))[: max(3, round(len(every) * RENEWED))])
    old = every[new]
    serial = np.arange(len(every) + 1, len(every) + 1 + len(new))
    began: Days = old["issued_date"].to_numpy().astype("datetime64[D]")
    issued = began - rng.integers(800, 1800, len(new)).astype("timedelta64[D]")
    old = old.with_columns(
        licence_id=licence_ids(old["licence_type_code"], old["issuer_code"], serial), issued_date=day(issued),
        valid_from=day(issued), valid_until=old["issued_date"], state_code=same("05", len(new)),
    )  # fmt: skip
    previous = same(None, len(every)).scatter(new, old["licence_id"])
    return pl.concat([
        every.with_columns(_previous=previous, _renewed=pl.lit(value=False)),
        old.with_columns(_previous=same(None, len(new)), _renewed=pl.lit(value=True)),
    ])  # fmt: skip


def send_co_holders(desk: Desk, every: pl.DataFrame) -> None:
    """Few licences of persons have a second holder, and fewer a third."""
    world = desk.world
    rng, adults = world.rng("co-holders"), np.flatnonzero(world.people.adult)
    held = rng.permutation(np.flatnonzero((every["_person"] >= 0).to_numpy()))[: max(3, len(every) // 150)]
    rows = np.r_[np.sort(held), held[: len(held) // 3]]
    who = adults[rng.integers(0, len(adults), len(rows))]
    desk.send("approval_licence_co_holder", pl.DataFrame({
        "licence_id": every["licence_id"].gather(rows),
        "holder_no": [*["2"] * len(held), *["3"] * (len(rows) - len(held))], "holder_kind_code": same("1", len(rows)),
        "holder_name": name(world, who), "id_number": id_number(world, who), "credit_code": same(None, len(rows)),
    }))  # fmt: skip


def send_steps(desk: Desk, every: pl.DataFrame, lapsed: Ints, odd: Ints) -> None:
    """What was done with the licences until two days ago, and the day after those that lapsed then.

    odd: licences given back that were never held.
    """
    world = desk.world
    before = (world.as_of - timedelta(days=2)).isoformat()
    desk.send("approval_licence_step", _steps(world, every, lapsed, odd), before)
    gone = every[lapsed]
    desk.send("approval_licence_step", pl.DataFrame({
        "step_no": _numbers(world, "B", len(gone)), "licence_id": gone["licence_id"],
        "previous_licence_id": same(None, len(gone)), "operation_code": same("04", len(gone)),
        "state_code": same("05", len(gone)), "operated_date": day(np.full(len(gone), world.today - 1)),
        "reason": same("有效期届满", len(gone)),
    }))  # fmt: skip


def _steps(world: World, every: pl.DataFrame, lapsed: Ints, odd: Ints) -> pl.DataFrame:
    rng = world.rng("licence steps")
    state, renewed = every["state_code"].to_numpy(), every["_renewed"].to_numpy()
    issued = every["issued_date"].to_numpy().astype("datetime64[D]")
    room = np.maximum((world.today - 3 - issued).astype(np.int64), 2)
    continued = np.flatnonzero(every["_previous"].is_not_null().to_numpy())
    ended = np.flatnonzero(np.isin(state, list(ENDS)) & ~renewed)
    valid = (state == "01") & (room > 60) & every["_previous"].is_null().to_numpy()
    valid[np.r_[odd, lapsed]] = False
    held = np.sort(rng.permutation(np.flatnonzero(valid))[: max(2, len(every) // 200)])
    rows = np.r_[continued, ended, held, held, odd]
    parts = [len(continued), len(ended), len(held), len(held), len(odd)]
    part = np.repeat(np.arange(5), parts)
    after = 1 + rng.integers(0, room[rows])
    half = room[rows] // 2
    days = np.select([part == 0, part == 2, part == 3], [0, half - 20, half + 5], after)
    ends = pl.Series(state[ended])
    operation = [*["02"] * parts[0], *(ENDS[s][0] for s in ends), *["03"] * parts[2], *["06"] * (parts[3] + parts[4])]
    states = [*["01"] * parts[0], *ends, *["02"] * parts[2], *["01"] * (parts[3] + parts[4])]
    reason = [*["到期换证"] * parts[0], *(ENDS[s][1] for s in ends), *["立案调查"] * parts[2], *["调查结束"] * parts[3]]
    return pl.DataFrame({
        "step_no": _numbers(world, "A", len(rows)), "licence_id": every["licence_id"].gather(rows),
        "previous_licence_id": every["_previous"].gather(rows).scatter(np.flatnonzero(part != 0), None),
        "operation_code": operation, "state_code": states, "operated_date": day((issued[rows] + days).astype("datetime64[D]")),
        "reason": [*reason, *["材料补正"] * parts[4]],
        "_plant": marked(part, {"unlawful_transition": np.array([4])}),
    })  # fmt: skip


def _numbers(world: World, letter: str, size: int) -> pl.Series:
    return joined(f"BL{world.as_of:%Y%m%d}{letter}", pick([f"{n:08d}" for n in range(1, size + 1)], np.arange(size)))
