"""The column set of a file: missing, renamed, extra and reordered columns, each told from the others."""

from __future__ import annotations

import json

import pytest

from catalog.vocab import DeliveryState, Outcome
from tests.quality.conftest import Checker, spec

THING = spec("""
    code      | 登记证号 | C10 | KR |
    full_name | 单位名称 | C10 | R  |
    given_on  | 发证日期 | D   |    |
    town      | 乡镇街道 | C10 |    |
""")
RIGHT = ("登记证号", "单位名称", "发证日期", "乡镇街道")


def file(*names: str) -> bytes:
    return (",".join(names) + "\n" + ",".join(["1"] * len(names)) + "\n").encode()


@pytest.mark.parametrize(
    ("names", "guess"),
    [
        (("登记证号", "单位名称", "发证时间", "乡镇街道"), "“发证时间”疑为“发证日期”"),  # alike, and in its own place
        (("登记证号", "企业全称", "发证日期", "乡镇街道"), "“企业全称”疑为“单位名称”"),  # in its own place alone
        (("证号", "单位名称", "发证日期", "乡镇街道", "备注"), "“证号”疑为“登记证号”"),  # a part of it
        (("登记证号", "单位名称", "乡镇街道", "备注", "发证时间"), "“发证时间”疑为“发证日期”"),  # alike, elsewhere
        (("登记证号", "单位名称", "GIVEN ON DAY", "乡镇街道"), "“GIVEN ON DAY”疑为“发证日期”"),  # by the item's code
    ],
)
def test_a_renamed_column_is_guessed(checked: Checker, names: tuple[str, ...], guess: str) -> None:
    result = checked(file(*names), THING)
    assert result.report.state is DeliveryState.RETURNED
    assert set(result.found) == {"COLUMN_RENAMED"}
    assert guess in result.messages


def test_a_column_like_no_other_is_missing_and_not_guessed(checked: Checker) -> None:
    result = checked(file("登记证号", "单位名称", "乡镇街道", "备注"), THING)
    assert [(f.rule, f.count) for f in result.report.findings] == [("COLUMN_MISSING", 1)]
    assert "发证日期" in result.messages
    assert "备注" not in result.messages


def test_missing_and_renamed_columns_are_told_apart(checked: Checker) -> None:
    result = checked(file("登记证号", "单位名称", "发证时间"), THING)
    assert {f.rule: f.count for f in result.report.findings} == {"COLUMN_MISSING": 1, "COLUMN_RENAMED": 1}
    assert "乡镇街道" in result.report.findings[0].message


def test_one_column_is_at_most_one_item(checked: Checker) -> None:
    result = checked(file("登记证号", "单位名称日期", "乡镇街道"), THING)
    assert {f.rule: f.count for f in result.report.findings} == {"COLUMN_MISSING": 1, "COLUMN_RENAMED": 1}


def test_another_order_is_taken_and_said(checked: Checker) -> None:
    result = checked(file(*reversed(RIGHT)).replace(b"1,1,1,1", b"x,2026-11-23,y,z"), THING)
    assert [(f.rule, f.outcome) for f in result.report.findings] == [("COLUMN_REORDERED", Outcome.NORMALISE)]
    assert result.rows("code, full_name, town") == [("z", "y", "x")]


def test_columns_between_the_items_are_extra_and_no_other_order(checked: Checker) -> None:
    result = checked(file("序号", "登记证号", "备注", *RIGHT[1:]).replace(b",1,1\n", b",,\n"), THING)
    assert set(result.found) == {"COLUMN_EXTRA"}


def test_members_of_a_document_have_no_order(checked: Checker) -> None:
    record = {"town": "x", "full_name": "y", "code": "z", "given_on": "2026-11-23"}
    assert checked(json.dumps(record).encode(), THING, name="x.jsonl").found == {}
