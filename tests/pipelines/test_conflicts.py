"""What builds find between departments: every rule has its words, and the words name departments and counts alone."""

from __future__ import annotations

import re
from pathlib import Path

from api.texts import catalogue
from catalog.faults import AUTHORITY_RULES
from pipelines import conflicts

ROOT = Path(__file__).parents[2]
# a rule stands before `as rule`, or first in the further parts of a union
NAMED = re.compile(r"'([A-Z]+(?:_[A-Z]+)+)'")
# a kind of measure of official statistics
NO_RULE = {"YTD_YOY"}


def test_every_rule_of_a_build_has_its_words_and_they_stand_on_the_pages() -> None:
    models = ROOT.glob("basedb/*/models/*.sql")
    named = {rule for path in models for rule in NAMED.findall(path.read_text("utf-8"))} - NO_RULE
    assert named | set(AUTHORITY_RULES) == set(conflicts.RULES)
    shown = {key.removeprefix("rule."): chinese for key, (chinese, _) in catalogue().items() if key.startswith("rule.")}
    assert {rule: conflicts.RULES[rule][0] for rule in named} == {rule: shown[rule] for rule in named}


def test_a_message_names_who_delivered_and_whom_it_disagrees_with() -> None:
    assert conflicts.said(3, "医疗保障局", "公安局") == "医疗保障局报送的 3 行与公安局的数据不一致"
    assert conflicts.said(3, "公安局", "公安局") == "公安局报送的 3 行"
