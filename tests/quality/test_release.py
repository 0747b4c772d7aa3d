"""Which candidates may be published."""

from __future__ import annotations

from typing import Any

import pytest

from quality.release import faults


def table(name: str, **counts: Any) -> dict[str, Any]:
    sound = {"rows": 3, "duplicate_keys": 0, "null_keys": 0, "null_required": 0.0, "orphans": 0}
    return {"table": name, **sound, **counts}


def test_a_sound_candidate_has_no_faults_even_when_a_side_table_is_empty() -> None:
    assert faults([table("person"), table("person_conflict", rows=0)], {"person": 2}) == []


@pytest.mark.parametrize(
    ("counts", "rule"),
    [
        ({"null_keys": 1}, "RECORD_KEY_MISSING"),
        ({"duplicate_keys": 1}, "RECORD_KEY_DUPLICATE"),
        ({"null_required": 0.01}, "REQUIRED_MISSING"),
        ({"orphans": 1}, "LINK_BROKEN"),
        ({"rows": 0}, "TABLE_EMPTIED"),
    ],
)
def test_a_broken_candidate_names_the_rule_and_the_table(counts: dict[str, Any], rule: str) -> None:
    assert faults([table("person", **counts), table("person_residence")], {"person": 2}) == [
        {"rule": rule, "tables": ["person"]}
    ]
