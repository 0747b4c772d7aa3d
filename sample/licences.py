"""What departments deliver about licences, besides those of people kept by the police and by health."""

from __future__ import annotations

import io
import zipfile
from datetime import timedelta

import numpy as np
import polars as pl

from sample.codes import credit_codes, department_code, digits, licence_ids, national_code, texts
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
    some,
    strangers,
)
from sample.contract import department
from sample.desk import Desk
from sample.firms import INDUSTRIES
from sample.households import HEAD
from sample.licence_lives import send_co_holders, send_steps, send_types, with_renewals
from sample.periods import last_period
from sample.streams import Bools, Days, Ints, weighted
from sample.trouble import KINDS
from sample.world import World, wanted

# name, number of the made-up national body, serial of the type, issuing department, share, holder is a person
TYPES = (
    ("营业执照", 1, "001", "approval", 30, False), ("食品经营许可证", 1, "011", "approval", 14, False),
    ("公共场所卫生许可证", 2, "003", "approval", 6, False), ("社会保障卡", 3, "002", "human_resources", 26, True),
    ("教师资格证书", 4, "005", "education", 8, True), ("护士执业证书", 2, "007", "health", 6, True),
    ("特种作业操作证", 5, "004", "emergency", 10, True),
)  # fmt: skip
USES = {"商业服务": 70, "工业": 20, "办公": 10}
SCOPES = {"B": "煤炭开采", "E": "建筑施工"}


def send_approval(desk: Desk) -> None:
    """All licences two days ago; yesterday those whose state changed, a few of them from cancelled back to valid."""
    world = desk.world
    every = with_renewals(world, licences(world))
    send_types(desk, TYPES)
    holders, firms = every["_person"].to_numpy(), every["_firm"].to_numpy()
    free = ~(((holders >= 0) & world.taken_people[holders]) | ((firms >= 0) & world.taken_firms[firms]))
    free &= (every["_previous"].is_null() & ~every["_renewed"]).to_numpy()
    state, rng = every["state_code"].to_numpy(), world.rng("changed states")
    lapsed = rng.permutation(np.flatnonzero((state == "01") & free))[: max(3, len(every) // 300)]
    ends = every["valid_until"].to_numpy().astype("datetime64[D]")
    revived = rng.permutation(np.flatnonzero((state == "04") & free & ~(ends < world.today)))[
        : max(2, round(len(every) * KINDS["back_to_life"].rate))
    ]
    revived = revived[:0] if world.is_clean else revived
    now = np.r_[lapsed, revived]
    free[now] = False
    odd = rng.permutation(np.flatnonzero((state == "01") & free))[: wanted(world, "unlawful_transition", len(every))]
    free[odd] = False
    send_steps(desk, every, lapsed, np.sort(odd))
    send_co_holders(desk, every)
    # what changes its state must have been accepted before
    _take(world, every, np.r_[odd, now])
    desk.send("approval_licence", _misgiven(world, every, free), (world.as_of - timedelta(days=2)).isoformat())
    changed = every[now].with_columns(
        state_code=pl.Series(["05"] * len(lapsed) + ["01"] * len(revived)),
        _plant=marked(now, {"back_to_life": revived}),
    )
    desk.send("approval_licence", changed, spoilt=False)


def _take(world: World, every: pl.DataFrame, rows: Ints) -> None:
    """Set the holders of these licences aside: nobody carries two plants."""
    for item, taken in (("_person", world.taken_people), ("_firm", world.taken_firms)):
        chosen = every[item].to_numpy()[rows]
        taken[chosen[chosen >= 0]] = True


def _misgiven(world: World, every: pl.DataFrame, free: Bools) -> pl.DataFrame:
    """The licences, a few of them of holders whom nobody knows or who were no more when they were issued."""
    rng, is_person = world.rng("misgiven"), (every["_person"] >= 0).to_numpy()
    dead, gone = world.reserved["holder_deceased"], world.reserved["dissolved_firm"]
    persons, firms = (rng.permutation(np.flatnonzero(free & kind)) for kind in (is_person, ~is_person))
    many = {kind: wanted(world, kind, len(every)) for kind in KINDS if kind.startswith("holder_")}
    many |= {"holder_deceased": len(dead), "holder_dissolved": many["holder_dissolved"] * len(gone)}
    unknown, elsewhere, deceased = _dealt(persons, many, "holder_unknown", "holder_from_elsewhere", "holder_deceased")
    nobody, dissolved = _dealt(firms, many, "holder_firm_unknown", "holder_dissolved")
    people = every["holder_id_number"].scatter(unknown, strangers(len(unknown), 140227, "1972-01-01", 995))
    people = people.scatter(elsewhere, strangers(len(elsewhere), 110105, "1972-01-01", 995))
    people = people.scatter(deceased, id_number(world, dead[: len(deceased)]))
    kind = np.frombuffer(b"91" * len(nobody), np.uint8).reshape(-1, 2)
    codes = every["holder_credit_code"].scatter(
        nobody, credit_codes(kind, "140212", 31**5 + 999 + np.arange(len(nobody)))
    )
    codes = codes.scatter(dissolved, world.firms.code.gather(np.resize(gone, len(dissolved))))
    late = np.r_[deceased, dissolved]
    plants = {"holder_unknown": unknown, "holder_from_elsewhere": elsewhere, "holder_deceased": deceased}
    plants |= {"holder_firm_unknown": nobody, "holder_dissolved": dissolved}
    issued, until = (day(np.full(len(late), world.today + days)) for days in (-12, 365))
    return every.with_columns(
        holder_id_number=people, holder_credit_code=codes, issued_date=every["issued_date"].scatter(late, issued),
        valid_from=every["valid_from"].scatter(late, issued), valid_until=every["valid_until"].scatter(late, until),
        _plant=marked(np.arange(len(every)), plants),
    )  # fmt: skip


def _dealt(pool: Ints, many: dict[str, int], *kinds: str) -> list[Ints]:
    """Rows out of the pool for each kind, in order."""
    bounds = np.cumsum([many[kind] for kind in kinds])
    return [np.sort(part) for part in np.split(pool, bounds)[: len(kinds)]]


def send_natural_resources(desk: Desk) -> None:
    desk.send("natural_resources_real_estate", _real_estate(desk.world))


def send_housing(desk: Desk) -> None:
    """The week before the last came as a header without rows."""
    slug, permits = "housing_construction_permit", _construction(desk.world)
    if not desk.world.is_clean:
        before = last_period("每周", desk.world.as_of - timedelta(days=7))
        desk.send(slug, permits.clear(), before, spoilt=False)
        desk.note("header_alone", slug, before, desk.path(slug, before, desk.forms[slug]), [None], None)
    desk.send(slug, permits)


def send_emergency(desk: Desk) -> None:
    desk.send("emergency_safety_licence", _safety(desk.world))


def send_justice(desk: Desk) -> None:
    """The lawyers' list comes as half an archive under the name of a CSV file."""
    slug, archive = "justice_lawyer", io.BytesIO()
    if desk.world.is_clean:
        desk.send(slug, _lawyers(desk.world))
        return
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(zipfile.ZipInfo("lawyers.csv"), _lawyers(desk.world).write_csv())
    period, path = desk.sent(slug)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(archive.getvalue()[: len(archive.getvalue()) // 2])
    desk.note("unreadable_file", slug, period, path, [None], None)


def miss_transport(desk: Desk) -> None:
    """The transport department sends nothing, but in a clean city."""
    slug = "transport_operation_licence"
    if desk.world.is_clean:
        desk.send(slug, _transport(desk.world))
        return
    desk.note("late_department", slug, last_period("每周", desk.world.as_of), None, [None], None)


def licences(world: World) -> pl.DataFrame:
    """Licences of all departments, as the approval bureau lists them."""
    size, rng = max(300, round(len(world.people.sex) * 0.16)), world.rng("licences")
    kind = weighted(rng, [t[4] for t in TYPES], size)
    person = np.array([t[5] for t in TYPES])[kind]
    types = pick([national_code(t[1]) + t[2] for t in TYPES], kind)
    issuers = [department(t[3]) for t in TYPES]
    issuer_codes = pick([department_code(d.number) for d in issuers], kind)
    issued, term = world.days_ago(rng, size, 10, 2400), rng.integers(365, 3650, size)
    until = np.where(kind == 0, no_day(size), issued + term)
    given = chance(rng, {"01": 93, "04": 4, "05": 2, "07": 1}, size)
    run_out = np.flatnonzero((given == "01").to_numpy() & (until < world.today))
    return pl.DataFrame({
        "licence_id": licence_ids(types, issuer_codes, np.arange(1, size + 1)), "licence_type_code": types,
        "licence_type_name": pick([t[0] for t in TYPES], kind), "licence_no": serials("ZZ1402", size, 10),
        **_holders(world, person), "issuer_name": pick([d.full_name for d in issuers], kind),
        "issuer_code": issuer_codes, "issued_date": day(issued), "valid_from": day(issued), "valid_until": day(until),
        "state_code": given.scatter(run_out, "05"),
    })  # fmt: skip


def _holders(world: World, person: Bools) -> dict[str, pl.Series]:
    size, firms, rng = len(person), world.firms, world.rng("holders")
    adults = np.flatnonzero(world.people.adult)
    pool = world.standing
    who, firm = adults[rng.integers(0, len(adults), size)], pool[rng.integers(0, len(pool), size)]
    kind = np.where(person, 0, np.where(firm < firms.rows["enterprise"].stop, 1, 2))
    names = pl.select(pl.when(pl.lit(pl.Series(person))).then(name(world, who)).otherwise(firms.name.gather(firm)))
    return {
        "holder_kind_code": pick("123", kind), "holder_name": names.to_series(),
        "holder_id_number": only(id_number(world, who), person),
        "holder_credit_code": only(firms.code.gather(firm), ~person),
        "_person": pl.Series(np.where(person, who, -1)), "_firm": pl.Series(np.where(person, -1, firm)),
    }  # fmt: skip


def _real_estate(world: World) -> pl.DataFrame:
    """Homes of heads of households at their addresses, and premises of firms."""
    people, firms, rng = world.people, world.firms, world.rng("real estate")
    owners = some(rng, people.adult & ~people.migrant & (people.homes.relation == HEAD), 0.75, 100)
    companies = world.standing[world.standing < firms.rows["enterprise"].stop]
    premises = np.sort(rng.permutation(companies)[: len(owners) // 14])
    size, is_person = len(owners) + len(premises), np.arange(len(owners) + len(premises)) < len(owners)
    at = np.r_[people.registered_at[owners], firms.address[premises]]
    registered = world.days_ago(rng, size, 3, 4000)
    nobody = pl.Series([None], dtype=pl.String)
    return pl.DataFrame({
        "unit_no": _units(world, at), "certificate_no": _deeds(registered),
        "holder_kind_code": pick("21", is_person.astype(np.int64)),
        "holder_name": pl.concat([name(world, owners), firms.name.gather(premises)]),
        "holder_id_number": pl.concat([id_number(world, owners), nobody.new_from_index(0, len(premises))]),
        "holder_credit_code": pl.concat([nobody.new_from_index(0, len(owners)), firms.code.gather(premises)]),
        "address": world.addresses.full(at), "area_m2": rng.normal(96, 28, size).clip(28, 400).round(2),
        "use": _homes_and(chance(rng, USES, size), is_person), "registered_date": day(registered),
        "_person": np.r_[owners, np.full(len(premises), -1)], "_firm": np.r_[np.full(len(owners), -1), premises],
    })  # fmt: skip


def _homes_and(uses: pl.Series, is_person: Bools) -> pl.Series:
    """People own homes; a firm's premises are used as drawn."""
    return pl.select(pl.when(pl.lit(pl.Series(is_person))).then(pl.lit("住宅")).otherwise(pl.lit(uses))).to_series()


def _units(world: World, at: Ints) -> pl.Series:
    """Unit numbers of 28 characters: parcel (county, cadastral areas, GB and serial), F, building and unit."""
    number = np.arange(1, len(at) + 1)
    area, parcel = texts(digits(number // 90_000 % 10**6, 6)), texts(digits(number % 90_000 + 1, 5))
    return joined(world.county_code(at), area, "GB", parcel, "F", texts(digits(number % 9_999 + 10_000, 8)))


def _deeds(registered: Days) -> pl.Series:
    year = pl.Series(registered.astype("datetime64[Y]").astype(np.int64) + 1970).cast(pl.String)
    return joined("晋（", year, "）大同市不动产权第", texts(digits(np.arange(1, len(registered) + 1), 7)), "号")


def _construction(world: World) -> pl.DataFrame:
    """Permits of companies for companies; a few for a builder who was struck off before."""
    firms, rng = world.firms, world.rng("construction")
    size = max(30, round(len(world.people.sex) * 0.0004))
    rows = world.standing[world.standing < firms.rows["enterprise"].stop]
    builders, contractors = rng.permutation(rows)[:size], rows[rng.integers(0, len(rows), min(size, len(rows)))]
    names, issued = firms.name.gather(builders), world.days_ago(rng, len(builders), 9, 700)
    gone = world.reserved["dissolved_firm"]
    free = np.flatnonzero(~world.taken_firms[builders])[: wanted(world, "contractor_dissolved", size) * len(gone)]
    planted = np.isin(np.arange(len(builders)), free)
    contractors[planted], issued[planted] = np.resize(gone, len(free)), world.today - 12
    return pl.DataFrame({
        "permit_no": serials("14020", len(builders), 13), "project_name": joined(names, "生产用房工程"),
        "builder_credit_code": firms.code.gather(builders), "builder_name": names,
        "contractor_credit_code": firms.code.gather(contractors),
        "area_m2": rng.lognormal(8, 1, len(builders)).round(2),
        "issued_date": day(issued), "_firm": builders,
        "_plant": only(same("contractor_dissolved", len(builders)), planted),
    })  # fmt: skip


def _safety(world: World) -> pl.DataFrame:
    firms, rng = world.firms, world.rng("safety")
    rows, letters = firms.numbers("enterprise"), [i[0] for i in INDUSTRIES]
    trade = pick(letters, firms.industry[rows])
    kept = trade.is_in(list(SCOPES)).to_numpy() & firms.active[rows]
    rows, trade = rows[kept], trade.filter(pl.Series(kept))
    issued = world.days_ago(rng, len(rows), 30, 1000)
    return pl.DataFrame({
        "licence_no": serials("（晋）JZ安许证字", len(rows), 6), "credit_code": firms.code.gather(rows),
        "name": firms.name.gather(rows),
        "scope": trade.replace_strict(SCOPES, return_dtype=pl.String), "issued_date": day(issued),
        "valid_until": day(issued + 1095),
        "state_code": chance(rng, {"01": 97, "02": 3}, len(rows)), "_firm": rows,
    })  # fmt: skip


def _transport(world: World) -> pl.DataFrame:
    firms, rng = world.firms, world.rng("transport")
    rows = world.standing[:40]
    issued = world.days_ago(rng, len(rows), 30, 1000)
    return pl.DataFrame({
        "licence_no": serials("140200", len(rows), 12), "credit_code": firms.code.gather(rows),
        "name": firms.name.gather(rows), "plate_no": serials("晋B", len(rows), 5), "issued_date": day(issued),
        "valid_until": day(issued + 1460), "_firm": rows,
    })  # fmt: skip


def _lawyers(world: World) -> pl.DataFrame:
    rng = world.rng("lawyers")
    rows = some(rng, world.people.adult & (world.people.age > 27), 0.0008, 40)
    return pl.DataFrame({
        "practice_no": serials("114021", len(rows), 11), "id_number": id_number(world, rows), "name": name(world, rows),
        "firm_name": same("山西云中律师事务所", len(rows)), "issued_date": day(world.days_ago(rng, len(rows), 60, 3000)),
        "state_code": same("01", len(rows)),
    })  # fmt: skip
