"""What the base of the macro-economy reads: a role for each department that publishes figures."""

from __future__ import annotations

from basedb.spec import day, input_table, text
from catalog.vocab import Column

OBSERVED = (
    text("indicator_code", "指标代码"), text("indicator_name", "指标名称"), text("ref_area", "地区代码"),
    text("freq_code", "频率代码"), text("time_period", "时间"), text("period_kind_code", "当期或累计"),
    text("measure_code", "计量代码"), text("price_basis_code", "价格基准代码"), Column("obs_value", "DOUBLE", "数值"),
    text("unit", "计量单位"), Column("unit_mult", "BIGINT", "单位幂次"), text("obs_status_code", "数据状态代码"),
    day("release_date", "发布日期"),
)  # fmt: skip
# a figure may be missing, what it would be of is known
NEEDS = tuple(column.name for column in OBSERVED if column.name != "obs_value")
INPUTS = {
    role: input_table(role, title, *OBSERVED, needs=NEEDS)
    for role, title in (
        ("monthly_indicator", "月度主要经济指标"),
        ("gdp", "地区生产总值季度核算"),
        ("budget", "一般公共预算收支"),
        ("energy", "原煤产量与用电量"),
    )
}
