"""What departments deliver about firms and organisations."""

from __future__ import annotations

import numpy as np
import polars as pl

from sample import geography
from sample.codes import credit_codes, digits, texts
from sample.columns import chance, day, id_number, joined, marked, name, only, pick, same, strangers
from sample.desk import Desk
from sample.firms import ACTIVE, CANCELLED, CLASSES, INDUSTRIES, MOVED, REVOKED
from sample.histories import Fall, send_months
from sample.streams import Bools, Floats, Ints, rank_within
from sample.world import World

TAX_STATES = {ACTIVE: "01", REVOKED: "03", CANCELLED: "04", MOVED: "04"}
AUTHORITIES = [f"大同市{n}行政审批服务管理局" for n in geography.county_names().values()]
ORGANISERS = [f"大同市{n}人民政府" for n in geography.county_names().values()]


def send_market_regulation(desk: Desk) -> None:
    desk.send("market_regulation_enterprise", _enterprises(desk.world))
    desk.send("market_regulation_individual", _individuals(desk.world))
    desk.send("market_regulation_shareholder", _shareholders(desk.world))


def send_civil_affairs(desk: Desk) -> None:
    desk.send("civil_affairs_social_organisation", _social_organisations(desk.world))


def send_establishment(desk: Desk) -> None:
    """Five months: an institution of the first is dissolved in the last; one month says little of the funding."""
    now = _institutions(desk.world)
    gone = now[-1:].with_columns(
        credit_code=pl.Series([_dissolved_code()]), name=pl.lit("大同市城镇集体经济办公室"),
        representative_id_number=pl.lit(None, pl.String),
    )  # fmt: skip
    send_months(desk, "establishment_institution", now, Fall("empties_rose", "funding"), pl.concat([now, gone]))


def _dissolved_code() -> str:
    return str(credit_codes(np.frombuffer(b"12", np.uint8).reshape(1, 2), "140200", np.array([31**5 + 9_999]))[0])


def send_taxation(desk: Desk) -> None:
    desk.send("taxation_taxpayer", _taxpayers(desk.world))


def send_agriculture(desk: Desk) -> None:
    desk.send("agriculture_cooperative", _cooperatives(desk.world))


def place(world: World, rows: Ints) -> dict[str, pl.Series]:
    """Address and county code of organisations; the county is that of the address."""
    at = world.firms.address[rows]
    return {"address": world.addresses.full(at), "division_code": world.county_code(at)}


def capital(world: World, rows: Ints) -> Ints:
    """Registered capital in 10,000 yuan, the same wherever it is asked for."""
    every = world.rng("capital").lognormal(4.6, 1.2, len(world.firms.code))
    return np.maximum(1, every[rows].round(0)).astype(np.int64)


def _status(world: World, rows: Ints) -> pl.Series:
    return pick(("", "1", "2", "3", "4"), world.firms.status[rows])


def _representative(world: World, rows: Ints) -> dict[str, pl.Series]:
    people = world.firms.representative[rows]
    return {
        "representative_name": name(world, people), "representative_id_number": id_number(world, people),
        "_person": pl.Series(people), "_firm": pl.Series(rows),
    }  # fmt: skip


def _class(world: World, rows: Ints) -> dict[str, pl.Series]:
    return {"industry_class_code": pick([CLASSES[i[0]] for i in INDUSTRIES], world.firms.industry[rows])}


def _old_number(world: World, rows: Ints) -> pl.Series:
    """The number of 15 digits under which a firm was registered before the unified code (国发〔2015〕33 号)."""
    numbers = texts(digits(140_200_000_000_000 + rows, 15))
    return only(numbers, world.firms.established[rows] < np.datetime64("2015-10-01"))


def _leaders(world: World, rows: Ints) -> tuple[Ints, Ints]:
    """Who stands for each organisation: a person, or -1 and a firm; a few a dead person or a dissolved firm.

    Those led by a firm that nobody knows stand here under another's name.
    """
    people, partner = world.firms.representative[rows].copy(), world.firms.partner[rows].copy()
    mourning, led = world.reserved["deceased_firm"], world.reserved["representative_dissolved"]
    people[np.isin(rows, mourning)] = world.reserved["representative_deceased"][: len(mourning)]
    partner[np.isin(rows, led)] = world.reserved["dissolved_partner"]
    unknown = np.isin(rows, world.reserved["partner_unknown"])
    partner[unknown] = world.firms.numbers("enterprise")[0]
    people[partner >= 0] = -1
    return people, partner


def led_by(world: World, people: Ints, partner: Ints) -> pl.Series:
    """Names of the persons, or of the firms."""
    persons, companies = name(world, np.maximum(people, 0)), world.firms.name.gather(np.maximum(partner, 0))
    return pl.select(pl.when(pl.lit(pl.Series(partner >= 0))).then(companies).otherwise(persons)).to_series()


def _identifiers(world: World, rows: Ints, people: Ints) -> pl.Series:
    """Identifiers of the persons; a few are nobody's: two sorts given out here, in a former county, or in Beijing."""
    found = only(id_number(world, np.maximum(people, 0)), people >= 0)
    for kind, area in (("representative_unknown", 140203), ("representative_from_elsewhere", 110105)):
        places = np.flatnonzero(np.isin(rows, world.reserved[kind]))
        found = found.scatter(places, strangers(len(places), area, "1970-01-01", 991))
    return found


def _partners(world: World, rows: Ints, partner: Ints) -> pl.Series:
    """Codes of the firms that lead; a few were given to nobody."""
    found = only(world.firms.code.gather(np.maximum(partner, 0)), partner >= 0)
    places = np.flatnonzero(np.isin(rows, world.reserved["partner_unknown"]))
    kind = np.frombuffer(b"91" * len(places), np.uint8).reshape(-1, 2)
    return found.scatter(places, credit_codes(kind, "140213", 31**5 + 99 + np.arange(len(places))))


def _enterprises(world: World) -> pl.DataFrame:
    """Companies; a few name a dead person or a dissolved firm as their representative."""
    firms, rows = world.firms, world.firms.numbers("enterprise")
    people, partner = _leaders(world, rows)
    kinds = ("representative_dissolved", "partner_unknown", "representative_unknown", "representative_from_elsewhere")
    planted = {kind: world.reserved[kind] for kind in kinds}
    return pl.DataFrame({
        "credit_code": firms.code.gather(rows), "registration_no": _old_number(world, rows),
        "name": firms.name.gather(rows), "entity_type_code": firms.type_code.gather(rows),
        "representative_kind_code": pick("12", (partner >= 0).astype(np.int64)),
        "representative_name": led_by(world, people, partner),
        "representative_id_number": _identifiers(world, rows, people),
        "representative_credit_code": _partners(world, rows, partner),
        "registered_capital_cny_10k": capital(world, rows).astype(float),
        "established_date": day(firms.established[rows]),
        "business_scope": pick([i[3] for i in INDUSTRIES], firms.industry[rows]), **place(world, rows),
        "industry_code": pick([i[0] for i in INDUSTRIES], firms.industry[rows]), **_class(world, rows),
        "registration_authority": pick(AUTHORITIES, firms.county[rows]), "status_code": _status(world, rows),
        "cancelled_date": day(firms.cancelled[rows]), "_firm": rows,
        "_person": people,
        "_plant": marked(rows, {"representative_deceased": world.reserved["deceased_firm"], **planted}),
    })  # fmt: skip


def _individuals(world: World) -> pl.DataFrame:
    firms, rows = world.firms, world.firms.numbers("individual")
    people = firms.representative[rows]
    return pl.DataFrame({
        "credit_code": firms.code.gather(rows), "registration_no": _old_number(world, rows),
        "name": firms.name.gather(rows), "operator_name": name(world, people),
        "operator_id_number": id_number(world, people), "established_date": day(firms.established[rows]),
        "business_scope": pick([i[3] for i in INDUSTRIES], firms.industry[rows]), **place(world, rows),
        "industry_code": pick([i[0] for i in INDUSTRIES], firms.industry[rows]), **_class(world, rows),
        "status_code": _status(world, rows),
        "_person": people, "_firm": rows,
    })  # fmt: skip


def _shareholders(world: World) -> pl.DataFrame:
    """One to four holders per company; the first is its representative; shares add up to 100."""
    firms, rng = world.firms, world.rng("shareholders")
    rows = world.firms.numbers("enterprise")
    rows = rows[(firms.type_code[rows] != "1400").to_numpy()]
    owner = np.repeat(rows, rng.choice(4, len(rows), p=(0.45, 0.33, 0.15, 0.07)) + 1)
    rank, size = rank_within(owner), len(owner)
    adults = np.flatnonzero(world.people.adult)
    person = adults[rng.integers(0, len(adults), size)]
    person = np.where((rank == 0) & (firms.representative[owner] >= 0), firms.representative[owner], person)
    by_firm = (rank > 0) & (rng.random(size) < 0.15)
    firm = rows[rng.integers(0, len(rows), size)]
    by_firm &= firm != owner
    ratio = _shares(rng.random(size) + 0.1, owner, rank)
    names = pl.select(pl.when(pl.lit(pl.Series(by_firm))).then(firms.name.gather(firm)).otherwise(name(world, person)))
    return pl.DataFrame({
        "credit_code": firms.code.gather(owner), "serial": rank + 1,
        "shareholder_kind_code": pick("12", by_firm.astype(np.int64)),
        "shareholder_name": names.to_series(), "shareholder_id_number": only(id_number(world, person), ~by_firm),
        "shareholder_credit_code": only(firms.code.gather(firm), by_firm),
        "subscribed_cny_10k": (capital(world, owner) * ratio / 100).round(2), "ratio_pct": ratio,
        "_person": np.where(by_firm, -1, person), "_firm": owner,
    })  # fmt: skip


def _shares(weights: Floats, owner: Ints, rank: Ints) -> Floats:
    """Percentages with two decimals that add up to 100 per owner; the first holder takes the rest."""
    starts = np.flatnonzero(rank == 0)
    lengths = np.diff(np.r_[starts, len(owner)])
    part = np.floor(weights / np.repeat(np.add.reduceat(weights, starts), lengths) * 10_000)
    part[starts] += 10_000 - np.add.reduceat(part, starts)
    shares: Floats = (part / 100).round(2)
    return shares


def _social_organisations(world: World) -> pl.DataFrame:
    firms, rows = world.firms, world.firms.numbers("social")
    return pl.DataFrame({
        "credit_code": firms.code.gather(rows), "name": firms.name.gather(rows),
        "entity_type_code": firms.type_code.gather(rows),
        **_representative(world, rows), "supervisor_name": same("大同市民政局", len(rows)), **place(world, rows),
        "established_date": day(firms.established[rows]), "status_code": _status(world, rows),
    })  # fmt: skip


def _institutions(world: World) -> pl.DataFrame:
    firms, rows = world.firms, world.firms.numbers("institution")
    return pl.DataFrame({
        "credit_code": firms.code.gather(rows), "name": firms.name.gather(rows),
        "entity_type_code": firms.type_code.gather(rows),
        **_representative(world, rows), "organiser_name": pick(ORGANISERS, firms.county[rows]),
        "funding": chance(world.rng("funding"), {"财政补助": 85, "经费自理": 15}, len(rows)), **place(world, rows),
        "established_date": day(firms.established[rows]), "status_code": _status(world, rows),
    })  # fmt: skip


def _taxpayers(world: World) -> pl.DataFrame:
    """All companies and some traders; a few under another name, representative or state than the registrar's."""
    firms = world.firms
    rows = np.flatnonzero(world.pays_tax)
    kinds = ("entity_name_conflict", "entity_representative_conflict", "entity_status_conflict")
    planted = {kind: world.reserved[kind] for kind in kinds}
    renamed, relayed, standing = (np.isin(rows, numbers) for numbers in planted.values())
    people, partner = _leaders(world, rows)
    people[relayed] = _somebody_else(world, people[relayed])
    county = pl.Series(list(geography.county_names().values())).gather(firms.county[rows])
    return pl.DataFrame({
        "credit_code": firms.code.gather(rows),
        "name": joined(pick(("", "新"), renamed.astype(np.int64)), firms.name.gather(rows)),
        "taxpayer_state_code": _tax_states(world, rows, standing), "representative_name": led_by(world, people, partner),
        "representative_id_number": _identifiers(world, rows, people),
        "address": place(world, rows)["address"], "tax_office": joined("国家税务总局大同市", county, "税务局第一税务分局"),
        "_firm": rows, "_plant": marked(rows, planted),
    })  # fmt: skip


def _tax_states(world: World, rows: Ints, standing: Bools) -> pl.Series:
    states = pl.Series(world.firms.status[rows]).replace_strict(TAX_STATES, return_dtype=pl.String)
    return states.scatter(np.flatnonzero(standing), "01")


def _somebody_else(world: World, people: Ints) -> Ints:
    """Another adult for each person."""
    adults = np.flatnonzero(world.people.adult)
    place = np.searchsorted(adults, people)
    return adults[(place + 1) % len(adults)]


def _cooperatives(world: World) -> pl.DataFrame:
    firms, rows = world.firms, world.firms.numbers("cooperative")
    return pl.DataFrame({
        "credit_code": firms.code.gather(rows), "name": firms.name.gather(rows), **_representative(world, rows),
        **place(world, rows), "established_date": day(firms.established[rows]), "status_code": _status(world, rows),
    })  # fmt: skip
