"""The ways in which a catalog is divided for those who search it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

from catalog.errors import Invalid
from catalog.vocab import Base, FormatClass, ShareType, Term, UpdateCycle

# shares of rows that pass every blocking rule
_GRADES = ((0.999, "excellent"), (0.98, "good"), (0.9, "fair"), (0.0, "poor"))


class Freshness(Term):
    """Whether the data of a resource are as new as its update cycle promises."""

    CURRENT = "current", "按期更新"
    LATE = "late", "逾期未更新"
    NONE = "none", "尚无数据"


class QualityGrade(Term):
    """The share of good rows in the release in force, in five steps."""

    EXCELLENT = "excellent", "优（99.9%以上合格）"
    GOOD = "good", "良（98%以上合格）"
    FAIR = "fair", "中（90%以上合格）"
    POOR = "poor", "差（不足90%合格）"
    UNRATED = "unrated", "尚未评定"

    @classmethod
    def of(cls, share_passed: float | None) -> Self:
        """The grade of a share between 0 and 1."""
        if share_passed is None:
            return cls("unrated")
        return cls(next(grade for least, grade in _GRADES if share_passed >= least))


@dataclass(frozen=True, slots=True)
class Facet:
    """One way to divide resources. terms: its values in order; those of departments are their slugs, not listed."""

    name: str
    title: str
    terms: tuple[Term, ...] = ()


FACETS = (
    Facet("base", "基础库", tuple(Base)),
    Facet("department", "提供部门"),
    Facet("share_type", "共享类型", tuple(ShareType)),
    Facet("format", "格式分类", tuple(FormatClass)),
    Facet("cycle", "更新周期", tuple(UpdateCycle)),
    Facet("freshness", "更新情况", tuple(Freshness)),
    Facet("quality", "质量等级", tuple(QualityGrade)),
)

Filters = Mapping[str, frozenset[str]]


def filters(texts: Mapping[str, str]) -> Filters:
    """Facet values out of texts like `natural_person,credit`; raises Invalid for a value that a facet does not have."""
    return {facet.name: _values(facet, texts[facet.name]) for facet in FACETS if texts.get(facet.name)}


def _values(facet: Facet, text: str) -> frozenset[str]:
    found = frozenset(text.split(","))
    if facet.terms and not found <= {term.value for term in facet.terms}:
        allowed = "、".join(term.value for term in facet.terms)
        raise Invalid(f"{facet.title}没有这样的取值", remedy=f"可用取值（逗号分隔）：{allowed}", parameter=facet.name)
    return found
