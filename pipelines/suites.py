"""How Dagster shows a suite of rules: name, version, owner, severities, the verdict by dimension; counts alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import dagster as dg

from catalog.vocab import Dimension, Suite
from pipelines.checking import Conclusion, Taken

DOCS, ADDRESS = "rule_docs", "/rule-docs/"
_RULES = (("dimension", "string"), ("rules", "int"), ("right_pct", "float"), ("verdict", "string"))
_SEVERITIES = {"critical": "阻断该行", "warning": "提示", "info": "自动规范"}


def description(slug: str, department: str, exchange: str = "") -> str:
    """What the check of a resource's suite is, who answers, and where its rules are described.

    exchange: how browsers reach it; "" where Dagster's pages are seen through it.
    """
    return (
        f"规则集 {slug} 逐行判定的结果；责任部门：{department}；"
        f"规则说明：[Data Docs]({address_of(slug, exchange)})（数据管理员可看，由任务 {DOCS} 每日生成）"
    )


def address_of(slug: str, exchange: str = "") -> str:
    """Where stewards read the page on a suite."""
    return f"{exchange.rstrip('/')}{ADDRESS}expectations/{slug}.html"


def metadata(result: Taken, exchange: str = "") -> dict[str, dg.MetadataValue]:
    """What is known of the suite that judged the last delivery; nothing when no rows were judged."""
    suite = result.reports[-1].suite if result.reports else None
    if suite is None:
        return {}
    return {
        "规则集": dg.MetadataValue.text(result.slug),
        "规则集版本": dg.MetadataValue.text(suite.version),
        "规则数": dg.MetadataValue.int(suite.rules),
        "严重程度": dg.MetadataValue.text(_severities(suite)),
        "各维度结论": _table(suite, result.conclusions),
        "规则说明": dg.MetadataValue.url(address_of(result.slug, exchange)),
    }


def _severities(suite: Suite) -> str:
    return "；".join(f"{word} {suite.severities.get(name, 0)} 条" for name, word in _SEVERITIES.items())


def _table(suite: Suite, conclusions: Iterable[Conclusion]) -> dg.MetadataValue:
    records = [_record(each, suite.dimensions) for each in conclusions if suite.dimensions.get(each.dimension)]
    return dg.MetadataValue.table(records, schema=dg.TableSchema([dg.TableColumn(n, t) for n, t in _RULES]))


def _record(found: Conclusion, rules: Mapping[Dimension, int]) -> dg.TableRecord:
    return dg.TableRecord(
        {
            "dimension": found.dimension.label,
            "rules": rules[found.dimension],
            "right_pct": round(100 * found.share, 2),
            "verdict": found.verdict.label,
        }
    )
