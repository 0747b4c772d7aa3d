"""Who is heard on a person: the register of residents spares the others' rows only where nothing of theirs counts."""

from __future__ import annotations

from dataclasses import replace

import pytest

from basedb import build, manifest
from basedb.connect import connect
from basedb.identities import Identities

MAN = "00000019000101001X"
WOMAN = "000000195502030024"
SECOND = "000000195502030040"
ROLES = {
    "resident": f"""
        id_number | name | sex_code | birth_date | _as_of
        {MAN}     | 王冈 | 1        | 1900-01-01 | 2026-11-23
        {WOMAN}   | 李四 | 2        | 1955-02-03 | 2026-10-23
        {SECOND}  | 李四 | 2        |            | 2026-11-23
                  | 赵六 | 1        | 1960-01-01 | 2026-11-23
    """,
    "medical_insured": f"""
        id_number | name | sex_code | birth_date
        {MAN}     | 王刚 | 2        | 1900-01-11
        {SECOND}  | 李四 | 2        | 1955-02-13
    """,
    "social_insured": f"""
        id_number | name
        {MAN}     | 王钢
    """,
}


@pytest.fixture
def plan(build_base):
    """A plan whose register of residents holds every identifier once."""
    made = build_base.plan("natural_person", None, {}, ROLES)
    release = made.inputs["resident"][0].release
    facts = manifest.read(release)
    facts["tables"]["resident"]["key"] = ["id_number"]
    manifest.write(release, facts)
    return made


def persons(plan, out):
    """Identifier, name, sex and birth date of each person with their sources: 1 medical, 2 residents, 3 social."""
    candidate = build.build(plan, out)
    with connect(plan.engine) as connection:
        query = (
            "select id_number, name, name_source, sex_code, sex_code_source, birth_date::varchar, birth_date_source "
            "from read_parquet(?) order by id_number"
        )
        return connection.execute(query, [str(candidate.directory / "person.parquet")]).fetchall()


@pytest.mark.parametrize(
    ("ranking", "man"),
    [
        ({}, (MAN, "王冈", 2, "1", 2, "1900-01-01", 2)),
        ({"person.sex_code": ("medical_insured", "resident")}, (MAN, "王冈", 2, "2", 1, "1900-01-01", 2)),
        ({"person.birth_date": ("medical_insured",)}, (MAN, "王冈", 2, "1", 2, "1900-01-11", 1)),
        ({"person.name": ("social_insured", "resident")}, (MAN, "王钢", 3, "1", 2, "1900-01-01", 2)),
    ],
)  # fmt: skip
def test_whoever_ranks_first_is_heard_though_the_register_of_residents_says_all(plan, tmp_path, ranking, man):
    assert persons(replace(plan, ranking=ranking), tmp_path)[0] == man


def test_others_are_heard_on_what_the_register_of_residents_leaves_out(plan, tmp_path):
    assert persons(plan, tmp_path)[1:] == [
        (WOMAN, "李四", 2, "2", 2, "1955-02-03", 2),
        (SECOND, "李四", 2, "2", 2, "1955-02-13", 1),
    ]


def test_of_a_person_with_two_identifiers_the_newest_statement_says_what_is_left_out(plan, tmp_path):
    same = [("person", each, WOMAN) for each in (WOMAN, SECOND)]
    merged = replace(plan, identities=Identities(same=same))
    assert persons(merged, tmp_path)[1:] == [(WOMAN, "李四", 2, "2", 2, "1955-02-13", 1)]
