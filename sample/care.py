"""What civil affairs and health deliver about people: marriages, welfare, births, deaths, hospitals."""

from __future__ import annotations

import numpy as np
import polars as pl

from sample import geography
from sample.columns import (
    chance,
    day,
    id_number,
    joined,
    marked,
    name,
    no_day,
    only,
    pick,
    same,
    serials,
    sex,
    some,
    strangers,
)
from sample.desk import Desk
from sample.histories import Fall, send_months
from sample.people import DECEASED, MOVED_OUT
from sample.police import household_numbers
from sample.streams import Days, Ints
from sample.world import World, somewhere, wanted

REGISTRARS = [f"大同市{n}民政局婚姻登记处" for n in geography.county_names().values()]
HOSPITALS = (
    "大同市第一人民医院",
    "大同市第三人民医院",
    "大同市第五人民医院",
    "大同市妇幼保健院",
    "浑源县人民医院",
    "阳高县人民医院",
)
CAUSES = {"循环系统疾病": 48, "肿瘤": 22, "呼吸系统疾病": 12, "损伤和中毒": 7, "其他": 11}
DISTRICTS = {"140213", "140214"}


def send_civil_affairs(desk: Desk) -> None:
    desk.send("civil_affairs_marriage", _marriages(desk.world))
    # one month in which far more people than before are put down as poor farmers
    send_months(desk, "civil_affairs_welfare", _welfare(desk.world), Fall("shares_moved", "kind_code", "4"))


def send_health(desk: Desk) -> None:
    """Births and deaths; the list of institutions comes without its 发证日期."""
    desk.send("health_birth_certificate", _births(desk.world))
    desk.send("health_death_certificate", _deaths(desk.world))
    slug = "health_medical_institution"
    if desk.world.is_clean:
        desk.send(slug, _institutions(desk.world))
        return
    desk.send(slug, _institutions(desk.world).drop("issued_date"))
    period, path = desk.sent(slug)
    desk.note("missing_column", slug, period, path, [None], "issued_date")


def _marriages(world: World) -> pl.DataFrame:
    """Certificates of couples: of the last years, the older ones of half of the divorced, and of widows and widowers."""
    people, rng = world.people, world.rng("marriages")
    men, women = people.homes.husbands, people.homes.wives
    young = people.living[men] & people.living[women] & (people.age[women] > 21.5) & (people.age[men] < 48)
    couples = some(rng, young, 0.04, 40)
    kinds = chance(rng, {"1": 86, "2": 5, "3": 9}, len(couples))
    new = _certificates(world, couples, kinds, world.days_ago(rng, len(couples), 2, 600), "J140200-")
    rng = world.rng("older marriages")
    divorced = couples[((kinds == "2").to_numpy()) & (rng.random(len(couples)) < 0.5)]
    bereft = np.flatnonzero(people.living[men] != people.living[women])
    bereft = bereft[(people.status[men[bereft]] != MOVED_OUT) & (people.status[women[bereft]] != MOVED_OUT)]
    older = np.r_[divorced, bereft[rng.random(len(bereft)) < 0.5]]
    grown = np.maximum(people.birth[men[older]], people.birth[women[older]]) + 22 * 366
    day_of = np.minimum(grown + rng.integers(0, 700, len(older)), _together_until(world, older) - 30)
    old = _certificates(world, older, same("1", len(older)), day_of, "J140199-")
    return pl.concat([new, old.filter(pl.Series(day_of >= grown))])


def _together_until(world: World, couples: Ints) -> Days:
    """The day on which one of the two died; of the living, a day before any divorce."""
    people = world.people
    ends = np.fmin(people.death[people.homes.husbands[couples]], people.death[people.homes.wives[couples]])
    return np.where(np.isnat(ends), world.today - 600, ends)


def _certificates(world: World, couples: Ints, kinds: pl.Series, days: Days, prefix: str) -> pl.DataFrame:
    people = world.people
    men, women = people.homes.husbands[couples], people.homes.wives[couples]
    return pl.DataFrame({
        "certificate_no": serials(prefix, len(couples), 9), "kind_code": kinds,
        "male_id_number": id_number(world, men), "male_name": name(world, men),
        "female_id_number": id_number(world, women), "female_name": name(world, women),
        "registered_date": day(days), "registrar": pick(REGISTRARS, people.county[men]), "_person": men, "_other": women,
    })  # fmt: skip


def marital(world: World) -> pl.DataFrame:
    """The truth of what the certificates and deaths tell: a row per person and stretch of one marital status."""
    pair = ("_person", "_other")
    one, other = pl.col("_person"), pl.col("_other")
    said = _marriages(world)
    both = pl.concat([said, said.with_columns(_person=other, _other=one)])
    death = pl.Series(world.people.death)
    both = both.with_columns(own=death.gather(both["_person"]), others=death.gather(both["_other"]))
    divorce = both.filter(pl.col("kind_code") == "2").select(*pair, divorced="registered_date")
    both = both.join(divorce, on=pair, how="left")
    kind, on = pl.col("kind_code"), pl.col("registered_date")
    certified = both.select(
        one, marital_status_code=pl.when(kind == "2").then(pl.lit("40")).otherwise(pl.lit("20")),
        valid_from=pl.when(kind != "3").then(on),
        valid_to=pl.when(kind != "2").then(
            pl.min_horizontal("divorced", "others", pl.col("own").dt.offset_by("1d"))),
    )  # fmt: skip
    left = both.filter((kind != "2") & pl.col("others").is_not_null() & pl.col("own").is_null())
    widowed = left.select(one, marital_status_code=pl.lit("30"), valid_from="others", valid_to=pl.lit(None, pl.Date))
    every = pl.concat([certified, widowed])
    return every.with_columns(id_number=id_number(world, every["_person"].to_numpy())).drop("_person")


def _welfare(world: World) -> pl.DataFrame:
    """People on welfare; a few live elsewhere than their residence permit says."""
    people, rng = world.people, world.rng("welfare")
    planted = world.reserved["residence_welfare"]
    poor = people.living & ~people.migrant & (people.age > 16)
    rows = np.union1d(some(rng, poor & ~world.taken_people, 0.028, 80), planted)
    homes = elsewhere(world, rows, planted)
    county = world.county_code(homes)
    rural = (~county.is_in(DISTRICTS)).to_numpy().astype(np.int64)
    start = world.days_ago(rng, len(rows), 40, 3000)
    return pl.DataFrame({
        "id_number": id_number(world, rows), "name": name(world, rows), "family_no": household_numbers(world, rows),
        "kind_code": pick("1234", rural + 2 * (rng.random(len(rows)) < 0.15)),
        "monthly_amount_cny": rng.integers(280, 900, len(rows)).astype(float),
        "residence_address": world.addresses.full(homes), "residence_division_code": county,
        "start_date": day(start), "end_date": day(no_day(len(rows))), "_person": rows,
        "_plant": marked(rows, {"residence_conflict": planted}),
    })  # fmt: skip


def elsewhere(world: World, rows: Ints, planted: Ints) -> Ints:
    """Where people live; the planted ones in another county."""
    homes = world.people.lives_at[rows]
    wrong = np.isin(rows, planted)
    next_county = (world.addresses.county[homes] + 1) % len(geography.COUNTY_CODES)
    return np.where(wrong, somewhere(world.rng("elsewhere"), world.addresses, next_county), homes)


def _births(world: World) -> pl.DataFrame:
    people, rng = world.people, world.rng("births")
    couple = people.homes.household
    young = (people.age < 2.5) & (people.homes.father >= 0) & people.living & (people.birth < world.today - 9)
    rows = np.flatnonzero(young)
    mother, father = people.homes.wives[couple[rows]], people.homes.father[rows]
    rows = rows[people.living[mother] & people.living[father]]
    mother, father, size = people.homes.wives[couple[rows]], people.homes.father[rows], len(rows)
    free = rng.permutation(np.flatnonzero(~world.taken_people[mother] & ~world.taken_people[father]))
    unknown = np.isin(np.arange(size), free[: wanted(world, "father_unknown", size)])
    fathers = id_number(world, father).scatter(
        np.flatnonzero(unknown), strangers(int(unknown.sum()), 140211, "1990-01-01", 993)
    )
    return pl.DataFrame({
        "certificate_no": serials("R14", size, 9), "child_name": name(world, rows), "sex_code": sex(world, rows),
        "born_date": day(people.birth[rows]), "mother_id_number": id_number(world, mother),
        "father_id_number": fathers, "issuer_name": pick(HOSPITALS, rng.integers(0, 6, size)),
        "issued_date": day(np.minimum(people.birth[rows] + rng.integers(1, 7, size), world.today)), "_person": mother, "_other": father,
        "_plant": only(same("father_unknown", size), unknown),
    })  # fmt: skip


def _deaths(world: World) -> pl.DataFrame:
    people, rng = world.people, world.rng("deaths")
    rows = np.flatnonzero(people.status == DECEASED)
    return pl.DataFrame({
        "certificate_no": serials("S14", len(rows), 9), "id_number": id_number(world, rows),
        "name": name(world, rows), "death_date": day(people.death[rows]), "cause_class": chance(rng, CAUSES, len(rows)),
        "issued_date": day(np.minimum(people.death[rows] + rng.integers(0, 4, len(rows)), world.today)), "_person": rows,
    })  # fmt: skip


def _institutions(world: World) -> pl.DataFrame:
    firms, rng = world.firms, world.rng("hospitals")
    healthy = firms.name.str.contains("医院|卫生|保健|康复").to_numpy() & firms.active
    rows = np.flatnonzero(healthy)
    size = len(rows)
    return pl.DataFrame({
        "registration_no": joined(firms.code.gather(rows).str.slice(8, 9), serials("", size, 13)),
        "credit_code": firms.code.gather(rows), "name": firms.name.gather(rows),
        "kind": chance(rng, {"综合医院": 3, "社区卫生服务中心": 5, "专科医院": 2}, size),
        "subjects": chance(rng, {"内科;外科;妇产科": 5, "全科医疗科": 4, "中医科;针灸科": 2}, size),
        "issued_date": day(world.days_ago(rng, size, 100, 1500)),
        "valid_until": day(world.today + rng.integers(100, 900, size)),
        "state_code": chance(rng, {"01": 97, "02": 3}, size), "_firm": rows,
    })  # fmt: skip
