"""What the macro-economy base reads and what it publishes; the shape follows SDMX."""

from __future__ import annotations

from basedb.macro_economy.inputs import INPUTS
from basedb.source_keys import Match
from basedb.spec import items_of, record_key, record_source
from catalog.vocab import Column, ShareType, TableSpec

__all__ = ["AUTHORITY", "CALLED", "DERIVED", "INPUTS", "KEYS", "LINKS", "REFERENCES", "SOURCE_KEYS", "TABLES", "TITLE"]

TITLE = "宏观经济基础库"

CONDITIONAL = ShareType.CONDITIONAL

INDICATOR = TableSpec(
    "indicator",
    "指标",
    ("record_key",),
    (
        record_key(CONDITIONAL),
        Column("indicator_code", "VARCHAR", "指标代码", "Indicator code", required=True, share_type=CONDITIONAL),
        Column("name", "VARCHAR", "指标名称", "Name", required=True, share_type=CONDITIONAL),
        Column("name_source", "UTINYINT", "名称来源", "Source of the name", share_type=CONDITIONAL),
        Column("unit", "VARCHAR", "计量单位", "Unit of the level", required=True, share_type=CONDITIONAL),
        Column(
            "unit_mult", "BIGINT", "单位幂次", "Power of ten that the unit stands for", required=True, minimum=0, maximum=12,
            source="SDMX UNIT_MULT", share_type=CONDITIONAL,
        ),
        Column(
            "freq_code", "VARCHAR", "频率代码", "Frequency", required=True, code_list="CL_FREQ", share_type=CONDITIONAL
        ),
        Column(
            "price_basis_code", "VARCHAR", "价格基准代码", "Price basis of the level", required=True,
            code_list="价格基准", share_type=CONDITIONAL,
        ),
        Column("unit_source", "UTINYINT", "计量口径来源", "Source of unit, frequency, price", share_type=CONDITIONAL),
    ),
    title_en="Indicator",
    grain="每个指标代码一行",
    lookup=("indicator_code", "name"),
)  # fmt: skip

OBSERVATION = TableSpec(
    "observation",
    "指标观测值",
    ("record_key",),
    (
        record_key(CONDITIONAL),
        Column("indicator_key", "VARCHAR", "指标记录键", "Indicator", required=True, share_type=CONDITIONAL),
        Column("indicator_code", "VARCHAR", "指标代码", "Indicator code", required=True, share_type=CONDITIONAL),
        Column(
            "ref_area", "VARCHAR", "地区代码", "Area", required=True, code_list="统计地区", share_type=CONDITIONAL
        ),
        Column(
            "freq_code", "VARCHAR", "频率代码", "Frequency", required=True, code_list="CL_FREQ", share_type=CONDITIONAL
        ),
        Column(
            "time_period", "VARCHAR", "时间", "Time period; January and February together are <year>-01-01/P2M",
            required=True, source="SDMX TIME_PERIOD", share_type=CONDITIONAL,
        ),
        Column("period_start", "DATE", "所含首日", "First day covered", share_type=CONDITIONAL),
        Column("period_end", "DATE", "所含末日", "Last day covered", share_type=CONDITIONAL),
        Column(
            "period_kind_code", "VARCHAR", "当期或累计", "Current or cumulative", required=True, code_list="期间类型",
            share_type=CONDITIONAL,
        ),
        Column(
            "measure_code", "VARCHAR", "计量代码", "Measure", required=True, code_list="指标计量",
            share_type=CONDITIONAL,
        ),
        Column(
            "price_basis_code", "VARCHAR", "价格基准代码", "Price basis", required=True, code_list="价格基准",
            share_type=CONDITIONAL,
        ),
        Column("obs_value", "DOUBLE", "数值", "Value in `unit`", share_type=CONDITIONAL),
        Column("unit", "VARCHAR", "计量单位", "Unit", required=True, share_type=CONDITIONAL),
        Column(
            "unit_mult", "BIGINT", "单位幂次", "Power of ten that the unit stands for", required=True, minimum=0, maximum=12,
            source="SDMX UNIT_MULT", share_type=CONDITIONAL,
        ),
        Column(
            "obs_status_code", "VARCHAR", "数据状态代码", "Status", required=True, code_list="CL_OBS_STATUS",
            share_type=CONDITIONAL,
        ),
        Column("release_date", "DATE", "发布日期", "Vintage: day of publication", required=True, share_type=CONDITIONAL),
        Column(
            "superseded_date", "DATE", "被替代日期", "Day on which a newer vintage took its place",
            share_type=CONDITIONAL,
        ),
        Column("is_latest", "BOOLEAN", "最新版本", "Newest vintage", required=True, share_type=CONDITIONAL),
        record_source(CONDITIONAL),
    ),
    title_en="Observation",
    grain="每个指标、地区、频率、时期、时期口径、计量口径、价格基准和发布日期一行",
    lookup=("indicator_key", "indicator_code", "ref_area", "time_period"),
    orders=(("period_start", "period_end"),),
)  # fmt: skip

SERIES = (
    record_key(CONDITIONAL),
    Column("indicator_key", "VARCHAR", "指标记录键", "Indicator", required=True, share_type=CONDITIONAL),
    Column("indicator_code", "VARCHAR", "指标代码", "Indicator code", required=True, share_type=CONDITIONAL),
    Column("ref_area", "VARCHAR", "地区代码", "Area", required=True, code_list="统计地区", share_type=CONDITIONAL),
    Column("time_period", "VARCHAR", "时间", "Time period", required=True, share_type=CONDITIONAL),
)
JUDGED = (
    Column("difference", "DOUBLE", "差值", "Difference", share_type=CONDITIONAL),
    Column("tolerance", "DOUBLE", "允许误差", "Tolerance", required=True, share_type=CONDITIONAL),
    Column("is_within", "BOOLEAN", "在允许误差内", "Within the tolerance", share_type=CONDITIONAL),
)

GROWTH = TableSpec(
    "growth",
    "增速核对",
    ("record_key",),
    (
        *SERIES,
        Column(
            "period_kind_code", "VARCHAR", "当期或累计", "Current or cumulative", required=True, code_list="期间类型",
            share_type=CONDITIONAL,
        ),
        Column("obs_value", "DOUBLE", "数值", "Level", required=True, share_type=CONDITIONAL),
        Column("value_before", "DOUBLE", "上年同期数值", "Level a year before", required=True, share_type=CONDITIONAL),
        Column("published", "DOUBLE", "公布同比增速", "Growth as published", unit="%", share_type=CONDITIONAL),
        Column("computed", "DOUBLE", "计算同比增速", "Growth of the levels", unit="%", share_type=CONDITIONAL),
        *JUDGED,
    ),
    title_en="Growth, published and computed",
    grain="每个指标、地区、时期和时期口径的最新数值一行，上年同期有数值的",
    lookup=("indicator_key", "indicator_code", "ref_area"),
)  # fmt: skip

ACCUMULATION = TableSpec(
    "accumulation",
    "累计核对",
    ("record_key",),
    (
        *SERIES,
        Column("cumulative", "DOUBLE", "本期累计", "Cumulative value", required=True, share_type=CONDITIONAL),
        Column("cumulative_before", "DOUBLE", "上期累计", "Cumulative value before", share_type=CONDITIONAL),
        Column("current_value", "DOUBLE", "本期数值", "Value of the period", required=True, share_type=CONDITIONAL),
        *JUDGED,
    ),
    title_en="Cumulative identity",
    grain="每个指标、地区和时期的最新累计数值一行，当期也有数值的",
    lookup=("indicator_key", "indicator_code", "ref_area"),
)  # fmt: skip

OBSERVATION_CONFLICT = TableSpec(
    "observation_conflict",
    "指标数值冲突",
    ("record_key",),
    (
        record_key(CONDITIONAL),
        Column("observation_key", "VARCHAR", "指标数值记录键", "Observation", required=True, share_type=CONDITIONAL),
        Column("indicator_code", "VARCHAR", "指标代码", "Indicator code", required=True, share_type=CONDITIONAL),
        Column("attribute", "VARCHAR", "信息项", "Attribute", required=True, share_type=CONDITIONAL),
        Column("chosen_source", "UTINYINT", "采信来源", "Chosen source", share_type=CONDITIONAL),
        Column("other_source", "UTINYINT", "不一致来源", "Contradicting source", required=True, share_type=CONDITIONAL),
        Column("other_value", "VARCHAR", "不一致的值", "Contradicting value", share_type=CONDITIONAL),
        Column("other_unit", "VARCHAR", "不一致来源的计量单位", "Its unit", share_type=CONDITIONAL),
    ),
    title_en="Conflicting values of an observation",
    grain="每个指标数值和不一致的来源一行",
    lookup=("observation_key", "indicator_code"),
)  # fmt: skip

TABLES = (INDICATOR, OBSERVATION, OBSERVATION_CONFLICT, GROWTH, ACCUMULATION)

# 全部官方统计归统计；财政、能源只在统计没有公布该指标时作准。
STATISTICS_FIRST = ("gdp", "monthly_indicator", "budget", "energy")
AUTHORITY = {
    "indicator.name": STATISTICS_FIRST,
    "indicator.unit": STATISTICS_FIRST,
    "observation.obs_value": STATISTICS_FIRST,
}

KEYS = {"indicator": ("indicator", "indicator_code"), "observation": ("observation_row", "natural_key")}
REFERENCES = {
    "observation.indicator_key": "indicator.record_key",
    "observation_conflict.observation_key": "observation.record_key",
    "growth.record_key": "observation.record_key",
    "growth.indicator_key": "indicator.record_key",
    "accumulation.record_key": "observation.record_key",
    "accumulation.indicator_key": "indicator.record_key",
}
LINKS: dict[str, str] = {}

_SERIES = tuple(
    Match(column, (column,))
    for column in ("indicator_code", "time_period", "ref_area", "freq_code", "period_kind_code", "measure_code",
                   "release_date")
)  # fmt: skip
SOURCE_KEYS = {
    "indicator": ((Match("indicator_code", ("indicator_code",)),),),
    "observation": (_SERIES,),
    "observation_conflict": (tuple(match._replace(record=f"observation_key>{match.record}") for match in _SERIES),),
}
# columns that are drawn from items of other names
CALLED = {
    "indicator.name": items_of("indicator_name", *INPUTS),
    "observation.period_start": items_of("time_period", *INPUTS),
    "observation.period_end": items_of("time_period", *INPUTS),
}
# worked out of observations
DERIVED = ("growth", "accumulation")
