"""What departments send agrees where nothing is planted."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import chinese_calendar
import numpy as np
import polars as pl
import pytest
from fastexcel import read_excel

from sample.periods import Workdays
from sample.spoiling import fits, spoil
from tests.sample.conftest import AS_OF, City


def csv(city: City, slug: str, encoding: str = "utf-8-sig", period: str = "*") -> pl.DataFrame:
    text = city.landing(slug, period).read_bytes().decode(encoding)
    return pl.read_csv(text.encode(), infer_schema=False)


def excel(city: City, slug: str) -> pl.DataFrame:
    return read_excel(city.landing(slug)).load_sheet(0, header_row=1, dtypes="string").to_polars()


def planted(city: City, slug: str) -> list[int]:
    return city.plants.filter((pl.col("resource") == slug) & pl.col("row").is_not_null())["row"].to_list()


def clean(city: City, slug: str, frame: pl.DataFrame, first: int) -> pl.DataFrame:
    """The rows without plants, numbered as a person sees them."""
    return frame.with_row_index("row", offset=first).filter(~pl.col("row").is_in(planted(city, slug)))


def test_names_agree_with_the_police_where_nothing_is_planted(city: City) -> None:
    known = csv(city, "police_population", "gb18030").select("公民身份号码", police="姓名")
    insured = pl.read_parquet(city.landing("medical_insurance_insured"))
    both = clean(city, "medical_insurance_insured", insured, 1).join(
        known, left_on="id_number", right_on="公民身份号码"
    )
    assert len(both) > 1_000
    assert (both["name"] == both["police"]).all()


def test_a_name_conflict_is_another_name_and_a_variant_reads_the_same(city: City) -> None:
    insured = pl.read_parquet(city.landing("medical_insurance_insured")).with_row_index("row", offset=1)
    truth = pl.read_parquet(city.folder / "truth" / "persons.parquet").select("id_number", real="name")
    rows = city.plants.filter(pl.col("kind").is_in(["name_conflict", "name_variant"])).select("row", "kind")
    both = rows.join(insured.with_columns(pl.col("row").cast(pl.Int64)), on="row").join(truth, on="id_number")
    assert (both["name"] != both["real"]).all()
    variants = both.filter(pl.col("kind") == "name_variant")
    assert set(variants["name"].str.tail(1)) <= {"冈", "升", "哲"}


def test_clean_permits_are_published_within_seven_working_days_and_planted_ones_are_not(city: City) -> None:
    first = csv(city, "approval_permit", period=(AS_OF - timedelta(days=2)).isoformat()).with_row_index("row", offset=2)
    late = city.plants.filter((pl.col("kind") == "published_late") & (pl.col("period") == "2026-11-18"))[
        "row"
    ].to_list()
    for row, decided, submitted in first.select("row", "decided_date", "submitted_date").iter_rows():
        start, end = date.fromisoformat(decided), date.fromisoformat(submitted)
        days = (start + timedelta(days=n) for n in range(1, (end - start).days + 1))
        assert (sum(chinese_calendar.is_workday(day) for day in days) > 7) == (row in late)


def test_working_days_skip_the_national_holiday() -> None:
    days = Workdays(date(2026, 9, 1), date(2026, 12, 1))
    start = np.array(["2026-09-30", "2026-09-30"], dtype="datetime64[D]")
    assert days.after(start, np.array([0, 1])).astype(str).tolist() == ["2026-09-30", "2026-10-08"]


def test_representatives_live_unless_planted(city: City) -> None:
    truth = pl.read_parquet(city.folder / "truth" / "persons.parquet")
    dead = truth.filter(pl.col("status") == "deceased")["id_number"].to_list()
    firms = csv(city, "market_regulation_enterprise", "gb18030").with_row_index("row", offset=2)
    rows = firms.filter(pl.col("法定代表人证件号码").is_in(dead))["row"].to_list()
    assert rows == city.plants.filter(pl.col("kind") == "representative_deceased")["row"].to_list()


def test_shares_of_a_company_add_up_to_a_hundred(city: City) -> None:
    shares = pl.read_parquet(city.landing("market_regulation_shareholder"))
    sums = shares.group_by("credit_code").agg(pl.col("ratio_pct").sum().round(2))["ratio_pct"]
    assert (sums == 100).all()


def test_last_cumulative_plus_this_month_is_this_cumulative(city: City) -> None:
    rows = csv(city, "energy_output").with_columns(pl.col("obs_value").cast(pl.Float64))
    one = rows.filter(
        (pl.col("indicator_code") == "RAW_COAL")
        & (pl.col("ref_area") == "140213")
        & (pl.col("measure_code") == "LEVEL")
    )
    months = {(r["time_period"], r["period_kind_code"]): r["obs_value"] for r in one.iter_rows(named=True)}
    periods = sorted({period for period, _ in months})
    assert len(periods) >= 24
    for before, after in pairwise(periods):
        if not after.endswith("-01"):
            total = months[before, "cumulative"] + months[after, "current"]
            assert months[after, "cumulative"] == pytest.approx(total)


def test_january_and_february_are_one_value_of_the_joint_indicators(city: City) -> None:
    rows = excel(city, "statistics_monthly_indicator").filter(pl.col("指标代码") == "RETAIL_SALES")
    january = rows.filter((pl.col("时间") == "2026-01") & (pl.col("地区代码") == "140200"))
    joint = rows.filter((pl.col("时间") == "2026-01-01/P2M") & (pl.col("地区代码") == "140200"))
    assert january["数据状态代码"].to_list() == ["K"]
    assert january["数值"].to_list() == [None]
    assert joint["数据状态代码"].to_list() == ["A"]


def test_a_second_delivery_brings_new_permits_and_ends_those_of_who_moved(city: City) -> None:
    periods = sorted(path.stem for path in city.folder.glob("landing/*/police_residence_permit/*"))
    assert periods == ["2026-11-18", "2026-11-19"]
    before, after = (csv(city, "police_residence_permit", period=period) for period in periods)
    again = before.join(after, on="居住登记编号", suffix="_now")
    assert 0 < len(again) < len(after) < len(before)
    assert (again["居住地址"] == again["居住地址_now"]).all()
    assert (again["居住终止日期_now"] == "2026-11-18").all()
    moved = after.filter(
        pl.col("公民身份号码").is_in(again["公民身份号码"].implode()) & (pl.col("居住起始日期") == "2026-11-19")
    )
    assert len(moved) == len(again)


def test_the_hospitals_come_without_a_column_and_the_lawyers_as_half_an_archive(city: City) -> None:
    assert "发证日期" not in excel(city, "health_medical_institution").columns
    assert city.landing("justice_lawyer").read_bytes().startswith(b"PK")


@pytest.mark.parametrize(
    ("kind", "value", "spoilt"),
    [
        ("fifteen_digits", "140203197812310024", "140203781231002"),
        ("lower_case_x", "11010519491231002X", "11010519491231002x"),
        ("full_width_digits", "140203197812310024", "１４０２０３１９７８１２３１００２４"),
        ("mangled_by_excel", "140213199003070018", "1.40213E+17"),
        ("leap_day_in_common_year", "140202198503010010", "140202198502290011"),
        ("missing_required_item", "任何内容", None),
    ],
)
def test_how_a_value_is_spoilt(kind: str, value: str, spoilt: str | None) -> None:
    found = spoil(kind, "id_number", [value], np.random.default_rng(1))
    expected = spoilt if kind != "leap_day_in_common_year" else found[0]
    assert found == [expected]
    assert kind != "leap_day_in_common_year" or str(found[0])[6:14] == "19850229"


def test_only_fitting_values_are_spoilt() -> None:
    numbers = pl.Series(["140203197812310024", "14020220150101123X", None])
    assert fits("fifteen_digits", "id_number", pl.DataFrame({"id_number": numbers})).tolist() == [True, False, False]
    assert fits("lower_case_x", "id_number", pl.DataFrame({"id_number": numbers})).tolist() == [False, True, False]
    assert fits("old_area_code", "id_number", pl.DataFrame({"id_number": numbers})).tolist() == [True, True, False]


def test_the_log_of_changes_ends_in_what_the_register_says_and_its_intervals_touch(city: City) -> None:
    log = csv(city, "market_regulation_change").sort("变更核准日期")
    assert set(log["变更事项代码"]) == {"01", "02", "03"}
    last = log.filter(pl.col("变更事项代码") == "01").group_by("统一社会信用代码").agg(pl.col("变更后内容").last())
    firms = csv(city, "market_regulation_enterprise", "gb18030").join(last, on="统一社会信用代码")
    assert len(firms) and (firms["企业名称"] == firms["变更后内容"]).all()
    history = pl.read_parquet(city.folder / "truth" / "entity_history.parquet")
    one = history.sort("credit_code", "item_code", "valid_from")
    ends = one.with_columns(next=pl.col("valid_from").shift(-1).over("credit_code", "item_code"))
    assert ends.filter(pl.col("next").is_not_null() & (pl.col("next") != pl.col("valid_to"))).is_empty()
    assert one.filter(pl.col("valid_from") >= pl.col("valid_to")).is_empty()
