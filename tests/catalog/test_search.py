"""Search: what an official types finds what the register holds, best first, and the index equals the register."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, delete, select, update
from sqlalchemy.orm import Session

from catalog import departments, resources, search_index, shelf
from catalog.errors import Invalid
from catalog.facets import filters
from catalog.grams import Grams
from catalog.models import BaseInput, DataItem, Delivery, Department, Publication, Release, Resource, SearchEntry
from catalog.register import downgrade, migrate, sessions, transaction
from catalog.search import Answer, Library, Order, Question, Viewer
from catalog.vocab import Channel, DeliveryState, FormatClass, ResourceState, ShareType, UpdateCycle
from catalog.wording import fold, pinyin
from tests.catalog.conftest import item, make_department, make_resource
from tests.conftest import NOW, TODAY

POPULATION, ALLOWANCE, LICENCES, ROADS = "population", "allowance", "licences", "roads"


class Desk:
    """A register of four resources, changed in transactions, and the one library that searches it."""

    def __init__(self, engine: Engine) -> None:
        self.engine, self.library = engine, Library()

    def ask(self, text: str = "", today: date = TODAY, **more: Any) -> Answer:
        facets = filters(more.pop("filters", {}))
        with sessions(self.engine)() as db:
            return self.library.ask(db, Question(text, facets, **more), today)

    def find(self, text: str = "", **more: Any) -> list[str]:
        answer = self.ask(text, **more)
        with sessions(self.engine)() as db:
            slugs = {row.id: row.slug for row in db.execute(select(Resource.id, Resource.slug))}
        return [slugs[each.resource_id] for each in answer.page]

    def change(self, slug: str, **fields: Any) -> None:
        with transaction(self.engine) as db:
            found = resources.get(db, slug)
            for name, value in fields.items():
                setattr(found, name, value)

    def counts(self, facet: str, text: str = "", **more: Any) -> dict[str, int]:
        return {c.value: c.count for c in self.ask(text, **more).facets[facet]}

    def problems(self) -> list[str]:
        with sessions(self.engine)() as db:
            return list(search_index.problems(db))


@pytest.fixture
def desk(engine: Engine) -> Iterator[Desk]:
    with transaction(engine) as db:
        make_department(db, "digital_government", 1, is_authority=True)
        police, civil = make_department(db, "police", 2), make_department(db, "civil_affairs", 3)
        _resource(db, police, POPULATION, "人口基本信息", "常住人口的登记信息", ("姓名", "公民身份号码"))
        _resource(
            db, civil, ALLOWANCE, "低保对象", "城乡低保的发放", ("姓名", "金额"), share_type=ShareType.UNCONDITIONAL
        )
        _resource(db, civil, LICENCES, "社会组织登记证书", "民办非企业的执照", ("证书编号", "低保类别"))
        _resource(db, police, ROADS, "道路卡口", "人口密集区的卡口", ("位置",), format_class=FormatClass.IMAGE)
    return Desk(engine)


def _resource(
    db: Session, provider: Department, slug: str, name: str, abstract: str, titles: tuple[str, ...], **more: Any
) -> Resource:
    found = make_resource(db, provider, slug, name=name, abstract=abstract, **more)
    found.items = [item(f"i{n}", n, title=title, is_key=not n) for n, title in enumerate(titles)]
    db.flush()
    return found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("低保", [ALLOWANCE, LICENCES]),
        ("执照", [LICENCES]),
        ("人口", [POPULATION, ROADS]),
        ("口", [ROADS, POPULATION]),
        ("基本信", [POPULATION]),
        ("rkjb", [POPULATION]),
        ("RKJB", [POPULATION]),
        ("renkou", [POPULATION]),
        ("shehuizuzhi", [LICENCES]),
        ("xm", [ALLOWANCE, POPULATION]),
        ("身份号码", [POPULATION]),
        ("人口 登记", [POPULATION]),
        ("人口　卡口", [ROADS]),
        ("licences", [LICENCES]),
        ("人口%", []),
        ("象城", []),
        ("口密集区的卡口x", []),
        ("没有这个词", []),
    ],
)
def test_any_part_of_a_name_item_or_abstract_and_its_pinyin_is_found(desk: Desk, text: str, found: list[str]) -> None:
    assert desk.find(text) == found


def test_a_name_comes_before_an_item_before_an_abstract_and_exact_before_part(desk: Desk) -> None:
    with transaction(desk.engine) as db:
        police = departments.get(db, "police")
        rows = (
            ("f_abstract", "甲", "含驾驶证字样", ("乙",)),
            ("e_item_part", "甲", "乙", ("驾驶证编号",)),
            ("d_item", "甲", "乙", ("驾驶证",)),
            ("c_part", "机动车驾驶证", "乙", ("丙",)),
            ("b_start", "驾驶证档案", "乙", ("丙",)),
            ("a_exact", "驾驶证", "乙", ("丙",)),
        )
        for slug, name, abstract, titles in rows:
            _resource(db, police, slug, name, abstract, titles)
        resources.get(db, "a_exact").state = ResourceState.DRAFT
    everybody = ["b_start", "c_part", "d_item", "e_item_part", "f_abstract"]
    assert desk.find("驾驶证") == everybody
    assert desk.find("驾驶证", viewer=Viewer(sees_all=True)) == [*everybody, "a_exact"]


def test_an_exact_code_is_the_best_fit(desk: Desk) -> None:
    with sessions(desk.engine)() as db:
        code = resources.get(db, ROADS).code or ""
    assert desk.find(code) == [ROADS]


def test_drafts_are_found_by_their_own_department_and_the_authority_alone(desk: Desk) -> None:
    desk.change(ALLOWANCE, state=ResourceState.DRAFT)
    with sessions(desk.engine)() as db:
        own, other = (departments.get(db, slug).id for slug in ("civil_affairs", "police"))
    assert desk.find("低保") == [LICENCES]
    assert desk.find("低保", viewer=Viewer(other)) == [LICENCES]
    assert desk.find("低保", viewer=Viewer(own)) == [LICENCES, ALLOWANCE]
    assert desk.find("低保", viewer=Viewer("", sees_all=True)) == [LICENCES, ALLOWANCE]
    assert desk.counts("department", "低保", viewer=Viewer(other)) == {"civil_affairs": 1}


def test_facets_count_under_the_words_and_the_other_facets(desk: Desk) -> None:
    with transaction(desk.engine) as db:
        db.add(BaseInput(base="natural_person", role="resident", resource=resources.get(db, POPULATION)))
        db.add(BaseInput(base="credit", role="subject", resource=resources.get(db, POPULATION)))
    assert desk.counts("base") == {"natural_person": 1, "credit": 1}
    assert desk.counts("share_type") == {"conditional": 3, "unconditional": 1}
    assert desk.counts("department", filters={"share_type": "unconditional"}) == {"civil_affairs": 1}
    assert desk.counts("share_type", filters={"share_type": "unconditional"}) == {"conditional": 3, "unconditional": 1}
    assert desk.counts("format", "人口") == {"database": 1, "image": 1}
    assert desk.find(filters={"base": "credit"}) == [POPULATION]
    assert desk.find(filters={"department": "police", "format": "image,database"}) == [POPULATION, ROADS]
    assert desk.find(filters={"department": "nobody"}) == []
    answer = desk.ask(filters={"department": "police", "format": "image"})
    assert (answer.total, answer.next) == (1, None)


def test_a_value_that_a_facet_does_not_have_is_refused() -> None:
    with pytest.raises(Invalid):
        filters({"share_type": "conditional,secret"})


def test_pages_follow_each_other_and_outlive_a_change_between_them(desk: Desk) -> None:
    assert desk.find() == [ALLOWANCE, LICENCES, POPULATION, ROADS]
    first = desk.ask(limit=2)
    assert first.next is not None and first.total == 4
    with transaction(desk.engine) as db:
        police = departments.get(db, "police")
        _resource(db, police, "aaa_before", "甲", "乙", ("丙",))
        _resource(db, police, "m_after", "甲", "乙", ("丙",))
    assert desk.find(limit=9, after=first.next) == ["m_after", POPULATION, ROADS]


def test_pages_of_a_ranked_search_hold_each_resource_once(desk: Desk) -> None:
    seen, cursor = [], ""
    while True:
        answer = desk.ask("人", limit=1, after=cursor, viewer=Viewer(sees_all=True))
        seen += [each.resource_id for each in answer.page]
        if answer.next is None:
            break
        cursor = answer.next
    assert len(seen) == len(set(seen)) == answer.total


@pytest.mark.parametrize("order", list(Order))
@pytest.mark.parametrize("text", ["", "登记"])
def test_pages_in_any_order_make_up_the_whole_list(desk: Desk, order: Order, text: str) -> None:
    whole = desk.find(text, order=order, limit=99)
    found, cursor = [], ""
    while len(found) < 99:
        answer = desk.ask(text, order=order, limit=1, after=cursor)
        found += desk.find(text, order=order, limit=1, after=cursor)
        if answer.next is None:
            break
        cursor = answer.next
    assert found == whole
    assert len(set(whole)) == answer.total


def test_names_are_in_the_order_of_their_sound_and_pages_outlive_a_new_name(desk: Desk) -> None:
    # daolu, dibao, renkou, shehui
    assert desk.find(order=Order.NAME) == [ROADS, ALLOWANCE, POPULATION, LICENCES]
    first = desk.ask(order=Order.NAME, limit=2)
    with transaction(desk.engine) as db:
        police = departments.get(db, "police")
        _resource(db, police, "first", "阿", "乙", ("丙",))
        _resource(db, police, "between", "公交", "乙", ("丙",))
    assert desk.find(order=Order.NAME, limit=9, after=first.next or "") == ["between", POPULATION, LICENCES]


def test_the_newest_data_come_first_and_those_without_data_last(desk: Desk) -> None:
    with transaction(desk.engine) as db:
        for slug, day in ((POPULATION, 1), (LICENCES, 3), (ROADS, 2)):
            entry = db.get_one(SearchEntry, resources.get(db, slug).id)
            entry.release_id, entry.as_of = "r1", date(2026, 11, day)
    assert desk.find(order=Order.NEWEST) == [LICENCES, ROADS, POPULATION, ALLOWANCE]


@pytest.mark.parametrize("cursor", ["x", "zz.people", "-1.people", "f" * 60 + ".people", "0.", "1"])
def test_a_made_up_cursor_is_refused(desk: Desk, cursor: str) -> None:
    with pytest.raises(Invalid):
        desk.ask(after=cursor)


def test_a_change_is_found_as_soon_as_it_is_committed(desk: Desk) -> None:
    assert desk.find("殡葬") == []
    desk.change(ROADS, name="殡葬服务机构")
    assert desk.find("殡葬") == [ROADS]
    assert desk.find("道路") == []
    desk.change(ROADS, state=ResourceState.RETIRED)
    assert desk.find("殡葬") == []
    assert desk.problems() == []


def test_what_is_rolled_back_is_not_found(desk: Desk) -> None:
    with pytest.raises(RuntimeError), transaction(desk.engine) as db:
        resources.get(db, ROADS).name = "殡葬"
        db.flush()
        raise RuntimeError
    assert desk.find("殡葬") == [] and desk.problems() == []


def test_changes_made_at_one_stroke_are_indexed_too(desk: Desk) -> None:
    with transaction(desk.engine) as db:
        db.execute(update(Resource).where(Resource.slug == ROADS).values(abstract="殡葬"))
        population = resources.get(db, POPULATION).id
        db.execute(delete(DataItem).where(DataItem.resource_id == population, DataItem.title == "姓名"))
    assert desk.find("殡葬") == [ROADS]
    assert desk.find("姓名") == [ALLOWANCE]
    assert desk.problems() == []


def test_many_changes_make_the_shelf_be_read_anew(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "MOST_CHANGED", 1)
    desk.find()
    desk.change(ROADS, name="殡葬")
    desk.change(POPULATION, name="殡葬设施")
    assert desk.find("殡葬") == [ROADS, POPULATION]


def test_a_removed_resource_is_found_no_more(desk: Desk) -> None:
    assert desk.find("卡口") == [ROADS]
    with transaction(desk.engine) as db:
        db.delete(resources.get(db, ROADS))
    assert desk.find("卡口") == [] and desk.problems() == []


def test_a_department_is_shown_by_its_newest_name(desk: Desk) -> None:
    desk.find()
    with transaction(desk.engine) as db:
        departments.get(db, "police").name = "市公安局"
    assert {c.title for c in desk.ask().facets["department"]} == {"市公安局", "测试civil_affairs"}


def test_freshness_follows_deliveries_and_the_day(desk: Desk) -> None:
    _publish(desk, POPULATION, 0.95)
    _publish(desk, ROADS, 1.0)
    _deliver(desk, POPULATION, "2026-11-18")
    _deliver(desk, ROADS, "2026-11-19")
    desk.change(ROADS, update_cycle=UpdateCycle.IRREGULAR)
    assert desk.counts("freshness") == {"current": 2, "none": 2}
    assert desk.counts("freshness", today=TODAY + timedelta(days=4)) == {"current": 1, "late": 1, "none": 2}
    assert desk.find(filters={"freshness": "late"}, today=TODAY + timedelta(days=4)) == [POPULATION]
    assert desk.counts("quality") == {"excellent": 1, "fair": 1, "unrated": 2}
    assert desk.problems() == []


def _publish(desk: Desk, slug: str, share_passed: float) -> None:
    with transaction(desk.engine) as db:
        facts: dict[str, Any] = {"identity": "0" * 64, "manifest_digest": "0" * 64, "tables": {slug: 1}}
        db.add(Release(unit=slug, release_id="r1", built_from=[], share_passed=share_passed, created_at=NOW, **facts))
        db.add(Publication(unit=slug, release_id="r1", action="publish", at=NOW, by="test"))


def _deliver(desk: Desk, slug: str, period: str) -> None:
    with transaction(desk.engine) as db:
        db.add(
            Delivery(
                resource=resources.get(db, slug),
                period=period,
                sequence=1,
                digest="0" * 64,
                filename="a.csv",
                size=1,
                channel=Channel.API,
                delivered_by="test",
                state=DeliveryState.ACCEPTED,
                received_at=NOW,
            )
        )


def test_a_changed_index_is_found_by_the_proof_and_mended_by_a_rebuild(desk: Desk) -> None:
    assert desk.problems() == []
    with transaction(desk.engine) as db:
        db.execute(update(SearchEntry).where(SearchEntry.slug == ROADS).values(abstract="别的"))
        db.execute(delete(SearchEntry).where(SearchEntry.slug == POPULATION))
    assert desk.problems() == [POPULATION, ROADS] or set(desk.problems()) == {POPULATION, ROADS}
    with transaction(desk.engine) as db:
        assert search_index.rebuild(db) == 2
    assert desk.problems() == []


def test_the_index_goes_and_comes_back_with_its_migration(desk: Desk) -> None:
    url = desk.engine.url.render_as_string(hide_password=False)
    desk.engine.dispose()
    downgrade(url, "0004")
    migrate(url)
    with transaction(desk.engine) as db:
        assert search_index.rebuild(db) == 4
    assert Desk(desk.engine).find("低保") == [ALLOWANCE, LICENCES]


def test_two_who_change_one_resource_at_once_leave_a_true_index(desk: Desk) -> None:
    if desk.engine.dialect.name == "sqlite":
        return  # its writers take turns
    from concurrent.futures import ThreadPoolExecutor

    def change(n: int) -> None:
        if n % 2:
            desk.change(ROADS, abstract=f"殡葬{n}")
        else:
            _publish_again(desk, n)

    _publish(desk, ROADS, 0.5)
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(change, range(24)))
    assert desk.problems() == []


def _publish_again(desk: Desk, n: int) -> None:
    with transaction(desk.engine) as db:
        db.get_one(Release, (ROADS, "r1")).share_passed = n / 100


# the parts


@given(st.lists(st.text("低保人口a12𠮷", max_size=8), max_size=6), st.text("低保人口a12𠮷", min_size=1, max_size=4))
def test_grams_find_what_a_plain_search_finds(texts: list[str], word: str) -> None:
    hits = Grams(texts).find(word)
    assert set(hits.texts.tolist()) == {n for n, text in enumerate(texts) if word in text}
    assert set(hits.texts[hits.at_start].tolist()) == {n for n, text in enumerate(texts) if text.startswith(word)}
    assert set(hits.texts[hits.is_whole].tolist()) == {n for n, text in enumerate(texts) if text == word}


@given(st.text(), st.text())
def test_any_text_can_be_searched_for_and_indexed(text: str, name: str) -> None:
    folded = fold(name)
    assert fold(folded) == folded
    pinyin(folded)
    for word in Question(text).words:
        assert word
        Grams([folded, "人口"]).find(word)


def test_words_are_folded_once_each() -> None:
    assert Question("ＧＩＳ gis  人口\n").words == ("gis", "人口")
    assert len(replace(Question(" ".join(map(str, range(30))))).words) == 10
