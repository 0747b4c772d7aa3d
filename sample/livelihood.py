"""Insurance, housing fund, schools and cards: what departments keep about people's living."""

from __future__ import annotations

from datetime import date

import numpy as np
import polars as pl

from sample.care import elsewhere
from sample.codes import citizen_ids
from sample.columns import chance, day, id_number, joined, marked, name, only, phone, pick, same, serials, some
from sample.desk import Desk
from sample.histories import Fall, send_months
from sample.people import compact
from sample.periods import last_period
from sample.streams import Ints
from sample.trouble import variant
from sample.world import World

GRADES = ("一年级", "二年级", "三年级", "四年级", "五年级", "六年级", "初一", "初二", "初三", "高一", "高二", "高三")
PROFESSIONS = {"工程": 30, "中小学教师": 26, "卫生": 20, "会计": 10, "经济": 6, "农业": 5, "档案": 3}
_MISTAKEN = ("name_conflict", "name_variant", "sex_conflict", "birth_conflict", "shared_identifier")
OTHER_GIVEN_NAMES = ("启明", "若兰", "守正", "清和")


def send_human_resources(desk: Desk) -> None:
    desk.send("human_resources_social_insurance", _social_insurance(desk.world))
    desk.send("human_resources_insurance_period", _insured_before(desk.world))
    desk.send("human_resources_qualification", _qualifications(desk.world))


def send_medical_insurance(desk: Desk) -> None:
    desk.send("medical_insurance_insured", medical_insured(desk.world))


def send_education(desk: Desk) -> None:
    desk.send("education_student", _students(desk.world))


def send_disabled_persons(desk: Desk) -> None:
    """Five months; four cards in ten lack in one."""
    send_months(desk, "disabled_persons_card", _disabled(desk.world), Fall("rows_fell"))


def send_veterans(desk: Desk) -> None:
    """The quarter before the last came with another name over its last column."""
    slug, cards = "veterans_preference", _veterans(desk.world)
    last = last_period("每季度", desk.world.as_of)
    before = last_period("每季度", date(int(last[:4]), 3 * int(last[-1]) - 2, 1))
    if desk.world.is_clean:
        desk.send(slug, cards, last)
        return
    desk.send(slug, cards.rename({"issued_date": "发证时间"}), before, spoilt=False)
    desk.note("renamed_column", slug, before, desk.path(slug, before, desk.forms[slug]), [None], "issued_date")
    desk.send(slug, cards, last)


def send_housing_fund(desk: Desk) -> None:
    desk.send("housing_fund_deposit", _housing_fund(desk.world))


def _employer_code(world: World, rows: Ints) -> pl.Series:
    employer = world.people.employer[rows]
    return only(world.firms.code.gather(np.maximum(employer, 0)), employer >= 0)


def _social_insurance(world: World) -> pl.DataFrame:
    """One row per person and kind: workers have three kinds, other adults the residents' pension.

    A few are insured by an employer that is no more.
    """
    people, rng = world.people, world.rng("social insurance")
    draw = rng.random(len(people.sex))
    workers = people.living & (people.employer >= 0)
    others = people.living & (people.employer < 0) & (people.age > 18) & (draw < 0.62)
    rows = [np.flatnonzero(workers), np.flatnonzero(others), np.flatnonzero(workers & (draw < 0.8))]
    rows.append(np.flatnonzero(workers & (draw < 0.9)))
    kinds = np.repeat(np.arange(4), [len(r) for r in rows])
    everyone = np.concatenate(rows)
    order = np.lexsort((kinds, everyone))
    everyone, kinds = everyone[order], kinds[order]
    gone = world.reserved["dissolved_firm"]
    of_nobody = (kinds == 0) & np.isin(everyone, world.reserved["employer_dissolved"][: len(gone) * len(everyone)])
    employers = world.firms.code.gather(np.resize(gone, int(of_nobody.sum())))
    months = rng.integers(0, 15 * 12, len(everyone))
    year, month = world.as_of.year - 1 - months // 12, months % 12 + 1
    return pl.DataFrame({
        "id_number": id_number(world, everyone), "insurance_kind_code": pick(("11", "12", "20", "30"), kinds),
        "name": name(world, everyone),
        "employer_credit_code": _employer_code(world, everyone).scatter(np.flatnonzero(of_nobody), employers),
        "status_code": chance(rng, {"1": 93, "2": 5, "3": 2}, len(everyone)).scatter(np.flatnonzero(of_nobody), "1"),
        "start_month": joined(pl.Series(year).cast(pl.String), "-", pl.Series(month).cast(pl.String).str.zfill(2)),
        "_person": everyone, "_plant": only(same("employer_dissolved", len(everyone)), of_nobody),
    })  # fmt: skip


def _insured_before(world: World) -> pl.DataFrame:
    """One worker in seven was insured by another employer before the present one, up to half a year before."""
    rng = world.rng("insured before")
    now = _social_insurance(world).filter((pl.col("insurance_kind_code") == "11") & pl.col("_plant").is_null())
    end = _month(now["start_month"]) - rng.integers(1, 7, len(now))
    start = end - rng.integers(5, 60, len(now))
    born = world.people.birth[now["_person"].to_numpy()].astype("datetime64[M]").astype(np.int64)
    offices = np.flatnonzero(world.firms.active)
    employers = offices[rng.integers(0, len(offices), len(now))]
    chosen = (rng.random(len(now)) < 0.15) & (start > born + 18 * 12)
    chosen &= employers != world.people.employer[now["_person"].to_numpy()]
    rows = now["_person"].to_numpy()[chosen]
    return pl.DataFrame({
        "record_no": serials("CB1402", len(rows), 12), "id_number": id_number(world, rows), "name": name(world, rows),
        "insurance_kind_code": same("11", len(rows)), "employer_credit_code": world.firms.code.gather(employers[chosen]),
        "start_month": _written(start[chosen]), "end_month": _written(end[chosen]), "_person": rows,
    })  # fmt: skip


def _month(written: pl.Series) -> Ints:
    """Months since 1970."""
    return written.str.to_date("%Y-%m").to_numpy().astype("datetime64[M]").astype(np.int64)


def _written(months: Ints) -> pl.Series:
    return pl.Series(months.astype("datetime64[M]").astype("datetime64[D]")).dt.to_string("%Y-%m")


def insurances(world: World) -> pl.DataFrame:
    """The truth: every period of social insurance by person and kind; `valid_to` follows its last month."""
    told = pl.concat([_social_insurance(world), _insured_before(world)], how="diagonal_relaxed")
    first, last = (pl.col(month).str.to_date("%Y-%m", strict=False) for month in ("start_month", "end_month"))
    return told.select(
        "id_number", "employer_credit_code", "status_code", kind_code="insurance_kind_code", valid_from=first,
        valid_to=last.dt.offset_by("1mo"),
    )  # fmt: skip


def _qualifications(world: World) -> pl.DataFrame:
    people, rng = world.people, world.rng("qualifications")
    rows = some(rng, people.adult & (people.age > 26) & (people.employer >= 0), 0.085, 30)
    size = len(rows)
    return pl.DataFrame({
        "certificate_no": serials("ZC1402", size, 9), "id_number": id_number(world, rows), "name": name(world, rows),
        "profession": chance(rng, PROFESSIONS, size),
        "grade": chance(rng, {"初级": 40, "中级": 40, "副高级": 16, "正高级": 4}, size),
        "issued_date": day(world.days_ago(rng, size, 60, 1200)), "_person": rows,
    })  # fmt: skip


def medical_insured(world: World) -> pl.DataFrame:
    """Nearly everyone; a few under another name, sex or birth date, a few with a character written in another way."""
    people, rng = world.people, world.rng("medical insurance")
    planted = {k: world.reserved[k] for k in _MISTAKEN}
    share = np.where(people.migrant, 0.5, 0.95)
    insured = people.living & (rng.random(len(people.sex)) < share)
    insured[np.concatenate(list(planted.values()))] = True
    rows = np.flatnonzero(insured)
    other_sex, other_birth, other_person = (np.isin(rows, planted[kind]) for kind in _MISTAKEN[2:])
    days = np.select([other_birth, other_person], [31, -2500], 0)
    return pl.DataFrame({
        "id_number": id_number(world, rows), "name": _names_as_insured(world, rows, planted),
        "sex_code": pick(("0", "1", "2"), np.where(other_sex, 3 - people.sex[rows], people.sex[rows])),
        "birth_date": day(people.birth[rows] + days),
        "kind_code": pick("21", (people.employer[rows] >= 0).astype(np.int64)),
        "pooling_division_code": world.county_code(people.lives_at[rows]),
        "phone": only(phone(world, rows), world.rng("insured phones").random(len(rows)) < 0.6),
        "status_code": chance(rng, {"1": 97, "2": 3}, len(rows)), "_person": rows, "_plant": marked(rows, planted),
    })  # fmt: skip


def _names_as_insured(world: World, rows: Ints, planted: dict[str, Ints]) -> pl.Series:
    names = name(world, rows)
    other = np.flatnonzero(np.isin(rows, np.r_[planted["name_conflict"], planted["shared_identifier"]]))
    given = [OTHER_GIVEN_NAMES[n % len(OTHER_GIVEN_NAMES)] for n in range(len(other))]
    names = names.scatter(other, pl.Series([n[0] + g for n, g in zip(names.gather(other), given, strict=True)]))
    same = np.flatnonzero(np.isin(rows, planted["name_variant"]))
    return names.scatter(same, pl.Series([variant(n) for n in names.gather(same)]))


def _students(world: World) -> pl.DataFrame:
    people, firms, rng = world.people, world.firms, world.rng("students")
    rows = np.flatnonzero(people.living & (people.age >= 6.3) & (people.age < 18.2))
    schools = firms.name.filter(firms.name.str.contains("小学|中学").to_numpy() & firms.active)
    grade = np.clip((people.age[rows] - 6.3).astype(np.int64), 0, 11)
    return pl.DataFrame({
        "student_no": serials("G1402", len(rows), 14), "id_number": id_number(world, rows), "name": name(world, rows),
        "school_name": schools.gather(rng.integers(0, len(schools), len(rows))), "grade": pick(GRADES, grade),
        "status_code": chance(rng, {"1": 98, "2": 1, "3": 1}, len(rows)), "_person": rows,
    })  # fmt: skip


def _disabled(world: World) -> pl.DataFrame:
    people, rng = world.people, world.rng("disabled")
    rows = some(rng, people.living & ~people.migrant & (people.age > 8), 0.022, 60)
    kind, level = (
        chance(rng, {"1": 12, "2": 15, "3": 2, "4": 52, "5": 8, "6": 8, "7": 3}, len(rows)),
        rng.integers(1, 5, len(rows)),
    )
    numbers = id_number(world, rows)
    return pl.DataFrame({
        "card_no": joined(numbers, kind, pl.Series(level).cast(pl.String)), "id_number": numbers,
        "name": name(world, rows),
        "disability_kind_code": kind, "disability_level_code": pl.Series(level).cast(pl.String),
        "issued_date": day(world.days_ago(rng, len(rows), 60, 3000)),
        "valid_until": day(world.today + rng.integers(60, 3000, len(rows))), "_person": rows,
    })  # fmt: skip


def _veterans(world: World) -> pl.DataFrame:
    people, rng = world.people, world.rng("veterans")
    rows = some(rng, people.living & ~people.migrant & (people.sex == 1) & (people.age > 22), 0.032, 30)
    return pl.DataFrame({
        "card_no": serials("YD14", len(rows), 12), "id_number": id_number(world, rows), "name": name(world, rows),
        "kind_code": chance(rng, {"1": 88, "2": 8, "3": 1, "4": 1, "5": 2}, len(rows)),
        "issued_date": day(world.days_ago(rng, len(rows), 120, 1100)), "_person": rows,
    })  # fmt: skip


def _housing_fund(world: World) -> pl.DataFrame:
    """A third of the workers; a few live elsewhere than their permit says, a few stand under a former number."""
    people, rng = world.people, world.rng("housing fund")
    planted = world.reserved["residence_conflict"]
    on_welfare = world.reserved["residence_welfare"]
    renumbered = world.reserved["two_numbers"]
    rows = np.union1d(some(rng, people.living & (people.employer >= 0), 0.36, 40), np.r_[planted, renumbered])
    rows = np.setdiff1d(rows, on_welfare)
    homes = elsewhere(world, rows, planted)
    numbers = id_number(world, rows).scatter(
        np.flatnonzero(np.isin(rows, renumbered)), former_numbers(world, renumbered)
    )
    return pl.DataFrame({
        "account_no": serials("1402", len(rows), 12), "id_number": numbers, "name": name(world, rows),
        "employer_credit_code": _employer_code(world, rows), "residence_address": world.addresses.full(homes),
        "residence_division_code": world.county_code(homes),
        "monthly_base_cny": np.clip(rng.lognormal(8.6, 0.4, len(rows)), 1880, 28_000).round(2),
        "status_code": chance(rng, {"1": 90, "2": 8, "3": 2}, len(rows)), "_person": rows,
        "_plant": marked(rows, {"residence_conflict": planted, "two_numbers": renumbered}),
    })  # fmt: skip


def former_numbers(world: World, rows: Ints) -> pl.Series:
    """The numbers that people had before theirs was corrected: of the same area, day and sex, with another serial."""
    people = world.people
    return citizen_ids(people.area[rows], compact(people.birth[rows]), np.where(people.sex[rows] == 1, 995, 996))


def two_numbers(world: World) -> pl.DataFrame:
    """Who stands under two numbers in the departments' lists."""
    rows = world.reserved["two_numbers"]
    return pl.DataFrame({"id_number": id_number(world, rows), "former": former_numbers(world, rows)})
