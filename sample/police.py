"""What the police deliver: residents, residence permits, deregistrations, driving licences, addresses."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from sample.codes import digits, texts
from sample.columns import (
    birth,
    chance,
    day,
    id_number,
    joined,
    marked,
    name,
    no_day,
    only,
    phone,
    pick,
    serials,
    sex,
    some,
)
from sample.desk import Desk
from sample.people import DECEASED, MOVED_OUT
from sample.streams import Ints
from sample.world import World, somewhere

RELATIONS = {2: "02", 10: "10", 20: "20", 30: "30", 50: "50", 97: "97"}
ETHNICITIES = {"01": 97.9, "03": 0.7, "02": 0.6, "11": 0.5, "06": 0.1, "15": 0.1, "08": 0.1}
VEHICLES = {"C1": 78, "C2": 9, "B2": 6, "A2": 2.5, "A1": 1, "B1": 1, "D": 1, "E": 1.5}


def send(desk: Desk) -> None:
    """All deliveries of the police."""
    desk.send("police_population", population(desk.world))
    _residence_permits(desk)
    desk.send("police_deregistration", _deregistration(desk.world))
    desk.send("police_driving_licence", _driving_licences(desk.world))
    desk.send("police_address", desk.world.addresses.table)


def household_numbers(world: World, rows: Ints) -> pl.Series:
    """Household numbers: the registering county's code and a serial."""
    serial = texts(digits(world.people.homes.household[rows] + 1, 9))
    return joined(world.county_code(world.people.registered_at[rows]), serial)


def population(world: World) -> pl.DataFrame:
    people, rng = world.people, world.rng("population")
    rows = np.flatnonzero(~people.migrant)
    relation = pl.Series(people.homes.relation[rows]).replace_strict(RELATIONS, return_dtype=pl.String)
    return pl.DataFrame({
        "id_number": id_number(world, rows), "name": name(world, rows), "sex_code": sex(world, rows),
        "ethnicity_code": chance(rng, ETHNICITIES, len(rows)), "birth_date": birth(world, rows),
        "registered_address": world.addresses.full(people.registered_at[rows]),
        "registered_division_code": world.county_code(people.registered_at[rows]),
        "household_id": household_numbers(world, rows), "household_relation_code": relation,
        "status_code": pick(("9", "1", "2", "3"), people.status[rows]), "_person": rows,
    })  # fmt: skip


def _residence_permits(desk: Desk) -> None:
    """All permits two days ago; yesterday those who came or moved since."""
    before, since = stays(desk.world)
    desk.send("police_residence_permit", before, (desk.world.as_of - timedelta(days=2)).isoformat())
    desk.send("police_residence_permit", since, spoilt=False)


def stays(world: World) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Every stay known two days ago, those that are over among them; and those that began or ended yesterday.

    Who moves gives up one permit and gets another.
    """
    rng = world.rng("residence permits")
    rows = np.flatnonzero(world.people.permit)
    settled = np.isin(rows, np.r_[world.reserved["residence_conflict"], world.reserved["residence_welfare"]])
    draw = rng.random(len(rows))
    moved, new = (draw < 0.03) & ~settled, (draw > 0.97) & ~settled
    if not moved.any():
        moved[np.flatnonzero(~settled & ~new)[:1]] = True
    now = permits(world, rows, world.people.lives_at[rows])
    old_home = somewhere(rng, world.addresses, rng.integers(0, 10, len(rows)))
    before = permits(world, rows, np.where(moved, old_home, world.people.lives_at[rows])).filter(~new)
    left = permits(world, rows, old_home).filter(moved).with_columns(end_date=pl.lit(world.as_of - timedelta(days=2)))
    came = now.filter(moved).with_columns(
        permit_no=serials("14023", int(moved.sum()), 12), start_date=pl.lit(world.as_of - timedelta(days=1))
    )
    return pl.concat([before, _earlier(world, before.filter(~settled[~new]))]), pl.concat([left, came, now.filter(new)])


def _earlier(world: World, later: pl.DataFrame) -> pl.DataFrame:
    """One stay in six followed one elsewhere in the city, which ended on the day before."""
    rng = world.rng("earlier stays")
    start = later["start_date"].to_numpy() - rng.integers(100, 900, len(later))
    chosen = (rng.random(len(later)) < 0.16) & (start > world.people.birth[later["_person"].to_numpy()])
    rows = later["_person"].to_numpy()[chosen]
    homes = somewhere(rng, world.addresses, rng.integers(0, 10, len(rows)))
    return later.filter(chosen).with_columns(
        permit_no=serials("14022", len(rows), 12), residence_address=world.addresses.full(homes),
        residence_division_code=world.county_code(homes), start_date=day(start[chosen]),
        end_date=pl.col("start_date") - timedelta(days=1),
    )  # fmt: skip


def permits(world: World, rows: Ints, homes: Ints) -> pl.DataFrame:
    rng = world.rng("permit details")
    start = world.days_ago(rng, len(rows), 20, 1400)
    end = np.where(rng.random(len(rows)) < 0.3, world.today + rng.integers(60, 900, len(rows)), no_day(len(rows)))
    return pl.DataFrame({
        "permit_no": serials("14021", len(rows), 12), "id_number": id_number(world, rows), "name": name(world, rows),
        "residence_address": world.addresses.full(homes), "residence_division_code": world.county_code(homes),
        "phone": phone(world, rows), "start_date": day(start), "end_date": day(end), "_person": rows,
    })  # fmt: skip


def _deregistration(world: World) -> pl.DataFrame:
    """The dead and those who moved away; a few deaths stand under another day than the doctors'."""
    people, rng = world.people, world.rng("deregistration")
    rows = np.flatnonzero((people.status == DECEASED) | (people.status == MOVED_OUT))
    dead = people.status[rows] == DECEASED
    planted = np.isin(rows, world.reserved["death_conflict"])
    known = people.death[rows] + np.where(planted, rng.integers(2, 9, len(rows)), 0)
    gone = np.where(dead, people.death[rows] + rng.integers(10, 36, len(rows)), world.days_ago(rng, len(rows), 2, 700))
    return pl.DataFrame({
        "id_number": id_number(world, rows), "name": name(world, rows),
        "kind_code": pick(("2", "1"), dead.astype(np.int64)), "deregistered_date": day(gone),
        "death_date": day(known), "_person": rows,
        "_plant": marked(rows, {"death_conflict": world.reserved["death_conflict"]}),
    })  # fmt: skip


def _driving_licences(world: World) -> pl.DataFrame:
    people, rng = world.people, world.rng("driving")
    rows = some(rng, people.adult, 0.42, 40)
    days_grown = ((people.age[rows] - 18.2) * 365).astype(np.int64)
    first = world.today - 2 - (rng.random(len(rows)) * np.minimum(days_grown, 11_000)).astype(np.int64)
    state = chance(rng, {"01": 96, "02": 1, "04": 2, "07": 1}, len(rows))
    until = world.today + rng.integers(30, 3600, len(rows))
    return pl.DataFrame({
        "licence_no": id_number(world, rows), "id_number": id_number(world, rows), "name": name(world, rows),
        "vehicle_class": chance(rng, VEHICLES, len(rows)), "first_issued_date": day(first),
        "valid_until": only(day(until), (state == "01").to_numpy()), "state_code": state, "_person": rows,
    })  # fmt: skip
