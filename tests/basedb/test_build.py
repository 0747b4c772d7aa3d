"""The machinery of a build: equal bytes, stable keys, whole or nothing, publishing once."""

from __future__ import annotations

import hashlib
import hmac
import os
import signal
import subprocess
import sys
from base64 import b64encode
from dataclasses import replace
from datetime import date
from pathlib import Path
from shutil import copytree

import duckdb
import pytest

from basedb import build as building
from basedb import inputs, keymap, lookup, manifest, publish
from basedb.build import Plan
from basedb.connect import Engine, connect
from basedb.inputs import Input
from basedb.spec import Base, base
from catalog.errors import BuildFailed, Conflict, Damaged, NotFound
from catalog.vocab import Base as BaseName
from tests.basedb.conftest import Builder, Built, write_release

MAN = "00000019000101001X"
WOMAN = "000000195502030024"
SECRET = b"a secret of the tests, 32 bytes.."
RESIDENT = f"""
    id_number | name
    {MAN}     | 王冈
    {WOMAN}   | 李四
"""


@pytest.fixture
def plan(build_base) -> Plan:
    return build_base.plan("natural_person", None, {}, {"resident": RESIDENT})


def with_models(plan: Plan, folder: Path, sql: str) -> Plan:
    """The plan with one more model that runs last."""
    models = folder / "base" / "models"
    models.mkdir(parents=True)
    for model in plan.base.models:
        (models / model.name).write_bytes(model.read_bytes())
    (models / "999_last.sql").write_text(sql, encoding="utf-8")
    (folder / "base" / "data").symlink_to(plan.base.folder / "data")
    (folder / "base" / "spec.py").write_bytes((plan.base.folder / "spec.py").read_bytes())
    return replace(plan, base=Base(plan.base.name, folder / "base", plan.base.spec))


def keys_of(directory: Path) -> dict[str, str]:
    with duckdb.connect() as connection:
        query = f"select id_number, record_key from read_parquet('{directory / 'person.parquet'}')"
        return dict(connection.execute(query).fetchall())


def files_of(directory: Path) -> dict[str, str]:
    """Digest by file, SQLite apart: it is exempt."""
    return {p.name: manifest.file_digest(p) for p in directory.iterdir() if p.is_file() and p.suffix != ".sqlite"}


def test_the_same_inputs_give_the_same_bytes_and_another_input_another_release(plan, tmp_path, build_base):
    first, second = building.build(plan, tmp_path / "a"), building.build(plan, tmp_path / "b")
    assert files_of(first.directory) == files_of(second.directory)
    assert first.release_id == second.release_id == building.release_id(plan)
    other = build_base.plan("natural_person", None, {}, {"resident": RESIDENT.replace("李四", "李五")})
    assert building.release_id(other) != first.release_id
    assert building.release_id(replace(plan, ranking={"person.sex_code": ("medical_insured",)})) != first.release_id


def test_more_threads_and_another_folder_give_the_same_bytes(plan, tmp_path):
    """Enough rows for several threads, each identifier stated twice, in the order of no key."""
    (resident,) = plan.inputs["resident"]
    (path,) = resident.release.glob("*.parquet")
    with duckdb.connect() as connection:
        connection.execute(
            "create table rows as select '140213' || strftime(date '1950-01-01' + (n % 20000)::integer, '%Y%m%d') "
            "|| lpad((n // 20000)::varchar, 3, '0') || '0' as id_number, "
            "'王' || chr((20000 + hash(n) % 900)::integer) as name, k::bigint as _row, k::varchar as _key, 0 as _delivery, "
            "date '2026-11-23' as _as_of from (select k, k % 150000 as n from range(300000) r(k))"
        )
        connection.execute(f"copy (from rows order by hash(_key)) to '{path}' (row_group_size 20000)")
    built = [
        building.build(replace(plan, engine=replace(plan.engine, threads=threads)), tmp_path / str(threads))
        for threads in (1, 4)
    ]
    assert built[0].manifest["tables"]["person"]["rows"] == 150_000
    assert files_of(built[0].directory) == files_of(built[1].directory)


def test_a_record_key_is_the_keyed_digest_of_kind_and_natural_key(plan, tmp_path):
    built = building.build(plan, tmp_path / "a")
    prefix = b64encode(hmac.new(SECRET, b"platform key", hashlib.sha256).digest()[:18], altchars=b"-_")
    assert keys_of(built.directory)[MAN] == hashlib.sha256(prefix + f"person|{MAN}".encode()).hexdigest()[:20]


def test_keys_once_given_survive_another_secret(plan, tmp_path):
    first = publish.publish(building.build(plan, tmp_path / "a"), tmp_path / "releases", keys=plan.keymap)
    rotated = replace(plan, secret=b"another secret")
    second = building.build(rotated, tmp_path / "a")
    assert keys_of(second.directory) == keys_of(first.directory)
    assert second.new_keys == {"person": 0}
    assert second.release_id != first.release_id


def test_the_key_map_is_only_added_to_and_adding_changes_no_identity(plan, tmp_path, build_base):
    first = building.build(plan, tmp_path / "a")
    assert first.new_keys == {"person": 2}
    publish.publish(first, tmp_path / "releases", keys=plan.keymap)
    assert building.release_id(plan) == first.release_id
    more = RESIDENT + "\n110105194912310022 | 新人"
    second = building.build(build_base.plan("natural_person", None, {}, {"resident": more}), tmp_path / "a")
    assert second.new_keys == {"person": 1}
    publish.publish(second, tmp_path / "releases", keys=plan.keymap)
    assert [path.name for path in keymap.files(plan.keymap, "person")] == ["000001.parquet", "000002.parquet"]


def test_a_failing_model_is_named_without_any_value_and_leaves_nothing(plan, tmp_path):
    broken = with_models(plan, tmp_path, "select id_number::integer from input.resident;")
    with pytest.raises(BuildFailed, match=r"^999_last\.sql: ConversionException") as failed:
        building.build(broken, tmp_path / "a")
    assert MAN not in str(failed.value) and WOMAN not in str(failed.value)
    assert failed.value.__cause__ is None and failed.value.__suppress_context__
    assert not list((tmp_path / "a" / "natural_person").iterdir())


def test_a_model_that_makes_another_column_fails_the_build(plan, tmp_path):
    broken = with_models(plan, tmp_path, "alter table person add column extra integer;")
    with pytest.raises(BuildFailed, match="person: 模型产出的列与规格不符") as failed:
        building.build(broken, tmp_path / "a")
    assert failed.value.facts["extra"] == ["extra"]


def test_a_key_that_the_macro_did_not_give_fails_the_build(plan, tmp_path):
    broken = with_models(plan, tmp_path, "update person set record_key = md5(id_number)[:20];")
    with pytest.raises(BuildFailed, match="platform_key"):
        building.build(broken, tmp_path / "a")


def test_an_input_that_the_base_does_not_have_fails_the_build(plan, tmp_path):
    strange = replace(plan, inputs={"taxpayer": plan.inputs["resident"]})
    with pytest.raises(BuildFailed, match="taxpayer"):
        building.build(strange, tmp_path / "a")


def test_a_base_without_any_input_is_empty_and_whole(build_base):
    for name in ("natural_person", "legal_entity"):
        built = build_base(name)
        assert {entry["rows"] for entry in built.candidate.manifest["tables"].values()} == {0}


@pytest.mark.parametrize(
    ("name", "role", "key"),
    [("credit", "permit", "document_no"), ("credit", "penalty", "document_no"), ("license", "licence", "_key"),
     ("geospatial", "division", "division_code"), ("natural_person", "resident", "id_number")],
)  # fmt: skip
def test_the_quality_counts_delivered_rows_also_where_a_role_has_the_name_of_a_table(build_base, name, role, key):
    built = build_base(name, **{role: f"{key} | _row\n000000 | 2\n000000 | 3\n000001 | 4"})
    assert built.candidate.manifest["quality"]["rows"] == 3


def test_rows_that_a_base_is_only_held_against_are_no_part_of_its_quality(build_base):
    street = "address_code | full_address | division_code\nA1 | 平城区某街1号 | 140213"
    stated = "address\n平城区某街2号\n平城区某街3号"
    built = build_base("geospatial", standard_address=street, check_business=stated)
    assert len(built.findings()) == 2
    assert built.candidate.manifest["quality"] == {"rows": 1, "good": 1, "share_passed": 1.0}


def test_two_resources_may_fill_one_role(build_base, plan, tmp_path):
    other = build_base.plan("natural_person", None, {}, {"resident": f"id_number | name\n{MAN} | 王冈\n"})
    both = [Input("resident", "police", plan.inputs["resident"][0].release)]
    release = other.inputs["resident"][0].release
    renamed = {"tables": {"second": manifest.read(release)["tables"]["resident"]}}
    manifest.write(release, manifest.read(release) | renamed)
    both.append(Input("second", "county_police", release))
    built = building.build(replace(plan, inputs={"resident": both}), tmp_path / "a")
    assert built.manifest["tables"]["person"]["rows"] == 2
    assert [source["resource"] for source in built.manifest["sources"]] == ["resident", "second"]


@pytest.mark.parametrize(("resources", "told"), [(1, ["input.resident(id_number)"]), (2, [])])
def test_models_are_told_the_key_of_a_role_that_one_resource_fills(plan, tmp_path, resources, told):
    given = []
    for number in range(resources):
        release = Path(copytree(plan.inputs["resident"][0].release, tmp_path / f"r{number}"))
        facts = manifest.read(release)
        facts["tables"] = {f"police{number}": facts["tables"]["resident"] | {"key": ["id_number"]}}
        manifest.write(release, facts)
        given.append(Input(f"police{number}", "police", release))
    built = replace(plan, inputs={"resident": given})
    with connect(plan.engine) as connection:
        keymap.load(connection, plan.keymap, plan.secret)
        building.prepare(built, connection, inputs.sources(built.inputs))
        assert connection.execute("select getvariable('input_keys')").fetchall() == [(told,)]
    assert building.build(built, tmp_path / "a").manifest["tables"]["person"]["rows"] == 2


def test_publishing_twice_is_publishing_once(plan, tmp_path):
    releases = tmp_path / "releases"
    first = publish.publish(building.build(plan, tmp_path / "a"), releases, keys=plan.keymap)
    again = publish.publish(building.build(plan, tmp_path / "a"), releases, keys=plan.keymap)
    assert first == again
    assert [path.name for path in (releases / "natural_person").iterdir()] == [first.release_id]
    assert not list((tmp_path / "a" / "natural_person").iterdir())
    assert len(keymap.files(plan.keymap, "person")) == 1
    publish.verify(first.directory)


def test_another_content_under_a_published_name_is_a_conflict(plan, tmp_path):
    built = building.build(plan, tmp_path / "a")
    publish.publish(built, tmp_path / "releases")
    with pytest.raises(Conflict):
        publish.publish(replace(built, manifest=built.manifest | {"identity": "0"}), tmp_path / "releases")


def test_a_candidate_without_a_manifest_is_never_published(plan, tmp_path):
    built = building.build(plan, tmp_path / "a")
    (built.directory / manifest.FILE).unlink()
    with pytest.raises(Damaged):
        publish.publish(built, tmp_path / "releases", keys=plan.keymap)
    assert not (tmp_path / "releases" / "natural_person").exists() and not plan.keymap.exists()


def test_a_changed_byte_is_found(plan, tmp_path):
    released = publish.publish(building.build(plan, tmp_path / "a"), tmp_path / "releases").directory
    path = released / "person.parquet"
    content = bytearray(path.read_bytes())
    content[100] ^= 1
    path.write_bytes(content)
    with pytest.raises(Damaged, match=r"person\.parquet"):
        publish.verify(released)


def test_the_findings_are_kept_with_the_release_and_copied(plan, tmp_path):
    at = tmp_path / "findings" / "natural_person" / "r1.parquet"
    released = publish.publish(building.build(plan, tmp_path / "a"), tmp_path / "releases", findings_path=at)
    assert at.read_bytes() == (released.directory / "findings.parquet").read_bytes()


KILLED = """
import os, signal, sys
from pathlib import Path
from basedb import build, spec
from basedb.connect import Engine
from basedb.inputs import Input
from basedb.spec import base

release, keys, temp, out, secret, *areas = sys.argv[1:]
run = spec.run_model

def killed(connection, model):
    if model.name.startswith("060"):
        os.kill(os.getpid(), signal.SIGKILL)
    run(connection, model)

spec.run_model = killed
given = {"resident": [Input("resident", "resident", Path(release))]}
plan = build.Plan(base("natural_person"), given, {}, Path(keys), secret.encode(), Engine(Path(temp)), areas)
build.build(plan, Path(out))
"""


def test_a_killed_build_leaves_no_release_and_the_next_one_builds_over_it(plan, tmp_path):
    out = tmp_path / "candidates"
    build_in_child(plan, out)
    (left,) = (out / "natural_person").iterdir()
    assert not (left / manifest.FILE).exists()
    built = building.build(plan, out)
    assert built.directory == left
    publish.publish(built, tmp_path / "releases")


def build_in_child(plan: Plan, out: Path) -> None:
    """Run the build in another process, which is killed half way."""
    root = Path(__file__).parents[2]
    given = (plan.inputs["resident"][0].release, plan.keymap, plan.engine.temp, out, SECRET.decode())
    command = [sys.executable, "-c", KILLED, *map(str, given), *plan.areas]
    done = subprocess.run(command, cwd=root, env=os.environ | {"PYTHONPATH": str(root)}, check=False)
    assert done.returncode == -signal.SIGKILL


def test_the_look_up_file_of_a_resource_is_made_when_first_needed(plan):
    release = plan.inputs["resident"][0].release
    facts = manifest.read(release)
    with duckdb.connect() as connection:
        path = release / facts["tables"]["resident"]["file"]
        connection.execute(
            f"copy (select md5(_key) as record_key, * from read_parquet('{path}')) to '{path}.new' (format parquet)"
        )
        described = connection.execute(f"describe select * from read_parquet('{path}.new')").fetchall()
    Path(f"{path}.new").replace(path)
    facts["tables"]["resident"]["columns"] = [{"name": each[0], "type": each[1]} for each in described]
    manifest.write(release, facts)
    table = plan.base.spec.INPUTS["resident"]
    made = lookup.ensure(release, table, plan.engine)
    written = made.stat().st_mtime_ns
    assert lookup.ensure(release, table, plan.engine).stat().st_mtime_ns == written


def test_extensions_come_from_installed_wheels_without_a_download(tmp_path):
    with connect(Engine(tmp_path), "spatial", "sqlite_scanner") as connection:
        assert connection.execute("select st_astext(st_point(113.3, 40.1))").fetchall() == [("POINT (113.3 40.1)",)]
        assert connection.execute("select current_setting('TimeZone')").fetchall() == [("UTC",)]


def test_there_is_no_seventh_base():
    with pytest.raises(NotFound):
        base("os.path")


@pytest.mark.parametrize("name", ["natural_person", "legal_entity"])
def test_a_spec_is_sound(name):
    spec = base(name).spec
    tables = {table.name: table for table in spec.TABLES}
    for table in spec.TABLES:
        assert table.names[0] == "record_key" and len(set(table.names)) == len(table.names)
        assert set(table.key) | set(table.lookup) <= set(table.names)
        assert all(c.title and c.title_en for c in table.columns)
    for attribute, roles in spec.AUTHORITY.items():
        table_name, column = attribute.split(".")
        assert {column, f"{column}_source"} <= set(tables[table_name].names)
        assert set(roles) <= set(spec.INPUTS)
    for reference in [*spec.REFERENCES.items(), *((".".join(at),) * 2 for at in spec.KEYS.values())]:
        assert all(column.split(".")[1] in tables[column.split(".")[0]].names for column in reference)
    assert name in BaseName.__members__.values()


def test_a_text_where_a_date_is_read_is_unknown_and_stops_no_base(build_base: Builder) -> None:
    role = base("natural_person").spec.INPUTS["resident"]
    texts = replace(role, columns=tuple(replace(each, type="VARCHAR") for each in role.columns))
    rows = "id_number | birth_date\n00000019000101001X | 1900-01-01\n000000195502030024 | 不详"
    release = write_release(build_base.folder / "releases", "resident", texts, rows)
    plan = build_base.plan("natural_person", None, {}, {})
    plan = replace(plan, inputs={"resident": [Input("resident", "police", release)]})
    built = Built(building.build(plan, build_base.folder / "candidates"))
    # without a date of its own it is that of the identifier
    assert built.rows("person", "birth_date") == [(date(1900, 1, 1),), (date(1955, 2, 3),)]
