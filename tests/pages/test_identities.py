"""The authority merges two identifiers on a page and takes it back there; nothing of them stands in an address."""

from __future__ import annotations

import duckdb
from sqlalchemy import func, select

from catalog import releases
from catalog.models import IdentityDecision
from tests.pages.conftest import Portal
from tests.pages.forms import post

WORDS = {"reason": "补领证件", "evidence": "公安机关证明 第 3 号"}


def two(portal: Portal) -> list[str]:
    """Identifiers of two persons in the base."""
    with portal.house.transaction() as db:
        current = releases.in_force(db, "natural_person")
    path = portal.house.store.release(current.unit, current.release_id) / "person.parquet"
    with duckdb.connect() as connection:
        rows = connection.execute("select id_number from read_parquet(?) order by 1 desc limit 2", [str(path)])
        return [number for (number,) in rows.fetchall()]


def test_a_steward_merges_and_splits(portal: Portal) -> None:
    kept, other = two(portal)
    steward = portal.as_("steward")
    sent = post(steward, "/identities", kind="person", kept=kept, other=other, **WORDS)
    assert sent.status_code == 303
    place = sent.headers["location"]
    assert kept not in place and other not in place
    page = steward.get(f"{place}&lang=zh").text
    assert [text for text in (kept, other, "补领证件", "公安机关证明 第 3 号", "合并") if text not in page] == []
    again = post(steward, "/identities?lang=zh", kind="person", kept=other, other=kept, **WORDS)
    assert (again.status_code, "已经合并" in again.text) == (400, True)
    back = post(steward, f"{place.partition('?')[0]}/split", **WORDS)
    assert "拆分" in steward.get(f"{back.headers['location']}&lang=zh").text
    assert "不再生效" in steward.get(f"{place}&lang=zh").text
    with portal.house.transaction() as db:
        assert db.scalar(select(func.count(IdentityDecision.id))) == 3


def test_a_form_that_is_not_right_comes_back_with_what_was_written(portal: Portal) -> None:
    answer = post(portal.as_("steward"), "/identities?lang=zh", kind="person", kept="1", other="2", **WORDS)
    assert answer.status_code == 400
    assert "没有这一标识的记录" in answer.text
    assert 'value="2"' in answer.text


def test_the_page_of_a_base_shows_which_links_are_held_and_what_each_release_changed(portal: Portal) -> None:
    with portal.house.transaction() as db:
        current = releases.in_force(db, "license")
    folder = portal.house.store.changes("license", current.release_id)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "links.json").write_text('{"licence_holder.person_key": 0.975}')
    (folder / "changes.json").write_text(
        '{"since": "r0", "tables": {"licence": {"insert": 12, "update": 3, "delete": 0}, "licence_holder": '
        '{"insert": 0, "update": 0, "delete": 0}}}'
    )
    page = portal.as_("").get("/bases/license?lang=zh").text
    assert "97.5" in page and "可关联比例" in page
    assert "<td>自然人记录键</td><td>人口基础信息库（自然人）·自然人</td>" in page
    assert "与上一版本相比 15 行有变化" in page


def test_the_page_of_a_base_names_what_each_attribute_is_called_and_whose_resource_speaks_first(portal: Portal) -> None:
    chinese, english = (portal.as_("").get(f"/bases/natural_person?lang={lang}").text for lang in ("zh", "en"))
    order = '<td>死亡日期 <code class="note">person.death_date</code></td><td class="long">死亡医学证明 › 户籍注销</td>'
    assert order in chinese
    assert 'Date of death <code class="note">person.death_date</code>' in english
