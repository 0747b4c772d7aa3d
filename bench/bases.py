"""The builds of all six bases, step by step, and the persons against a plain full join written by hand.

    python -m bench.bases --persons 1000000 --json

seconds: of each step of one whole build of the persons: models by name, `profile`, `write` (Parquet), `keys`,
`look_up`. bases: the same of the five others, in proportion to a city (bench/roles.py says how many rows of what).
city_s: all six builds. peak_mb: of the process at the end of them; with --memory DuckDB's share of it. Checks are
measured by bench.checks. increment: the persons once more, by the whole build and publishing, from nothing and after
one in a hundred rows of one delivery changed; ratio of the two (without check and fold). Then medians of interleaved rounds: `person_s`, all that makes
person.parquet (models 010 to 030, provenance, record keys, order); `plain_s`, a 4-way full join on BIGINT
identifiers of the same sources into Parquet, without provenance, keys or order; `keyed_s`, the same join with the
keys and the order. person_ratio: person_s / plain_s; keyed_ratio: person_s / keyed_s. Four roles are filled, about
3.1 rows per person: resident, medical_insured, social_insured (two in five persons twice), housing_fund.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median

import duckdb

from basedb import build as building
from basedb import changes, inputs, keymap, lookup, manifest, publish, tables
from basedb.build import Plan
from basedb.connect import Engine, connect
from basedb.inputs import Input
from basedb.profile import profile
from basedb.spec import base
from bench import roles
from catalog.vocab import TableSpec

SECRET = b"a secret of the benchmark"
ROUNDS = 3

# every person once, as a number without its check character; an eighth of the names is written another way
PERSONS = """
create table person as
select i, 140213::bigint * 100000000000 + strftime(date '1940-01-01' + (i % 27000)::int, '%Y%m%d')::bigint * 1000
    + i // 27000 as no, '张' || chr((20000 + i * 7919 % 20000)::int) || chr((20000 + i * 104729 % 20000)::int) as name
from range({persons}) r(i)
"""
WHO = "no || substr('10X98765432', 1 + (no % 11)::int, 1) as id_number, null::varchar as id_number_raw"
PROVENANCE = "{key} as _key, i + 2 as _row, 0 as _delivery, date '2026-11-23' as _as_of"
ROLES = {
    "resident": f"""select {WHO}, name, (2 - no % 2)::varchar as sex_code, lpad((1 + i % 56)::varchar, 2, '0')
        as ethnicity_code, date '1940-01-01' + (i % 27000)::int as birth_date,
        '某市某区某街道' || i % 90000 || '号' as registered_address, (140200 + i % 15)::varchar
        as registered_division_code, 'H' || i // 3 as household_id, if(i % 200 = 0, '2', '1') as status_code,
        {PROVENANCE.format(key="id_number")} from person where i % 20 <> 0""",
    "medical_insured": f"""select {WHO}, if(i % 997 = 0, name || '一', name) as name, (2 - no % 2)::varchar as sex_code,
        date '1940-01-01' + (i % 27000)::int as birth_date, (1 + i % 2)::varchar as kind_code,
        '140200' as pooling_division_code, '1' as status_code,
        {PROVENANCE.format(key="id_number")} from person where i % 10 <> 1""",
    "social_insured": f"""select {WHO}, name, (1 + k)::varchar as insurance_kind_code,
        '91140200MA' || lpad((i % 90000)::varchar, 7, '0') || 'X' as employer_credit_code, '1' as status_code,
        '2020-01' as start_month, {PROVENANCE.format(key="id_number || '|' || k")}
        from person, range(2) t(k) where i % 5 < 2 or (i % 5 = 2 and k = 0)""",
    "housing_fund": f"""select {WHO}, name, '某市某区某街道' || i % 90000 || '号' as residence_address,
        (140200 + i % 15)::varchar as residence_division_code, {PROVENANCE.format(key="id_number")}
        from person where i % 4 = 0""",
}  # fmt: skip

KEYS = {"social_insured": ["id_number", "insurance_kind_code"]}

NUMBERED = "select left(id_number, 17)::bigint as no, * from read_parquet('{folder}/{role}.parquet')"
PLAIN = """
    with r as ({resident}), m as ({medical_insured}), h as ({housing_fund}),
    s as (select no, arg_max(id_number, _as_of) as id_number, arg_max(name, _as_of) as name
          from ({social_insured}) group by no)
    select coalesce(r.id_number, m.id_number, s.id_number, h.id_number) as id_number,
        coalesce(r.name, m.name, s.name, h.name) as name, coalesce(r.sex_code, m.sex_code) as sex_code,
        coalesce(r.birth_date, m.birth_date) as birth_date, r.ethnicity_code, r.household_id, r.registered_address,
        r.registered_division_code, h.residence_address, h.residence_division_code, r.status_code = '2' as is_deceased
    from r full join m using (no) full join s using (no) full join h using (no)
"""
KEYED = f"select platform_key('person', id_number) as record_key, * from ({PLAIN}) order by record_key"


class Watch:
    """Seconds by step, in their order."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        self.seconds[name] = round(self.seconds.get(name, 0) + time.perf_counter() - started, 3)


def make_inputs(folder: Path, persons: int, roles: Mapping[str, str], base_name: str) -> dict[str, list[Input]]:
    """A release per role under the folder, each ordered by its key, as releases are."""
    folder.mkdir()
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(PERSONS.format(persons=persons))
        for role, query in roles.items():
            connection.execute(f"copy ({query} order by _key) to '{folder}/{role}.parquet' (format parquet)")
    specs = base(base_name).spec.INPUTS
    return {role: [release_of(folder, role, KEYS.get(role) or _key(specs[role]))] for role in roles}


def _key(spec: TableSpec) -> list[str]:
    """What a department would name as the key: the first item."""
    return [spec.columns[0].name]


def release_of(folder: Path, role: str, key: Sequence[str], label: str = "r1") -> Input:
    """A role's release out of `<folder>/<role>.parquet`."""
    release = folder / role if label == "r1" else folder / f"{role}-{label}"
    release.mkdir()
    (release / f"{role}.parquet").symlink_to(
        folder / f"{role}.parquet" if label == "r1" else release.with_suffix(".rows")
    )
    deliveries = [{"index": 0, "delivery_id": f"{role}-1"}]
    table = {role: {"file": f"{role}.parquet", "key": list(key)}}
    manifest.write(release, {"release_id": label, "deliveries": deliveries, "tables": table})
    return Input(role, role, release)


@contextmanager
def prepared(plan: Plan) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection on which the models may run."""
    with connect(plan.engine, "sqlite_scanner", *plan.base.extensions) as connection:
        keymap.load(connection, plan.keymap, plan.secret)
        building.prepare(plan, connection, inputs.sources(plan.inputs))
        yield connection


def whole_build(plan: Plan, out: Path) -> dict[str, float]:
    """Seconds of each step of one build."""
    out.mkdir()
    watch, spec = Watch(), plan.base.spec
    with prepared(plan) as connection:
        for step in plan.base.steps:
            with watch.step(step.name):
                step.run(connection)
        with watch.step("profile"):
            profile(connection, spec.TABLES, spec.REFERENCES)
        with watch.step("write"):
            written = {table.name: tables.write(connection, table, out) for table in spec.TABLES}
        with watch.step("keys"):
            keymap.write_new(connection, spec.KEYS, plan.keymap, plan.secret, out / "keys")
        with watch.step("look_up"):
            lookup.write(out, written, {t.name: lookup.indexes(t) for t in spec.TABLES}, plan.engine)
    return watch.seconds


def our_person(plan: Plan, out: Path) -> float:
    """Seconds until person.parquet is written."""
    with prepared(plan) as connection:
        watch = Watch()
        with watch.step("person"):
            for step in (s for s in plan.base.steps if s.name < "040"):
                step.run(connection)
            tables.write(connection, plan.base.table("person"), out)
    return watch.seconds["person"]


def by_hand(plan: Plan, folder: Path, query: str) -> float:
    """Seconds of a query written by hand into Parquet."""
    parts = {role: NUMBERED.format(folder=folder, role=role) for role in ROLES}
    with connect(plan.engine) as connection:
        keymap.load(connection, plan.keymap, plan.secret)
        watch = Watch()
        with watch.step("query"):
            tables.copy(connection, query.format(**parts), folder / "by_hand.parquet")
    return watch.seconds["query"]


def measure_others(folder: Path, persons: int, engine: Engine) -> dict[str, dict[str, float]]:
    """Seconds by step of the five other bases."""
    found = {}
    for name in roles.ROLES:
        given = make_inputs(folder / name, persons, roles.queries(name, persons), name)
        plan = Plan(base(name), given, {}, folder / "keymap", SECRET, engine)
        seconds = whole_build(plan, folder / f"out-{name}")
        found[name] = seconds | {"all": round(sum(seconds.values()), 3)}
        shutil.rmtree(folder / name)
        shutil.rmtree(folder / f"out-{name}")
    return found


def increment(plan: Plan, folder: Path, given: dict[str, list[Input]]) -> dict[str, float]:
    """Seconds from the inputs to a published release: of everything, and after one row in a hundred changed."""
    watch = Watch()
    with watch.step("full"):
        first = publish.publish(building.build(plan, folder / "candidates"), folder / "releases", keys=plan.keymap)
    path = folder / "natural_person" / "resident-r2.rows"
    with duckdb.connect(config={"threads": 2}) as connection:
        connection.execute(
            f"copy (select * replace (if(hash(_key) % 100 = 0, name || '改', name) as name) "
            f"from '{folder}/natural_person/resident.parquet' order by _key) to '{path}' (format parquet)"
        )
    changed = release_of(folder / "natural_person", "resident", KEYS.get("resident", ["id_number"]), "r2")
    again = replace(plan, inputs={**given, "resident": [changed]}, previous=first.directory)
    with watch.step("changed"):
        second = publish.publish(building.build(again, folder / "candidates"), folder / "releases", keys=plan.keymap)
    with watch.step("changes"):
        changes.between(first.directory, second.directory, folder / "changes", plan.engine)
    return watch.seconds | {"ratio": round(watch.seconds["changed"] / watch.seconds["full"], 3)}


def measure(persons: int, rounds: int, memory: str) -> dict[str, object]:
    """The figures of one run."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        engine = Engine(folder, memory=memory)
        given = make_inputs(folder / "natural_person", persons, ROLES, "natural_person")
        plan = Plan(base("natural_person"), given, {}, folder / "keymap", SECRET, engine)
        seconds = whole_build(plan, folder / "out")
        others = measure_others(folder, persons, engine)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        grown = increment(plan, folder, given)
        own = folder / "natural_person"
        turns = [
            (our_person(plan, folder / "out"), by_hand(plan, own, PLAIN), by_hand(plan, own, KEYED))
            for _ in range(rounds)
        ]
    ours, plain, keyed = (median(column) for column in zip(*turns, strict=True))
    whole = sum(seconds.values())
    return {
        "persons": persons,
        "seconds": seconds | {"all": round(whole, 3)},
        "bases": others,
        "city_s": round(whole + sum(each["all"] for each in others.values()), 3),
        "peak_mb": peak,
        "increment": grown,
        "person_s": round(ours, 3),
        "plain_s": round(plain, 3),
        "keyed_s": round(keyed, 3),
        "person_ratio": round(ours / plain, 3),
        "keyed_ratio": round(ours / keyed, 3),
    }


def main() -> None:
    """Print the figures, as lines or as JSON."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--persons", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=ROUNDS)
    options.add_argument("--memory", default="3GB")
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    figures = measure(chosen.persons, chosen.rounds, chosen.memory)
    lines = json.dumps(figures) if chosen.json else "\n".join(f"{name}: {value}" for name, value in figures.items())
    sys.stdout.write(lines + "\n")


if __name__ == "__main__":
    main()
