"""What departments deliver about credit: permits, penalties, lists, tax grades."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import polars as pl

from sample.codes import department_code, digits, texts
from sample.columns import chance, day, id_number, joined, marked, name, no_day, only, pick, same
from sample.contract import department
from sample.desk import Desk
from sample.spoiling import SENT_AGAIN
from sample.streams import Days, Ints, weighted
from sample.world import World, wanted

PERMITS = (
    "食品经营许可",
    "公共场所卫生许可",
    "道路货物运输经营许可",
    "建筑业企业资质许可",
    "取水许可",
    "户外广告设置许可",
)
CERTIFICATES = (
    "食品经营许可证",
    "公共场所卫生许可证",
    "道路运输经营许可证",
    "建筑业企业资质证书",
    "取水许可证",
    "户外广告登记证",
)
VIOLATIONS = {"经营超过保质期的食品": 30, "虚假宣传": 20, "未明码标价": 25, "无照经营": 15, "计量违法": 10}
REASONS = {"未按规定期限公示年度报告": 60, "通过登记的住所无法联系": 35, "公示信息隐瞒真实情况": 5}
BASES = {
    "《中华人民共和国安全生产法》第七十八条": 40,
    "《保障农民工工资支付条例》第四十八条": 45,
    "《中华人民共和国食品安全法》第一百一十三条": 15,
}
# serious lists of market regulation
ENTERED_TWICE, MARKET_BASIS = "2", "《市场监督管理严重违法失信名单管理办法》（市场监管总局令第44号）"
FIELDS = {"经营超过保质期的食品": "1"}
REPAIR_LAW = np.datetime64("2026-04-01", "D")
LIST_OF_BASIS = {"《中华人民共和国安全生产法》第七十八条": "3", "《保障农民工工资支付条例》第四十八条": "4"}


def send_approval(desk: Desk) -> None:
    """Permits two days ago; yesterday new ones, and old ones with a longer term."""
    world, rng = desk.world, desk.world.rng("permits")
    size = max(200, round(len(world.people.sex) * 0.08))
    every = _permits(world, size)
    draw = rng.random(size)
    new, longer = draw < 0.01, draw > 0.98
    day_before = (world.as_of - timedelta(days=2)).isoformat()
    desk.send("approval_permit", every.filter(~new), day_before)
    extended = every.with_columns(
        pl.when(pl.Series(longer)).then(pl.col("valid_until").dt.offset_by("1y")).otherwise("valid_until")
    )
    desk.send("approval_permit", extended.filter(new | longer))


def send_market_regulation(desk: Desk) -> None:
    desk.send("market_regulation_abnormal_list", _abnormal(desk.world))
    slug, every, world = "market_regulation_penalty", _penalties(desk.world), desk.world
    if world.is_clean:
        desk.send(slug, every)
        return
    # a day on which somebody wrote yuan, and the same rows as they should be on the next
    days = [(world.as_of - timedelta(days=n)).isoformat() for n in (3, 2)]
    again = every.head(SENT_AGAIN)
    desk.send(slug, every, days[0])
    desk.send(slug, again.with_columns(pl.col("fine_cny_10k") * 10_000), days[1], spoilt=False)
    rows: list[int | None] = list(range(3, SENT_AGAIN + 3))
    desk.note("batch_in_yuan", slug, days[1], desk.path(slug, days[1], desk.forms[slug]), rows, "fine_cny_10k")
    desk.send(slug, again, spoilt=False)


def send_taxation(desk: Desk) -> None:
    desk.send("taxation_credit_grade", _tax_grades(desk.world))


def send_court(desk: Desk) -> None:
    desk.send("court_dishonest_debtor", _debtors(desk.world))


def send_development_reform(desk: Desk) -> None:
    desk.send("development_reform_credit_list", _serious(desk.world))
    desk.send("development_reform_repair", _repairs(desk.world))


def subjects(world: World, label: str, size: int, persons: float) -> dict[str, pl.Series]:
    """Who a record is about: a person, a company or a trader; exactly one of the two identifiers is filled."""
    rng, firms = world.rng(f"{label} subjects"), world.firms
    adults = np.flatnonzero(world.people.adult)
    pool = np.r_[firms.numbers("enterprise"), firms.numbers("individual")]
    person, firm = adults[rng.integers(0, len(adults), size)], pool[rng.integers(0, len(pool), size)]
    is_person = rng.random(size) < persons
    kind = np.where(is_person, 0, np.where(firm < firms.rows["enterprise"].stop, 1, 2))
    names = pl.select(
        pl.when(pl.lit(pl.Series(is_person))).then(name(world, person)).otherwise(firms.name.gather(firm))
    )
    return {
        "subject_kind_code": pick("123", kind), "subject_name": names.to_series(),
        "credit_code": only(firms.code.gather(firm), ~is_person),
        "id_number": only(id_number(world, person), is_person),
        "_person": pl.Series(np.where(is_person, person, -1)), "_firm": pl.Series(np.where(is_person, -1, firm)),
    }  # fmt: skip


def numbered(before: str, days: Days, after: str) -> pl.Series:
    """Document numbers: authority, year, serial."""
    year = days.astype("datetime64[Y]").astype(np.int64) + 1970
    return joined(
        before, "〔", pl.Series(year).cast(pl.String), "〕", after, texts(digits(np.arange(1, len(days) + 1), 7)), "号"
    )


def _submitted(world: World, label: str, decided: Days) -> pl.Series:
    """Within seven working days of the decision, most of them well before."""
    rng = world.rng(f"{label} submitted")
    return day(world.workdays.after(decided, rng.integers(0, 8, len(decided))))


def _permits(world: World, size: int) -> pl.DataFrame:
    rng = world.rng("permit records")
    decided = world.days_ago(rng, size, 25, 700)
    kind = rng.integers(0, len(PERMITS), size)
    approval = department("approval")
    who = subjects(world, "permits", size, 0.2)
    return pl.DataFrame({
        "document_no": numbered("同审批准", decided, "第"), **who, "permit_kind": pick(PERMITS, kind),
        "certificate_name": pick(CERTIFICATES, kind),
        "certificate_no": joined("XK1402", texts(digits(np.arange(1, size + 1), 9))),
        "content": joined("准予", pick(PERMITS, kind), ",按核定范围经营"), "decided_date": day(decided),
        "valid_from": day(decided),
        "valid_until": day(decided + rng.integers(365, 1826, size)), "authority_name": same(approval.full_name, size),
        "authority_code": same(department_code(approval.number), size),
        "submitted_date": _submitted(world, "permits", decided),
    })  # fmt: skip


def _penalties(world: World) -> pl.DataFrame:
    size, rng = max(60, round(len(world.people.sex) * 0.004)), world.rng("penalties")
    decided = world.days_ago(rng, size, 25, 700)
    office = department("market_regulation")
    violation = chance(rng, VIOLATIONS, size)
    severity = weighted(world.rng("penalty severity"), (15, 65, 20), size)
    # the longest term of the rule in force on the document's day
    longest = np.where(decided < REPAIR_LAW, 1090, np.array([88, 360, 1090])[severity])
    term = np.minimum(rng.integers(95, 1090, size), longest)
    return pl.DataFrame({
        "document_no": numbered("同市监罚", decided, ""), **subjects(world, "penalties", size, 0.15),
        "violation_kind": violation, "facts": joined("当事人", violation, ",经查证属实"),
        "penalty_kind_code": chance(rng, {"1": 30, "2": 65, "4": 5}, size),
        "fine_cny_10k": rng.lognormal(-0.5, 1, size).round(2),
        "severity_code": pick("123", severity), "field_code": violation.replace_strict(FIELDS, default="9"),
        "decided_date": day(decided), "publish_until": day(decided + term), "authority_name": same(office.full_name, size),
        "authority_code": same(department_code(office.number), size),
        "submitted_date": _submitted(world, "penalties", decided),
    })  # fmt: skip


def _repairs(world: World) -> pl.DataFrame:
    """Decisions on penalties whose least period is over, some refused; a few granted before it was."""
    rng, records = world.rng("repairs"), _penalties(world)
    decided = records["decided_date"].to_numpy().astype("datetime64[D]")
    least = np.where((records["field_code"] == "1").to_numpy(), 366, 92)
    by_law = np.array([0, 92, 366])[records["severity_code"].cast(pl.Int64).to_numpy() - 1]
    first = decided + np.where(decided < REPAIR_LAW, least, by_law) + 1
    shown = records["publish_until"].to_numpy().astype("datetime64[D]") > world.today
    ripe = np.flatnonzero(shown & (first < world.today - 30))
    ripe = np.sort(rng.permutation(ripe)[: max(3, len(ripe) // 6)])
    unripe = np.flatnonzero(shown & (first > world.today + 5) & (decided < world.today - 40))
    early = np.sort(rng.permutation(unripe)[: wanted(world, "repaired_too_early", len(records))])
    rows = np.r_[ripe, early]
    made = np.r_[np.minimum(first[ripe] + 14, world.today - 12), decided[early] + 30]
    refused = (rng.random(len(rows)) < 0.2) & (np.arange(len(rows)) < len(ripe))
    return pl.DataFrame({
        "repair_no": numbered("同信修", made, ""), "record_kind_code": same("1", len(rows)),
        **{item: records[item].gather(rows) for item in ("document_no", "credit_code", "id_number")},
        "applied_date": day(made - 9), "decided_date": day(made), "outcome_code": pick("12", refused.astype(np.int64)),
        "authority_name": same(department("development_reform").full_name, len(rows)),
        "_plant": marked(np.arange(len(rows)), {"repaired_too_early": np.arange(len(ripe), len(rows))}),
    })  # fmt: skip


def _listed_firms(world: World, label: str, size: int) -> Ints:
    firms = world.firms
    pool = np.r_[firms.numbers("enterprise"), firms.numbers("individual")]
    return np.sort(world.rng(label).permutation(pool)[:size])


def _abnormal(world: World) -> pl.DataFrame:
    rng = world.rng("abnormal")
    rows = _listed_firms(world, "abnormal firms", max(60, round(len(world.people.sex) * 0.006)))
    size, listed = len(rows), world.days_ago(rng, len(rows), 60, 1200)
    removed = np.where(rng.random(size) < 0.4, listed + rng.integers(5, 55, size), no_day(size))
    serious = rng.permutation(size)[: max(25, size // 20)]
    kind = same("1", size).scatter(serious, ENTERED_TWICE)
    reason = chance(rng, REASONS, size)
    others = np.flatnonzero((kind != ENTERED_TWICE).to_numpy())
    # a list of another kind, which no law or document sets up
    odd = others[: wanted(world, "list_without_basis", size)]
    return pl.DataFrame({
        "entry_no": numbered("同市监列", listed, ""), "credit_code": world.firms.code.gather(rows),
        "name": world.firms.name.gather(rows),
        "list_kind_code": kind.scatter(odd, "5"), "reason": reason,
        "listed_date": day(listed),
        "removed_date": day(removed), "authority_name": same(department("market_regulation").full_name, size),
        "_firm": rows, "_plant": marked(np.arange(size), {"list_without_basis": odd}),
    })  # fmt: skip


def _tax_grades(world: World) -> pl.DataFrame:
    firms, rng = world.firms, world.rng("tax grades")
    rows = firms.numbers("enterprise")
    rows = rows[firms.active[rows] & (rng.random(len(rows)) < 0.6)]
    return pl.DataFrame({
        "credit_code": firms.code.gather(rows), "year": np.full(len(rows), world.as_of.year - 1),
        "name": firms.name.gather(rows),
        "grade_code": chance(rng, {"A": 18, "B": 45, "M": 25, "C": 7, "D": 5}, len(rows)), "_firm": rows,
    })  # fmt: skip


def _debtors(world: World) -> pl.DataFrame:
    size, rng = max(80, round(len(world.people.sex) * 0.004)), world.rng("debtors")
    filed = world.days_ago(rng, size, 200, 900)
    published = filed + rng.integers(20, 180, size)
    case = joined("（", pl.Series(filed.astype("datetime64[Y]").astype(np.int64) + 1970).cast(pl.String), "）晋02执")
    return pl.DataFrame({
        "case_no": joined(case, texts(digits(np.arange(1, size + 1), 7)), "号"),
        **subjects(world, "debtors", size, 0.75),
        "filed_date": day(filed), "published_date": day(published), "publish_until": day(published + 730),
        "performance": chance(rng, {"全部未履行": 80, "部分未履行": 20}, size),
    })  # fmt: skip


def _serious(world: World) -> pl.DataFrame:
    rng = world.rng("serious")
    rows = _listed_firms(world, "serious firms", max(20, round(len(world.people.sex) * 0.0006)))
    size, listed = len(rows), world.days_ago(rng, len(rows), 400, 1000)
    basis = chance(rng, BASES, size)
    repaired = np.where(rng.random(size) < 0.25, listed + rng.integers(366, 398, size), no_day(size))
    own = pl.DataFrame({
        "entry_no": numbered("同信认", listed, ""), "credit_code": world.firms.code.gather(rows),
        "name": world.firms.name.gather(rows),
        "list_kind_code": basis.replace_strict(LIST_OF_BASIS, default="5", return_dtype=pl.String),
        "legal_basis": basis,
        "listed_date": day(listed), "publish_until": day(listed + 1095), "repaired_date": day(repaired),
        "authority_name": same(department("emergency").full_name, size), "_firm": rows,
    })  # fmt: skip
    return pl.concat([own, _entered_twice(world).select(own.columns)])


def _entered_twice(world: World) -> pl.DataFrame:
    """What market regulation entered as serious, as the collected list tells it again."""
    serious = _abnormal(world).filter(pl.col("list_kind_code") == ENTERED_TWICE)
    return serious.with_columns(
        legal_basis=pl.lit(MARKET_BASIS), publish_until=pl.col("listed_date").dt.offset_by("1095d"),
        repaired_date="removed_date",
    )  # fmt: skip
