"""Health records of residents: written at the bedside, two in five without an identifier, much of it as heard."""

from __future__ import annotations

import numpy as np
import polars as pl

from sample import lunar
from sample.codes import digits, texts
from sample.columns import birth, day, id_number, name, only, phone, serials, sex
from sample.desk import Desk
from sample.kin import PHONE_STARTS
from sample.names import VARIANTS
from sample.streams import Bools, Days, Ints
from sample.world import World, somewhere

SLUG = "health_resident_record"
RECORDED, WITHOUT_IDENTIFIER, STRANGERS = 0.28, 0.4, 0.02
# Characters that are heard alike.
ALIKE = (
    "建健华桦丽莉英瑛伟炜红宏军君志智秀绣兰岚静婧娟鹃玲铃明铭林琳平萍杰洁涛滔鹏朋宇雨浩皓轩萱涵晗欣新怡宜佳嘉俊峻"
    "玉钰福付贵桂金今生笙春椿雪学海亥文闻永咏国囯梅枚艳燕芳方霞遐敏闽云芸花化"
)
HEARD = {a: b for pair in zip(ALIKE[::2], ALIKE[1::2], strict=True) for a, b in (pair, pair[::-1])}
WRITTEN_OTHERWISE = {b: a for a, b in VARIANTS}
FULL_WIDTH = dict(zip("0123456789", "０１２３４５６７８９", strict=True))


def send(desk: Desk) -> None:
    desk.send(SLUG, records(desk.world))


def records(world: World, without: float = WITHOUT_IDENTIFIER) -> pl.DataFrame:
    """The records; `_person` is -1 for strangers, whom no other department knows."""
    people, rng = world.people, world.rng("health records")
    known = people.living & ~world.taken_people & (rng.random(len(people.sex)) < RECORDED)
    rows = np.flatnonzero(known)
    unnamed = rng.random(len(rows)) < without
    bare = rows[unnamed]
    strangers = np.sort(rng.permutation(bare)[: 0 if world.is_clean else round(len(bare) * STRANGERS)])
    parts = [_with_identifier(world, rows[~unnamed]), _without(world, bare), _strangers(world, strangers)]
    return pl.concat(parts).select(
        pl.lit(serials("", len(rows) + len(strangers), 17, 14020000000000001)).alias("record_no"), pl.all()
    )


def _with_identifier(world: World, rows: Ints) -> pl.DataFrame:
    return _frame(world, rows, "records with identifiers", id_number(world, rows), rows)


def _frame(world: World, rows: Ints, label: str, identifiers: pl.Series, persons: Ints) -> pl.DataFrame:
    homes = world.people.lives_at[rows]
    opened = np.maximum(world.days_ago(world.rng(label), len(rows), 10, 4000), world.people.birth[rows])
    return pl.DataFrame({
        "name": name(world, rows), "sex_code": sex(world, rows), "birth_date": birth(world, rows),
        "id_number": identifiers, "phone": phone(world, rows), "residence_address": world.addresses.full(homes),
        "residence_division_code": world.county_code(homes),
        "opened_date": day(opened), "_person": persons, "_address": homes,
    })  # fmt: skip


def _nobody(size: int) -> pl.Series:
    return pl.Series([None], dtype=pl.String).new_from_index(0, size)


def _without(world: World, rows: Ints) -> pl.DataFrame:
    """Rows without an identifier, as somebody heard and remembered them."""
    frame = _frame(world, rows, "records without identifiers", _nobody(len(rows)), rows)
    return frame if world.is_clean else _as_heard(world, frame, rows, world.rng("as heard"))


def _strangers(world: World, rows: Ints) -> pl.DataFrame:
    """People passing through: the names of others with birth dates, phones and addresses of their own; some come twice."""
    rng = world.rng("strangers")
    twice = rng.random(len(rows)) < 0.1
    frame = _frame(world, rows, "records of strangers", _nobody(len(rows)), np.full(len(rows), -1))
    born = world.people.birth[rows] + rng.integers(-3000, 3000, len(rows))
    county = rng.integers(0, 10, len(rows))
    homes = somewhere(rng, world.addresses, county)
    frame = frame.with_columns(
        birth_date=day(np.minimum(born, world.today - 1)), phone=_other_phones(rng, len(rows)),
        residence_address=world.addresses.full(homes), residence_division_code=world.county_code(homes),
        _address=pl.Series(homes),
    )  # fmt: skip
    place = np.arange(len(rows))
    return frame[np.where(twice, np.maximum(place - 1, 0), place)]


def _other_phones(rng: np.random.Generator, size: int) -> pl.Series:
    return texts(digits(PHONE_STARTS[rng.integers(0, 5, size)] * 10**9 + rng.integers(0, 10**9, size), 11))


def _as_heard(world: World, frame: pl.DataFrame, rows: Ints, rng: np.random.Generator) -> pl.DataFrame:
    size = len(rows)
    return frame.with_columns(
        name=_names_heard(frame["name"], rng), sex_code=_sex_heard(frame["sex_code"], rng),
        birth_date=day(_births_told(world, rows, rng)), phone=_phones_told(frame["phone"], rng),
        **_addresses_told(world, rows, rng, size),
    )  # fmt: skip


def _names_heard(names: pl.Series, rng: np.random.Generator) -> pl.Series:
    """Three in a hundred with a character heard alike, as many with a variant one, one with a wrong one."""
    draw = rng.random(len(names))
    heard, variant, wrong = np.flatnonzero(draw < 0.03), (draw >= 0.03) & (draw < 0.06), np.flatnonzero(draw > 0.99)
    names = names.scatter(heard, _each(names.gather(heard), lambda n: n[0] + "".join(HEARD.get(c, c) for c in n[1:])))
    rows = np.flatnonzero(variant)
    names = names.scatter(rows, _each(names.gather(rows), lambda n: "".join(WRITTEN_OTHERWISE.get(c, c) for c in n)))
    return names.scatter(wrong, _each(names.gather(wrong), lambda n: n[:-1] + ("平" if n[-1] != "平" else "安")))


def _each(values: pl.Series, change: object) -> pl.Series:
    return pl.Series([change(value) for value in values.to_list()], dtype=pl.String)  # type: ignore[operator]


def _sex_heard(codes: pl.Series, rng: np.random.Generator) -> pl.Series:
    wrong = np.flatnonzero(rng.random(len(codes)) < 0.003)
    return codes.scatter(wrong, codes.gather(wrong).replace({"1": "2", "2": "1"}))


def _births_told(world: World, rows: Ints, rng: np.random.Generator) -> Days:
    """The old tell their lunar birthday; some days are off by a digit, some have day and month changed over."""
    true = world.people.birth[rows]
    draw = rng.random(len(rows))
    told = np.where((world.people.age[rows] > 45) & (draw < 0.12), lunar.as_told(true), true)
    one_digit = (draw > 0.985) & (draw <= 0.995)
    shift = rng.choice(np.array([-10, -1, 1, 10]), len(rows)).astype("timedelta64[D]")
    told = np.where(one_digit, true + shift, told)
    return np.where(draw > 0.995, _month_and_day_changed_over(true), told)


def _month_and_day_changed_over(days: Days) -> Days:
    """The day with month and day changed over where that is a day; else the first of January of the year."""
    years, months = days.astype("datetime64[Y]"), days.astype("datetime64[M]")
    month = (months - years.astype("datetime64[M]")).astype(np.int64)
    of_month = (days - months.astype("datetime64[D]")).astype(np.int64)
    possible = of_month < 12
    changed = (years.astype("datetime64[M]") + of_month).astype("datetime64[D]") + month
    return np.where(possible, changed, years.astype("datetime64[D]"))


def _phones_told(phones: pl.Series, rng: np.random.Generator) -> pl.Series:
    """A third give none, one in twelve an old one."""
    draw = rng.random(len(phones))
    old = np.flatnonzero(draw > 0.92)
    return only(phones.scatter(old, _other_phones(rng, len(old))), draw > 0.35)


def _addresses_told(world: World, rows: Ints, rng: np.random.Generator, size: int) -> dict[str, pl.Series]:
    """Where they live, are registered or once lived, written in the ways people write addresses; some give none."""
    draw, style = rng.random(size), rng.integers(0, 7, size)
    homes = np.where(draw < 0.15, world.people.registered_at[rows], world.people.lives_at[rows])
    moved = np.flatnonzero(draw > 0.92)
    homes[moved] = somewhere(rng, world.addresses, world.addresses.county[homes[moved]])
    given: Bools = (draw <= 0.15) | (draw >= 0.21)
    text = pl.DataFrame({"a": world.addresses.full(homes), "s": style}).select(_styled()).to_series()
    return {
        "residence_address": only(text, given), "residence_division_code": only(world.county_code(homes), given),
        "_address": pl.Series(homes),
    }  # fmt: skip


def _styled() -> pl.Expr:
    a, short = pl.col("a"), pl.col("a").str.strip_prefix("山西省大同市")
    dashes = short.str.replace("号楼", "-").str.replace("单元", "-").str.strip_suffix("室")
    wide = a.str.replace_many(list(FULL_WIDTH), list(FULL_WIDTH.values()))
    choices = [a.str.strip_prefix("山西省"), short, dashes, wide, a.str.replace(r"\d+号楼.*$", ""), short.str.slice(3)]
    styled = a
    for number, choice in enumerate(choices, 1):
        styled = pl.when(pl.col("s") == number).then(choice).otherwise(styled)
    return styled
