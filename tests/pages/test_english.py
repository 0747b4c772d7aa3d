"""English pages: Chinese is left only in names and in what people typed, and it is marked as Chinese."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import String, select
from sqlalchemy.orm import Session

from api import doubles, linking, sentences
from api.pages import foreign, phrases
from api.texts import Words, catalogue
from basedb.spec import base
from catalog import departments, field_help, identities, resources, vocab
from catalog.errors import NotFound
from catalog.models import FindingRow, IdentityDecision, Notice
from catalog.models.base import Model
from catalog.phrasing import condition_in_words
from catalog.reasons import DEMAND, SHARING, listed
from catalog.roles import Caller, Role
from catalog.todo_kinds import KINDS, TITLES
from catalog.todos import Todo
from catalog.vocab import Base, Term
from quality.suites import delivery as delivery_suite
from tests.pages.conftest import Portal
from tests.pages.paths import OFFICIALS, PAGES

CHINESE = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]")
_MARK = re.compile('<span lang="zh-CN">([^<]*)</span>')
# ideographs, and the marks that stand between them
_WIDE = re.compile("[\u3000-\u303f\u3400-\u4dbf\u4e00-\u9fff\uff00-\uffef]")
_RUN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff]+")
_SPOKEN = {"alt", "aria-label", "placeholder", "title"}
_VOID = {"br", "hr", "img", "input", "link", "meta"}


class Reader(HTMLParser):
    """Text of a page as (language, text); scripts and styles are not read."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[tuple[str, str]] = [("", "")]
        self.texts: list[tuple[str, str]] = []
        self.spoken: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _VOID:
            self.open.append((tag, dict(attrs).get("lang") or self.open[-1][1]))
        self.spoken += [text for name, text in attrs if name in _SPOKEN and text]

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
    data = texts_of_the_city(portal)
    for page in english_pages(portal, path):
        texts = Reader(page).texts
        whole = Reader(_MARK.sub(r"\1", page))
        said = [text for _, text in whole.texts] + whole.spoken
        assert [text for lang, text in texts if _WIDE.search(text) and lang != "zh-CN"] == []
        assert sorted({text for text in said if CHINESE.search(text) and unknown(data, text)}) == []


# columns of nothing but what the platform itself wrote, in Chinese; columns of nothing but names
_OWN = {"notice.text", "finding.message", "finding.remedy", "rule_row.title", "refusal_reason.title"}
_NAMED = {"name", "title", "abstract"}


def texts_of_the_city(portal: Portal) -> list[str]:
    """Names that the register holds and texts that people typed, longest first."""
    found = {"中文", "六库"}
    with portal.house.transaction() as db:
        found |= read_behind_the_register(portal, db)
        for table in Model.metadata.tables.values():
            for column in table.columns:
                if isinstance(column.type, String) and f"{table.name}.{column.name}" not in _OWN:
                    texts = {str(text) for text in db.scalars(select(column).distinct()) if text}
                    is_name = column.name in _NAMED
                    found |= {text for text in texts if is_name or sentences.english(text) is None}
    return sorted((text for text in found if CHINESE.search(text)), key=len, reverse=True)


def read_behind_the_register(portal: Portal, db: Session) -> set[str]:
    """What two pages show that no table of the register has in plain: a decision that is sealed, values of a base."""
    decision = identities.unsealed(portal.house.keys, db.get_one(IdentityDecision, portal.ids["decision"]))
    authority = departments.authority(db)
    reviewer = Caller("test", authority.id, authority.slug, frozenset({Role.STEWARD}), True)
    case = linking.case(portal.house, db, reviewer, portal.ids["statement"])
    double = doubles.case(portal.house, db, reviewer, portal.ids["double"])
    shown = [case.values, *(each.values for each in case.candidates), *double.values.values()]
    return {decision.reason, decision.evidence, *(str(value) for values in shown for value in values.values())}


def unknown(data: list[str], text: str) -> list[str]:
    """Runs of Chinese in a text that are not the city's own words; short words count only where they stand alone."""
    for name in data:
        if len(name) >= 5 and name in text:
            text = text.replace(name, " ")
    return [run for run in _RUN.findall(text) if run not in data]


def test_every_field_has_its_help_in_english() -> None:
    assert set(field_help.english_help()) == set(field_help.HELP)
    told = field_help.english_help()
    texts = [text for heading in told for text in told[heading][:2]]
    texts += [field_help.english_basis(each.basis) for each in field_help.FIELDS]
    assert [text for text in texts if not text or CHINESE.search(text)] == []
    examples = [told[each.heading][2] or each.example for each in field_help.FIELDS if not each.choices]
    assert [text for text in examples if CHINESE.search(text)] == []
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
        assert Words.has(key) is bool(_WIDE.search(TITLES[kind]))
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


def test_what_a_row_of_a_table_stands_for_is_said_in_english() -> None:
    grains = {table.grain for name in Base for table in base(name).spec.TABLES}
    assert [grain for grain in grains if sentences.or_same(grain) == grain] == []


def test_an_error_is_said_in_the_language_of_the_page(portal: Portal) -> None:
    page = portal.as_("consumer").get("/catalog/nothing?lang=en").text
    assert "The catalog has no resource &#34;nothing&#34;" in page
    assert "目录中没有资源「nothing」" in portal.as_("consumer").get("/catalog/nothing?lang=zh").text


def test_an_error_without_a_sentence_in_english_says_its_kind_above_what_was_said() -> None:
    unheard = NotFound("没有听说过", remedy="请先登录")
    assert phrases.fault(Words("zh"), unheard) == "没有听说过。请先登录"
    kind = "There is no such thing, or it is not yours to see"
    assert phrases.fault(Words("en"), unheard) == f"{kind}: 没有听说过. Please sign in"


def test_a_notice_is_told_in_the_language_of_the_page() -> None:
    asked = Notice(kind="to_answer", text="住建局申请共享「人口」的 2 个信息项，请答复")
    assert phrases.notice(Words("zh"), asked) == asked.text
    assert phrases.notice(Words("en"), asked) == '住建局 asks for 2 data items of "人口"; please answer'


def test_what_a_check_said_of_an_order_is_told_in_english_in_its_to_do_and_its_notice() -> None:
    said = "合格率 91.20% 低于要求的 100%"
    english = "91.20% of the rows pass, fewer than the required 100%"
    told = Notice(kind="order_opened", text=f"「人口」有质量问题需整改：{said}")
    assert phrases.notice(Words("en"), told) == f'"人口" has findings to mend: {english}'
    for kind in ("order", "order_explained", "order_overdue"):
        parts = {"who": "police", "what": "population", "more": said}
        found = Todo(kind, "", "1", TITLES[kind].format(**parts), None, False, False, "/", (), **parts)
        assert f"({english})" in phrases.todo(Words("en"), found)


def test_what_a_check_may_say_of_a_delivery_is_known_in_english(portal: Portal) -> None:
    with portal.house.transaction() as db:
        specs = [resources.table_spec(db, each) for each in resources.published(db) if not each.is_base_table]
        said = {rule.message for spec in specs for rule in delivery_suite.rules(spec)}
        said |= set(db.scalars(select(FindingRow.message)))
    assert len(said) > 100
    assert {re.sub(r"第 \d+ 项 [^:]*: ", "", text) for text in said if sentences.english(text) is None} == set()
    # names of items stay as registered
    own = [re.sub(r"\([^)]*\)", "", sentences.english(text) or "") for text in said]
    assert {text for text in own if re.search("号码的|请|不是|必填", text)} == set()
    told = sentences.english("工作表“甲”的内容分散在 1048576 行 16384 列，几乎全为空")
    assert told and "16384 columns" in told


def test_runs_of_chinese_are_marked_where_they_stand() -> None:
    assert foreign.marked("<p>May 张三 read?</p>") == '<p>May <span lang="zh-CN">张三</span> read?</p>'
    assert foreign.marked('<option value="甲">甲</option>') == '<option value="甲" lang="zh-CN">甲</option>'
    assert foreign.marked("<dd>a.b、c.d</dd>") == '<dd>a.b<span lang="zh-CN">、</span>c.d</dd>'
    assert foreign.marked('<p lang="zh-CN">已<b>标</b></p>') == '<p lang="zh-CN">已<b>标</b></p>'
    assert foreign.marked("<script>'中'</script><p>a &lt; b</p>") == "<script>'中'</script><p>a &lt; b</p>"


def test_a_row_condition_is_said_in_english_with_names_as_registered(portal: Portal) -> None:
    content = {
        "all": [
            {"any": [{"eq": {"column": "sex_code", "value": "1"}}, {"is_null": {"column": "sex_code"}}]},
            {"range": {"column": "birth_date", "low": "1990-01-01", "high": "2000-12-31"}},
            {"prefix": {"column": "id_number", "text": "1402"}},
            {"in": {"column": "sex_code", "values": ["1", "2"]}},
        ]
    }
    with portal.house.transaction() as db:
        found = resources.get(db, "police_population")
        assert phrases.condition(Words("en"), found, content) == (
            "(性别代码 is “1” or 性别代码 is empty) and 出生日期 is at least “1990-01-01” and at most “2000-12-31”"
            " and 公民身份号码 begins with “1402” and 性别代码 is one of “1”, “2”"
        )
        assert phrases.condition(Words("zh"), found, content) == condition_in_words(found, content)
        assert phrases.condition(Words("en"), found, None) == ""


def test_why_nothing_may_be_read_is_said_in_words(portal: Portal) -> None:
    path = "/access?resource=civil_affairs_marriage&department=housing_fund"
    chinese = portal.as_("consumer").get(f"{path}&lang=zh").text
    assert "的有效授权（按记录查询）" in chinese
    assert not re.search(r"（(?:lookup|bulk)）", chinese)
    assert "Your department has no grant to read &#34;" in portal.as_("consumer").get(f"{path}&lang=en").text


LISTS = ("/catalog/police_population", "/my/resources", "/deliveries", "/quality", "/sources", "/requests", "/grants",
         "/demands", "/notices", "/projects", "/people", "/clients", "/logs/administration")  # fmt: skip


@pytest.mark.parametrize("path", LISTS)
def test_a_workbook_of_a_list_is_in_the_language_of_the_page(portal: Portal, path: str) -> None:
    data = texts_of_the_city(portal)
    browser = portal.as_(next(login for login in PAGES[path][0] if login))
    english, chinese = (exported(browser.get(f"{path}?lang={lang}&format=xlsx").content) for lang in ("en", "zh"))
    assert len(english) == len(chinese) > 1
    assert [text for text in english[0] if CHINESE.search(text)] == []
    assert sorted({text for row in english for text in row if CHINESE.search(text) and unknown(data, text)}) == []
    keys = set(catalogue())
    assert {text for row in (*english, *chinese) for text in row if text in keys and "." in text} == set()
    states = {key: said for key, said in catalogue().items() if "." not in key and said[0] != key}
    assert {text for row in chinese for text in row if text in states} == set()


def exported(content: bytes) -> list[list[str]]:
    """The cells of a workbook as text, the headings first."""
    sheet = load_workbook(BytesIO(content)).worksheets[0]
    return [[str(cell) for cell in row if cell is not None] for row in sheet.iter_rows(values_only=True)]


def test_an_item_is_called_by_its_english_name_on_english_pages_where_it_has_one(portal: Portal) -> None:
    with portal.house.transaction() as db:
        items = {item.name: item for item in resources.get(db, "police_population").items}
        items["sex_code"].title_en = "Sex"
        sex, name = items["sex_code"].title, items["name"].title
        items["name"].title_en = ""
    for path in ("/catalog/police_population", "/requests/new?resource=police_population&form_id=read"):
        english, chinese = (portal.as_("consumer").get(_in(path, lang)).text for lang in ("en", "zh"))
        assert (">Sex<" in english or "> Sex <" in english, name in english) == (True, True), path
        assert f">{sex}<" in chinese or f"> {sex} <" in chinese, path


def _in(path: str, lang: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}lang={lang}"
