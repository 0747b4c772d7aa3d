"""The words of the pages: nothing missing, both languages alike."""

from __future__ import annotations

import re
from pathlib import Path
from string import Formatter

import pytest

from api.texts import Words, catalogue
from basedb.spec import base
from catalog import vocab
from catalog.roles import Role
from catalog.vocab import Term

API = Path(__file__).parents[2] / "api"
_USES = (
    r"""\bt\('([a-z_.0-9]+)'""",
    r"""words\(\s*"([a-z_.0-9]+)\"""",
    r"""Column\(\s*"\w+",\s*"([a-z_.]+)\"""",
    r"""grid\(\s*"([a-z_.]+)\"""",
    r"""unit="([a-z_.]+)\"""",
    r'''"((?:menu|total|call)\.[a-z_]+)"''',
)


def used() -> set[str]:
    sources = [*API.glob("templates/*.html"), *API.glob("pages/*.py"), API / "overview.py"]
    texts = [path.read_text("utf-8") for path in sources]
    keys = {key for text in texts for pattern in _USES for key in re.findall(pattern, text)}
    keys |= {f"done.{key}" for text in texts for key in re.findall(r'done="([a-z_]+)"', text)}
    for text in texts:
        for block in re.findall(r"for key in \(([^)]*)\)", text):
            keys |= set(re.findall(r"'([a-z_.0-9]+)'", block))
    return {key for key in keys if not key.endswith(".")}


def test_every_text_that_a_page_names_is_written() -> None:
    assert used() - set(catalogue()) == set()


@pytest.mark.parametrize("key", catalogue())
def test_both_languages_say_the_same_with_the_same_names(key: str) -> None:
    chinese, english = catalogue()[key]
    assert chinese
    assert english or key.startswith("unit.")
    assert _names(chinese) == _names(english)


def _names(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_english_texts_hold_no_chinese() -> None:
    assert [key for key, (_, english) in catalogue().items() if re.search(r"[\u4e00-\u9fff]", english)] == []


def test_every_value_of_an_enumeration_has_a_word_in_both_languages() -> None:
    kinds = [kind for kind in vars(vocab).values() if isinstance(kind, type) and issubclass(kind, Term)]
    for kind in (*kinds, Role):
        for term in kind:
            assert Words("zh").term(term)
            assert re.fullmatch(r"[ -~]+", Words("en").term(term))


def test_every_code_and_unit_of_a_base_has_a_word_in_both_languages() -> None:
    columns = [column for name in vocab.Base for table in base(name).spec.TABLES for column in table.columns]
    codes = {f"value.{c.name}.{code}" for c in columns if not c.code_list for code in c.codes}
    units = {f"measure.{c.unit}" for c in columns if re.search(r"[\u4e00-\u9fff]", c.unit)}
    assert codes and (codes | units) - set(catalogue()) == set()


def test_every_rule_has_a_title_and_a_way_out_in_both_languages() -> None:
    rules = {key.removeprefix("rule.") for key in catalogue() if key.startswith("rule.")}
    assert rules == {key.removeprefix("remedy.") for key in catalogue() if key.startswith("remedy.")}


def test_no_template_holds_a_mark_of_chinese_type() -> None:
    marks = re.compile(r"[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]")
    own = re.compile(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}|六库|'中文'", re.DOTALL)
    found = {path.name: marks.findall(own.sub("", path.read_text("utf-8"))) for path in API.glob("templates/*.html")}
    assert {name: what for name, what in found.items() if what} == {}
