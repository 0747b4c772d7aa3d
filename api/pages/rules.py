"""Findings in words: in Chinese as the check wrote them, in English by sentence or rule."""

from __future__ import annotations

from api import sentences
from api.texts import Words
from catalog.models import FindingRow, QualityOrder


def title(words: Words, finding: FindingRow | QualityOrder) -> str:
    """What the rule is called."""
    return words.known(f"rule.{finding.rule}", finding.rule)


def message(words: Words, finding: FindingRow) -> str:
    """What the check said; in English where its sentence is known, else the code of the rule."""
    return finding.message if words.lang == "zh" else sentences.english(finding.message) or finding.rule


def remedy(words: Words, finding: FindingRow) -> str:
    """The way to mend it."""
    return finding.remedy if words.lang == "zh" else words.known(f"remedy.{finding.rule}", finding.remedy)
