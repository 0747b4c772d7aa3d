"""English pages: Chinese is left only in names and in what people typed, and it is marked as Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from sqlalchemy import select

from api.pages import foreign, phrases
from api.texts import Words, catalogue
from catalog import field_help, vocab
from catalog.models import DataItem, Demand, Project, Resource
from catalog.reasons import DEMAND, SHARING, listed
from catalog.todos import KINDS, TITLES, Todo
from catalog.vocab import Term
from tests.pages.conftest import Portal
from tests.pages.paths import OFFICIALS, PAGES

CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_VOID = {"br", "hr", "img", "input", "link", "meta"}


class Reader(HTMLParser):
    """Text of a page as (language, text); scripts and styles are not read."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = [("", "")]
        self.texts: list[tuple[str, str]] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self.open.append((tag, dict(attrs).get("lang") or self.open[-1][1]))

    def handle_endtag(self, tag: str) -> None:
        while len(self.open) > 1 and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data: str) -> None:
        if self.open[-1][0] not in ("script", "style") and data.strip():
            self.texts.append((self.open[-1][1], data.strip()))


def words_of_the_house() -> set[str]:
    """What the platform itself says in Chinese: texts, labels, titles of fields and their help."""
    terms = [kind for kind in vars(vocab).values() if isinstance(kind, type) and issubclass(kind, Term)]
    labels = {term.label for kind in terms for term in kind}
    texts = {chinese for chinese, english in catalogue().values() if chinese != english}
    helps = {text for each in field_help.FIELDS for text in (each.meaning, each.returns, each.basis, each.heading)}
    return {text for text in labels | texts | helps if CHINESE.search(text)}


# the switch itself and the mark of the site; words that are names of items, resources or sources as well
NAMES = {"中文", "六库"}


def english_pages(portal: Portal, path: str) -> Iterator[str]:
    for login in PAGES[path][0][:3] if path in PAGES else OFFICIALS:
        mark = "&" if "?" in path else "?"
        yield portal.as_(login).get(f"{portal.path(path)}{mark}lang=en").text


@pytest.mark.parametrize("path", [*PAGES, "/"])
def test_an_english_page_says_nothing_of_its_own_in_chinese_and_marks_names_as_chinese(
    portal: Portal, path: str
) -> None:
    own = words_of_the_house() - NAMES - names_in(portal)
    for page in english_pages(portal, path):
        texts = Reader(page).texts
        assert [text for lang, text in texts if CHINESE.search(text) and lang != "zh-CN"] == []
        assert [text for _, text in texts if text in own] == []


def names_in(portal: Portal) -> set[str]:
    """Words of the house that the register holds as a name of somebody's resource, item or project, or as typed."""
    with portal.house.transaction() as db:
        columns = (DataItem.title, Resource.name, Resource.share_condition, Project.name, Demand.description)
        return {str(name) for column in columns for name in db.scalars(select(column))}


def test_every_field_has_its_help_in_english() -> None:
    assert set(field_help.english_help()) == set(field_help.HELP)
    texts = [text for pair in field_help.english_help().values() for text in pair]
    texts += [field_help.english_basis(each.basis) for each in field_help.FIELDS]
    assert [text for text in texts if not text or CHINESE.search(text)] == []
    assert field_help.english_basis(field_help.LOCAL + "第三十四条").endswith("article 34")


def test_a_thing_to_do_has_a_title_in_both_languages_of_the_same_names() -> None:
    for kind in KINDS:
        parts = {"who": "police", "what": "population", "more": "3"}
        title = TITLES[kind].format(**parts)
        found = Todo(kind, "", "1", title, None, False, False, "/", (), **parts)
        assert phrases.todo(Words("zh"), found) == title
        english = phrases.todo(Words("en"), found)
        assert not CHINESE.search(english)
        assert all((part in title) == (part in english) for part in parts.values())
        key = f"todo.title.{kind}"
        assert Words.has(key) is bool(CHINESE.search(TITLES[kind]))
        assert not Words.has(key) or catalogue()[key][0] == TITLES[kind]


def test_every_ground_of_refusal_and_every_breaking_change_is_said_in_english(portal: Portal) -> None:
    with portal.house.transaction() as db:
        grounds = [each for used in (SHARING, DEMAND) for each in listed(db, used, portal.house.today)]
        assert grounds
        assert not any(CHINESE.search(phrases.reason(Words("en"), each)) for each in grounds)
        assert all(each.article in phrases.reason(Words("zh"), each) for each in grounds)
    change = {"rule": "item_removed", "item": "name", "text": "删除信息项「姓名」"}
    assert phrases.breaking(Words("en"), change, {"items": []}) == "Item removed: name"
    assert phrases.breaking(Words("zh"), change, {"items": []}) == change["text"]


def test_an_error_says_its_kind_in_english_above_what_was_said_in_chinese(portal: Portal) -> None:
    page = portal.as_("consumer").get("/catalog/nothing?lang=en").text
    assert "There is no such thing, or it is not yours to see" in page
    assert CHINESE.search(page.split("it is not yours to see")[1].partition("</div>")[0])
    assert "There is no such thing" not in portal.as_("consumer").get("/catalog/nothing?lang=zh").text


def test_a_notice_is_told_in_english_with_the_chinese_text_below(portal: Portal) -> None:
    told = re.compile("<p>(?:A request waits for your answer|A demand waits for your answer): ")
    assert told.search(portal.as_("registrar").get(portal.path("/notices/{notice}?lang=en")).text)
    assert "，请" in portal.as_("registrar").get(portal.path("/notices/{notice}?lang=en")).text
    assert not told.search(portal.as_("registrar").get(portal.path("/notices/{notice}?lang=zh")).text)


def test_runs_of_chinese_are_marked_where_they_stand() -> None:
    assert foreign.marked("<p>May 张三 read?</p>") == '<p>May <span lang="zh-CN">张三</span> read?</p>'
    assert foreign.marked('<option value="甲">甲</option>') == '<option value="甲" lang="zh-CN">甲</option>'
    assert foreign.marked('<p lang="zh-CN">已<b>标</b></p>') == '<p lang="zh-CN">已<b>标</b></p>'
    assert foreign.marked("<script>'中'</script><p>a &lt; b</p>") == "<script>'中'</script><p>a &lt; b</p>"
