"""Every sentence that the platform may tell a person has its English, with the same facts."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from api import sentences
from catalog import errors

ROOT = Path(__file__).parents[2]
CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_NAME = re.compile(r"\{([a-z]+)\}")
_SOURCES = [
    *ROOT.glob("catalog/*.py"),
    *ROOT.glob("api/**/*.py"),
    *(ROOT / f"basedb/{name}.py" for name in ("control", "read", "views", "values")),
]
# why a trial of a rule failed stands on a page, too
_SOURCES += [ROOT / "quality/trial.py", ROOT / "pipelines/trials.py"]
# calls whose texts people read on pages: errors, faults and fixes of workbooks, notices, what a probe met
_ERRORS = {name for name, kind in vars(errors).items() if isinstance(kind, type)}
_TELLING = _ERRORS | {"Fault", "Fix", "ProbeResult", "tell", "fault", "_fault", "_wrong"}
# said to who runs the platform, on its command line alone
_COMMAND_LINE = {"backup.py", "restore.py", "sealed.py", "verify.py", "receipt_chain.py", "rows.py", "demo.py"}


def told() -> Iterator[tuple[str, str]]:
    """Every Chinese text within such a call, as (place, text with § for each fact)."""
    for path in _SOURCES:
        if path.name in _COMMAND_LINE:
            continue
        for call in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(call, ast.Call) and _name(call.func) in _TELLING:
                for each in (*call.args, *(keyword.value for keyword in call.keywords)):
                    yield from ((f"{path.name}:{each.lineno}", text) for text in _texts(each))


def _name(called: ast.expr) -> str:
    return called.attr if isinstance(called, ast.Attribute) else getattr(called, "id", "")


def _texts(node: ast.expr) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else "§" for part in node.values)  # type: ignore[misc]
    elif isinstance(node, ast.IfExp):
        yield from (*_texts(node.body), *_texts(node.orelse))


def test_every_error_fault_and_notice_has_its_sentence_in_english() -> None:
    found = [(place, text) for place, text in told() if CHINESE.search(text)]
    assert len(found) > 400
    assert [each for each in found if sentences.english(each[1]) is None] == []


ROWS = sentences._rows()


def test_a_sentence_stands_in_the_list_once() -> None:
    assert len({chinese for chinese, _ in ROWS}) == len(ROWS)


def test_both_languages_name_the_same_facts() -> None:
    assert [row for row in ROWS if sorted(_NAME.findall(row[0])) != sorted(_NAME.findall(row[1]))] == []


def test_the_english_holds_no_chinese_but_words_to_write_in_a_workbook() -> None:
    workbook = re.compile(r"(?:[Ww]rite|or|sheet) [^ ]+|put a 、 between")
    assert [english for _, english in ROWS if CHINESE.search(workbook.sub("", english))] == []


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("合格率 91.20% 低于要求的 100%", "91.20% of the rows pass, fewer than the required 100%"),
        (
            "「人口」有质量问题需整改：姓名与数源部门不一致：医保局报送的 3 行与公安局的数据不一致",
            '"人口" has findings to mend: The name differs from its source: 3 rows of 医保局 disagree with 公安局',
        ),
        ("目录状态为「草稿」，应为已发布", 'The entry is in the state "Draft" and must be published'),
        (
            "申请 r1 在办：待答复，由大同市公安局办理",
            "Request r1 is under way: Waiting for an answer; it waits for 大同市公安局",
        ),
        ("登录已失效。请重新登录", "You are signed out. Please sign in again"),
        (
            "这件需求在您打开页面之后已有新的办理，本次操作没有执行",
            "This demand has moved on since you opened the page; nothing was done",
        ),
        ("张三", None),
        ("张三。请重新登录", None),
    ],
)
def test_a_sentence_keeps_its_facts_and_says_the_words_of_the_platform_in_english(
    chinese: str, english: str | None
) -> None:
    assert sentences.english(chinese) == english
