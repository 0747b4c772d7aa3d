"""The dated rules that ship with the house: clocks and acceptance items, each with its article.

市办法 = 大同市政务信息化项目建设应用管理办法 (2022-02-20); 条例 = 政务数据共享条例 (国务院令第809号, 2025-08-01).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

_LOCAL, _DECREE = date(2022, 2, 20), date(2025, 8, 1)
_ADVICE: dict[str, Any] = {"kind": "local rule", "blocks": False}


def _rule(
    code: str, title: str, article: str, start: date, value: float | None = None, unit: str = "", **more: Any
) -> dict[str, Any]:
    row = {"code": code, "title": title, "article": article, "valid_from": start, "value": value, "unit": unit}
    return {"kind": "article", "blocks": True, **row, **more}


def _history() -> Iterator[dict[str, Any]]:
    """From which change against a resource's own history on a delivery is warned of, or waits for a steward."""
    yield _rule("history_fewest", "与以往批次比较所需的批次数", "市办法第三十四条", _LOCAL, 3, "delivery", **_ADVICE)
    for code, title, unit, warn, hold in (
        ("history_rows", "全量批次行数变化", "percent", 30, 80),
        ("history_times", "增量批次行数相差", "times", 5, 50),
        ("history_empty", "空值占比变化", "point", 10, 50),
        ("history_shares", "代码占比移动", "point", 15, 60),
    ):
        yield _rule(f"{code}_warn", f"{title}：提示", "市办法第三十四条", _LOCAL, warn, unit, **_ADVICE)
        yield _rule(f"{code}_hold", f"{title}：待确认", "市办法第三十四条", _LOCAL, hold, unit, **_ADVICE)


RULES: tuple[dict[str, Any], ...] = (
    _rule("answer_unconditional", "答复无条件共享申请", "条例", _DECREE, 1, "working_day"),
    _rule("answer_conditional", "答复有条件共享申请", "条例", _DECREE, 10, "working_day"),
    _rule("provide", "审核通过后提供数据", "条例", _DECREE, 20, "working_day"),
    _rule("check_request", "审查共享申请是否合规", "省内实施办法", _DECREE, 2, "working_day", **_ADVICE),
    _rule("extend_unconditional", "无条件共享答复延期", "条例", _DECREE, 5, "working_day"),
    _rule("extend_conditional", "有条件共享答复延期", "条例", _DECREE, 10, "working_day"),
    _rule("settle_dispute", "处理共享争议", "省内实施办法", _DECREE, 10, "working_day", **_ADVICE),
    _rule("assign_demand", "指派供需对接的需求", "本市规则", _DECREE, 5, "working_day", **_ADVICE),
    _rule("answer_demand", "答复供需对接的需求", "本市规则", _DECREE, 20, "working_day", **_ADVICE),
    _rule("settle_source", "确定数源部门", "条例第十九条", _DECREE, 10, "working_day", **_ADVICE),
    _rule("grant_ending", "授权到期前提醒", "本市规则", _DECREE, 15, "day", **_ADVICE),
    _rule("correct", "校核纠错", "条例第二十六条", _DECREE, 10, "working_day"),
    _rule("order_reminder", "整改到期前提醒", "本市规则", _LOCAL, 3, "day", **_ADVICE),
    _rule("exception_days", "例外最长有效期", "本市规则", _LOCAL, 365, "day", **_ADVICE),
    _rule("score_quality", "评分权重：合格率", "本市规则", _LOCAL, 50, "percent", **_ADVICE),
    _rule("score_timely", "评分权重：报送及时率", "本市规则", _LOCAL, 30, "percent", **_ADVICE),
    _rule("score_mending", "评分权重：按期整改率", "本市规则", _LOCAL, 20, "percent", **_ADVICE),
    _rule("verdict_passed", "批次合格的最低合格率", "市办法第三十四条", _LOCAL, 95, "percent", **_ADVICE),
    _rule("verdict_fair", "批次基本合格的最低合格率", "市办法第三十四条", _LOCAL, 80, "percent", **_ADVICE),
    _rule("catalog_update", "职责变化后更新目录", "条例第十六条", _DECREE, 10, "working_day"),
    _rule("catalog_review", "审核目录", "条例第十七条", _DECREE, 2, "working_day"),
    _rule("catalog_mend", "退回后修改重报", "市办法第五条", _LOCAL, 5, "working_day", kind="local rule", blocks=False),
    _rule(
        "catalog_notice",
        "影响使用部门的变更预告",
        "市办法第五条",
        _LOCAL,
        10,
        "working_day",
        kind="local rule",
        blocks=False,
    ),
    _rule("contract_filing", "合同备案", "市办法第十九条", _LOCAL, 5, "working_day"),
    _rule("acceptance_filing", "验收报告备案", "市办法第二十六条", _LOCAL, 1, "month"),
    *_history(),
    _rule("registered", "目录已编制并发布", "市办法第十条、第二十四条", _LOCAL),
    _rule("delivered", "数据按更新周期报送", "市办法第三十二条、第三十四条", _LOCAL),
    _rule("quality", "数据质量合格", "市办法第三十四条", _LOCAL, 95, "percent"),
    _rule("readable", "可经共享交换平台读取", "市办法第二十四条", _LOCAL),
    _rule("security", "安全保密责任已落实", "市办法第三十五条", _LOCAL, kind="local rule", blocks=False),
)
