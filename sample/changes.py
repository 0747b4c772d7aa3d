"""The log of changes of registered firms: names, representatives, states; and the intervals that follow from it."""

from __future__ import annotations

import numpy as np
import polars as pl

from sample import geography
from sample.columns import day, id_number, name, pick, same, serials
from sample.contract import items
from sample.desk import Desk
from sample.firms import ACTIVE, CANCELLED, WORDS
from sample.streams import Bools, Days, Ints
from sample.world import World

NAME, REPRESENTATIVE, STATUS = "01", "02", "03"
RENAMED, RELED = 0.06, 0.08  # shares of the firms that changed their name, their representative
LAST_YEARS = 8 * 365
GROWN = 32  # who was of age all that time
# whose representative is another in the register than in truth
ODD = ("deceased_firm", "representative_dissolved", "partner_unknown", "representative_unknown",
       "representative_from_elsewhere")  # fmt: skip


def send_market_regulation(desk: Desk) -> None:
    desk.send("market_regulation_change", log(desk.world))


def log(world: World) -> pl.DataFrame:
    """One row per change, in the order of the days."""
    rows = _logged(world)
    parts = (_names(world, rows), _representatives(world, rows), _states(world, rows))
    found = pl.concat(parts, how="diagonal").sort("changed_date", "item_code", "_firm")
    return found.with_columns(
        change_no=serials("BG1402", len(found), 10),
        credit_code=world.firms.code.gather(found["_firm"]),
    ).select(*(item.code for item in items("market_regulation_change")), "_firm")


def history(world: World) -> pl.DataFrame:
    """The truth: credit_code, item_code, value and the days from which and to which it held."""
    rows, changes = _logged(world), log(world)
    first = changes.group_by("_firm", "item_code").agg(pl.all().sort_by("changed_date").first())
    turn = pl.col("changed_date").shift(-1).over("_firm", "item_code", order_by="changed_date")
    after = changes.select("_firm", "item_code", value="after_text", valid_from="changed_date", valid_to=turn)
    started = pl.DataFrame({"_firm": rows, "started": day(world.firms.established[rows])})
    before = first.join(started, on="_firm").select(
        "_firm", "item_code", value="before_text", valid_from="started", valid_to="changed_date"
    )
    kept = [_unchanged(world, rows, changes, item) for item in (NAME, REPRESENTATIVE, STATUS)]
    codes = pl.DataFrame({"_firm": rows, "credit_code": world.firms.code.gather(rows)})
    told = pl.concat([before, after, *kept]).join(codes, on="_firm").drop("_firm")
    return told.sort("credit_code", "item_code", "valid_from", nulls_last=False)


def _unchanged(world: World, rows: Ints, changes: pl.DataFrame, item: str) -> pl.DataFrame:
    """The one interval of firms whose item never changed; none where the register names another than the truth."""
    changed = changes.filter(pl.col("item_code") == item)["_firm"].to_numpy()
    rest = rows[~np.isin(rows, changed)]
    if item == REPRESENTATIVE:
        rest = rest[_plainly_led(world, rest)]
    value = {NAME: world.firms.name, REPRESENTATIVE: name(world, np.maximum(world.firms.representative, 0))}.get(item)
    stated = value.gather(rest) if value is not None else pick(("", "1", "2", "3", "4"), world.firms.status[rest])
    return pl.DataFrame({
        "_firm": rest, "item_code": same(item, len(rest)), "value": stated,
        "valid_from": day(world.firms.established[rest]),
    }).with_columns(valid_to=pl.lit(None, pl.Date))  # fmt: skip


def _logged(world: World) -> Ints:
    found: Ints = np.r_[world.firms.numbers("enterprise"), world.firms.numbers("individual")]
    return found


def _plainly_led(world: World, rows: Ints) -> Bools:
    firms = world.firms
    odd = np.concatenate([world.reserved[kind] for kind in ODD])
    plain: Bools = (firms.partner[rows] < 0) & (firms.representative[rows] >= 0) & ~np.isin(rows, odd)
    return plain


def _when(world: World, rows: Ints, label: str) -> Days:
    """A day in the last years between founding and the end; one who was founded later than that changed the next day."""
    firms = world.firms
    end = np.where(firms.status[rows] == CANCELLED, firms.cancelled[rows], world.today - 30)
    start = np.maximum(firms.established[rows], end - LAST_YEARS)
    span = (end - start).astype(np.int64) - 2
    chosen: Days = start + 1 + (world.rng(label).random(len(rows)) * np.maximum(span, 0)).astype(np.int64)
    return chosen


def _chosen(world: World, rows: Ints, share: float, label: str) -> Ints:
    """The firms of that share that lived long enough to change."""
    firms = world.firms
    end = np.where(firms.status[rows] == CANCELLED, firms.cancelled[rows], world.today - 30)
    lived = (end - firms.established[rows]).astype(np.int64) > 60
    found: Ints = rows[(world.rng(label).random(len(rows)) < share) & lived]
    return found


def _names(world: World, rows: Ints) -> pl.DataFrame:
    """Another word after the place; one in six of them changed twice."""
    firms, rng = world.firms, world.rng("former names")
    chosen = _chosen(world, rows, RENAMED, "renamed")
    places = ["大同市" + geography.county_names()[code] for code in geography.COUNTY_CODES]
    place = pl.Series(places).gather(firms.county[chosen])
    now = firms.name.gather(chosen)
    former = [_former(now, place, rng.integers(0, len(WORDS), len(chosen))) for _ in range(2)]
    last = _when(world, chosen, "renaming day")
    one = pl.DataFrame({
        "_firm": chosen, "item_code": same(NAME, len(chosen)), "before_text": former[0], "after_text": now,
        "changed_date": day(last),
    })  # fmt: skip
    earlier = day(last - 400)
    twice = pl.Series((rng.random(len(chosen)) < 1 / 6) & (last - 460 > firms.established[chosen]))
    two = one.with_columns(before_text=former[1], after_text=former[0], changed_date=earlier)
    return pl.concat([one, two.filter(twice & (former[0] != former[1]))]).filter(
        pl.col("before_text") != pl.col("after_text")
    )


def _former(now: pl.Series, place: pl.Series, words: Ints) -> pl.Series:
    frame = pl.DataFrame({"now": now, "place": place, "word": pick(WORDS, words)})
    rest = pl.col("now").str.slice(pl.col("place").str.len_chars() + 2)
    return frame.select(former=pl.concat_str("place", "word", rest)).to_series()


def _representatives(world: World, rows: Ints) -> pl.DataFrame:
    """Another grown-up before the one of today."""
    people = world.people
    pool = np.flatnonzero(people.adult & (people.age > GROWN))
    chosen = _chosen(world, rows, RELED, "led anew")
    now = world.firms.representative[np.maximum(chosen, 0)]
    former = pool[world.rng("former representatives").integers(0, len(pool), len(chosen))]
    kept = _plainly_led(world, chosen) & (name(world, np.maximum(now, 0)) != name(world, former)).to_numpy()
    chosen, now, former = chosen[kept], now[kept], former[kept]
    return pl.DataFrame({
        "_firm": chosen, "item_code": same(REPRESENTATIVE, len(chosen)), "before_text": name(world, former),
        "after_text": name(world, now), "before_id_number": id_number(world, former),
        "after_id_number": id_number(world, now), "changed_date": day(_when(world, chosen, "leading day")),
    })  # fmt: skip


def _states(world: World, rows: Ints) -> pl.DataFrame:
    """Struck off on the day that the register names; revoked or moved away on some day."""
    firms = world.firms
    chosen = rows[firms.status[rows] != ACTIVE]
    on = np.where(firms.status[chosen] == CANCELLED, firms.cancelled[chosen], _when(world, chosen, "end day"))
    return pl.DataFrame({
        "_firm": chosen, "item_code": same(STATUS, len(chosen)), "before_text": same("1", len(chosen)),
        "after_text": pick(("", "1", "2", "3", "4"), firms.status[chosen]), "changed_date": day(on),
    })  # fmt: skip
