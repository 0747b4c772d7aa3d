"""What the authority decided on who is the same: merges reach every base, and a split undoes them byte by byte."""

from __future__ import annotations

from dataclasses import replace

import duckdb
import pytest

from basedb import build as building
from basedb import read
from basedb.identities import Identities
from catalog.view import View, ViewColumn
from tests.basedb.conftest import SECRET, Builder, Built

OLD = "00000019000101001X"
NEW = "000000195502030024"
OTHER = "000000198001010011"
FIRM = "91140200MA0000001A"
REGISTERED_AGAIN = "91140200MA0000002B"

PEOPLE = {
    "resident": f"""
        id_number | name | ethnicity_code | _as_of
        {OLD}     | 王五 | 01             | 2026-01-01
        {NEW}     | 王武 |                | 2026-06-01
        {OTHER}   | 赵六 | 02             | 2026-06-01
    """,
    "social_insured": f"""
        id_number | insurance_kind_code | status_code | _as_of
        {OLD}     | 1                   | 1           | 2026-01-01
        {NEW}     | 1                   | 2           | 2026-06-01
        {OTHER}   | 1                   | 1           | 2026-06-01
    """,
    "marriage": f"""
        certificate_no | male_id_number | male_name
        J1             | {OLD}          | 王五
    """,
}
SAME = Identities(same=(("person", OLD, NEW), ("person", NEW, NEW)))


@pytest.fixture
def build_with(build_base: Builder):
    """A build of text tables under decisions; the same tables give the same inputs."""
    plans: dict[str, building.Plan] = {}

    def build(name: str, found: Identities, **roles: str) -> Built:
        if name not in plans:
            plans[name] = build_base.plan(name, None, {}, roles)
        plan = replace(plans[name], identities=found)
        return Built(building.build(plan, build_base.folder / "candidates"))

    return build


def digests(base: Built) -> dict[str, str]:
    return {table: entry["sha256"] for table, entry in base.candidate.manifest["tables"].items()}


def test_two_identifiers_of_one_person_make_one_record_under_the_key_of_the_one_that_stays(build_with):
    apart = build_with("natural_person", Identities(), **PEOPLE)
    keys = dict(apart.rows("person", "id_number", "record_key"))
    base = build_with("natural_person", SAME)
    assert base.rows("person", "record_key", "id_number", "name", order="id_number") == [
        (keys[NEW], NEW, "王武"),
        (keys[OTHER], OTHER, "赵六"),
    ]
    assert base.rows("person_marriage", "male_key") == [(keys[NEW],)]
    assert base.candidate.manifest["tables"]["person"]["merged"] == {"kind": "person", "into": {keys[OLD]: keys[NEW]}}


def test_the_newest_statement_on_either_identifier_counts(build_with):
    base = build_with("natural_person", SAME, **PEOPLE)
    assert base.rows("person_insurance", "status_code") == [("1",), ("2",)]
    assert [p.duplicate_keys for p in base.candidate.profile] == [0] * len(base.candidate.profile)


def test_a_split_gives_the_release_from_before_the_merge_byte_by_byte(build_with):
    before = build_with("natural_person", Identities(), **PEOPLE)
    digests_before = digests(before)
    merged = build_with("natural_person", SAME)
    assert merged.candidate.release_id != before.candidate.release_id
    after = build_with("natural_person", Identities())
    assert after.candidate.release_id == before.candidate.release_id
    assert digests(after) == digests_before
    assert "merged" not in after.candidate.manifest["tables"]["person"]


def test_equal_decisions_give_equal_bytes_in_whatever_order_they_come(build_with):
    one = build_with("natural_person", SAME, **PEOPLE)
    digests_of_one = digests(one)
    other = build_with("natural_person", Identities(same=tuple(reversed(SAME.same))))
    assert (other.candidate.release_id, digests(other)) == (one.candidate.release_id, digests_of_one)


def test_other_bases_point_at_the_record_that_stays(build_with):
    people = build_with("natural_person", SAME, **PEOPLE)
    (key,) = (k for k, n in people.rows("person", "record_key", "id_number") if n == NEW)
    licences = build_with(
        "license",
        SAME,
        lawyer=f"""
            practice_no | name | id_number | _key
            L1          | 王五 | {OLD}     | L1
        """,
    )
    assert licences.rows("licence_holder", "person_key") == [(key,)]


def test_a_decision_on_persons_does_not_concern_a_base_without_persons(build_base: Builder):
    economy = build_base.plan("macro_economy", None, {}, {})
    assert building.release_id(economy) == building.release_id(replace(economy, identities=SAME))
    people = build_base.plan("natural_person", None, {}, {})
    assert building.release_id(people) != building.release_id(replace(people, identities=SAME))


def test_a_firm_registered_twice_is_one_record_with_the_newest_values(build_with):
    same = Identities(same=(("legal_entity", FIRM, FIRM), ("legal_entity", REGISTERED_AGAIN, FIRM)))
    roles = {
        "enterprise": f"""
            credit_code        | name   | status_code | _as_of
            {FIRM}             | 旧名称 | 1           | 2026-01-01
            {REGISTERED_AGAIN} | 新名称 | 1           | 2026-06-01
        """,
        "taxpayer": f"""
            credit_code        | name   | taxpayer_state_code
            {REGISTERED_AGAIN} | 新名称 | 03
        """,
        "shareholding": f"""
            credit_code        | serial | shareholder_kind_code | shareholder_name | _as_of
            {FIRM}             | 1      | 1                     | 王五             | 2026-01-01
            {REGISTERED_AGAIN} | 1      | 1                     | 赵六             | 2026-06-01
        """,
    }
    base = build_with("legal_entity", same, **roles)
    assert base.rows("legal_entity", "credit_code", "name", "taxpayer_state_code") == [(FIRM, "新名称", "03")]
    assert base.rows("shareholder", "name") == [("赵六",)]


def test_of_a_firm_registered_twice_the_newest_list_of_shareholders_counts_whole(build_with):
    """Serials of two lists number other people: mixed, the parts of one firm are more than all of it."""
    same = Identities(same=(("legal_entity", FIRM, FIRM), ("legal_entity", REGISTERED_AGAIN, FIRM)))
    base = build_with(
        "legal_entity",
        same,
        shareholding=f"""
            credit_code        | serial | shareholder_kind_code | shareholder_name | ratio_pct | _as_of
            {FIRM}             | 1      | 1                     | 王五             | 40        | 2026-01-01
            {FIRM}             | 2      | 1                     | 赵六             | 60        | 2026-01-01
            {REGISTERED_AGAIN} | 1      | 1                     | 赵六             | 100       | 2026-06-01
        """,
    )
    assert [(name, int(ratio)) for name, ratio in base.rows("shareholder", "name", "ratio_pct")] == [("赵六", 100)]


def test_the_identity_of_a_build_tells_no_natural_key(build_base: Builder):
    one, other = (Identities(same=(("person", each, NEW), ("person", NEW, NEW))) for each in (OLD, OTHER))
    assert one.digest(b"a" * 32) != other.digest(b"a" * 32)
    assert one.digest(b"a" * 32) != one.digest(b"b" * 32)


def a_view(base: Built, suppressed: frozenset[str] = frozenset()) -> View:
    columns = (ViewColumn("id_number", "VARCHAR"), ViewColumn("name", "VARCHAR"))
    release = base.candidate
    return View("person", release.directory, "person", release.release_id, "g", 1, columns, None, suppressed,
                ("id_number",), b"")  # fmt: skip


def test_an_old_key_and_an_old_number_lead_to_the_record_that_stays(build_with):
    apart = dict(build_with("natural_person", Identities(), **PEOPLE).rows("person", "id_number", "record_key"))
    view = a_view(build_with("natural_person", SAME))
    assert read.forwarded(view, apart[OLD]) == apart[NEW]
    assert read.forwarded_name(view, OLD, SECRET) == apart[NEW]
    assert read.forwarded(view, apart[OTHER]) is None
    assert read.forwarded_name(view, OTHER, SECRET) is None


def test_a_key_of_an_earlier_secret_leads_on_too(build_with, build_base):
    build_base.folder.joinpath("keymap/person").mkdir(parents=True)
    path = build_base.folder / "keymap/person/000001.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"copy (select '{OLD}' as natural_key, 'an earlier key' as record_key) to '{path}'")
    view = a_view(build_with("natural_person", SAME, **PEOPLE))
    assert read.forwarded(view, "an earlier key") == read.forwarded_name(view, OLD, SECRET) is not None


def test_of_whom_it_was_decided_who_it_is_is_known_under_either_number_and_dead_under_both(build_with):
    people = {"check_resident": f"id_number\n{NEW}\n{OTHER}"}
    firm = f"credit_code | name | status_code | representative_name | representative_id_number\n{FIRM} | 甲 | 1 | 王五 | {OLD}"
    apart = build_with("legal_entity", Identities(), enterprise=firm, **people)
    assert [found[0] for found in apart.findings()] == ["REPRESENTATIVE_UNKNOWN"]
    assert build_with("legal_entity", SAME).findings() == []
    card = f"card_no | id_number | issued_date\nC1 | {OLD} | 2026-05-01"
    death = f"id_number | death_date\n{NEW} | 2026-04-01"
    licences = build_with("license", SAME, disabled_card=card, check_death=death, **people)
    assert [found[0] for found in licences.findings()] == ["HOLDER_DECEASED"]


def test_two_codes_of_one_address_are_one_record_and_both_spellings_lead_there(build_with):
    roles = {
        "standard_address": """
            address_code | full_address | division_code | _as_of
            A1           | 甲街1号      | 140213        | 2026-01-01
            A2           | 甲街壹号     | 140213        | 2026-06-01
        """,
        "check_told": """
            residence_address | residence_division_code
            甲街1号           | 140213
            甲街壹号          | 140213
        """,
    }
    apart = build_with("geospatial", Identities(), **roles)
    keys = dict(apart.rows("address", "address_code", "record_key"))
    assert len(keys) == 2
    base = build_with("geospatial", Identities(same=(("address", "A1", "A1"), ("address", "A2", "A1"))))
    assert base.rows("address", "record_key", "address_code", "full_address") == [(keys["A1"], "A1", "甲街壹号")]
    assert base.rows("address_match", "address_key") == [(keys["A1"],), (keys["A1"],)]
    assert base.candidate.manifest["tables"]["address"]["merged"]["into"] == {keys["A2"]: keys["A1"]}
    assert digests(build_with("geospatial", Identities())) == digests(apart)


def test_two_numbers_of_one_licence_are_one_record_with_the_newest_holder(build_with):
    lawyers = f"""
        practice_no | name | id_number | state_code | _key | _as_of
        L1          | 王五 | {OLD}     | 01         | L1   | 2026-01-01
        L2          | 王五 | {NEW}     | 02         | L2   | 2026-06-01
    """
    apart = build_with("license", Identities(), lawyer=lawyers)
    keys = dict(apart.rows("licence", "licence_no", "record_key"))
    same = (("licence", "lawyer|L1", "lawyer|L1"), ("licence", "lawyer|L2", "lawyer|L1"))
    base = build_with("license", Identities(same=same))
    assert base.rows("licence", "record_key", "licence_no", "state_code") == [(keys["L1"], "L2", "02")]
    assert base.rows("licence_holder", "licence_key", "holder_id_number") == [(keys["L1"], NEW)]
    assert base.candidate.manifest["tables"]["licence"]["merged"]["into"] == {keys["L2"]: keys["L1"]}
    assert digests(build_with("license", Identities())) == digests(apart)
