"""From deliveries to releases of all six bases, step by step, and the persons against a plain full join by hand.

    python -m bench.bases --persons 3100000 --json
    python -m bench.bases --persons 3100000 --memory 2GB --rounds 0 --json

For 3.1 million persons the departments deliver 9.6 million rows on persons, and what bench/roles.py says to the other
bases; in proportion for fewer. seconds: of the whole city, by step: `check` (CSV read, typed, judged by GX, split),
`fold` (each resource's release), `models`, `profile`, `write` (Parquet), `keys`, `look_up`, `publish`, and `all`.
cpu: the same of all processors together, on machines that others
use. bases: seconds by base; models: of the persons, by name. peak_mb: of the process; --memory is DuckDB's share of it.
increment: one row in a hundred of the residents changed, delivered again: seconds from landing to the new release, and
its ratio to `all`. Then medians of interleaved rounds: `person_s`, all that makes person.parquet (models 010 to 030,
provenance, record keys, order); `plain_s`, the plain SQL of design.md: one row per identifier and source, the newest,
then a 4-way full join on BIGINT identifiers into Parquet, without provenance, keys or order; `bare_s`, the same join
of sources that are believed to hold one row each; `keyed_s`, the bare join with keys and order, as a release must have
them. person_ratio, bare_ratio and keyed_ratio: person_s to each. All must tell the same values of every person.
"""

from __future__ import annotations

import resource
import shutil
import tempfile
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import median

import duckdb

from basedb import build as building
from basedb import changes, findings, inputs, keymap, lookup, manifest, publish, tables
from basedb.build import Candidate, Plan
from basedb.connect import Engine, connect
from basedb.inputs import Inputs
from basedb.profile import profile
from basedb.spec import base
from bench import command, roles
from bench.delivering import Desk, deliver
from bench.watch import Watch

SECRET = b"a secret of the benchmark"
ROUNDS = 3

# every person once, by number without and with its check character; an eighth of the names is written another way
PERSONS = """
create table person as
select *, citizen_id(no) as id_number
from (select i, 140213::bigint * 100000000000 + strftime(date '1940-01-01' + (i % 27000)::int, '%Y%m%d')::bigint * 1000
    + i // 27000 as no, '张' || chr((20000 + i * 7919 % 20000)::int) || chr((20000 + i * 104729 % 20000)::int) as name
from range({persons}) r(i))
"""
WHO = "id_number"
ROLES = {
    "resident": f"""select {WHO}, name, (2 - no % 2)::varchar as sex_code, lpad((1 + i % 56)::varchar, 2, '0')
        as ethnicity_code, date '1940-01-01' + (i % 27000)::int as birth_date,
        '某市某区某街道' || i % 90000 || '号' as registered_address, (140200 + i % 15)::varchar
        as registered_division_code, 'H' || i // 3 as household_id, if(i % 200 = 0, '2', '1') as status_code from person where i % 20 <> 0""",
    "medical_insured": f"""select {WHO}, if(i % 997 = 0, name || '一', name) as name, (2 - no % 2)::varchar as sex_code,
        date '1940-01-01' + (i % 27000)::int as birth_date, (1 + i % 2)::varchar as kind_code,
        '140200' as pooling_division_code, '1' as status_code from person where i % 10 <> 1""",
    "social_insured": f"""select {WHO}, name, (1 + k)::varchar as insurance_kind_code,
        code as employer_credit_code, '1' as status_code,
        '2020-01' as start_month
        from person join firm on n = i % {{firms}}, range(2) t(k) where i % 5 < 2 or (i % 5 = 2 and k = 0)""",
    "housing_fund": f"""select {WHO}, name, '某市某区某街道' || i % 90000 || '号' as residence_address,
        (140200 + i % 15)::varchar as residence_division_code
        from person where i % 4 = 0""",
}  # fmt: skip

KEYS = {
    "social_insured": ["id_number", "insurance_kind_code"],
    "check_address": ["address_code"],
    "change": ["change_no"],
    "shareholding": ["credit_code", "serial"],
    "licence": ["licence_no"],
    "tax_grade": ["credit_code", "year"],
    "monthly_indicator": ["indicator_code", "ref_area", "time_period"],
}

# what the persons take of each source; of the insured there are several rows to a person
TAKEN = {
    "resident": [
        "id_number",
        "name",
        "sex_code",
        "birth_date",
        "ethnicity_code",
        "household_id",
        "registered_address",
        "registered_division_code",
        "status_code",
    ],
    "medical_insured": ["id_number", "name", "sex_code", "birth_date"],
    "social_insured": ["id_number", "name"],
    "housing_fund": ["id_number", "name", "residence_address", "residence_division_code"],
}
REPEATED = ("social_insured",)
NUMBERED = "select left(id_number, 17)::bigint as no, * from read_parquet('{file}')"
SAME = """
    id_number, name, sex_code, birth_date, ethnicity_code, household_id, registered_address, registered_division_code,
    residence_address, residence_division_code, is_deceased"""
JOINED = """
    select coalesce(r.id_number, m.id_number, s.id_number, h.id_number) as id_number,
        coalesce(r.name, m.name, s.name, h.name) as name, coalesce(r.sex_code, m.sex_code) as sex_code,
        coalesce(r.birth_date, m.birth_date) as birth_date, r.ethnicity_code, r.household_id, r.registered_address,
        r.registered_division_code, h.residence_address, h.residence_division_code,
        coalesce(r.status_code = '2', false) as is_deceased
    from ({resident}) r full join ({medical_insured}) m using (no) full join ({social_insured}) s using (no)
    full join ({housing_fund}) h using (no)
"""
KEYED = f"select platform_key('person', id_number) as record_key, * from ({JOINED}) order by record_key"


def release_file(given: Inputs, role: str) -> Path:
    """The Parquet of a role's release."""
    return given[role][0].release / f"{role}.parquet"


@contextmanager
def prepared(plan: Plan) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection on which the models may run."""
    with connect(plan.engine, "sqlite_scanner", *plan.base.extensions) as connection:
        keymap.load(connection, plan.keymap, plan.secret)
        building.prepare(plan, connection, inputs.sources(plan.inputs))
        yield connection


def whole_build(plan: Plan, desk: Desk, watch: Watch) -> None:
    """Build and publish a base; models under their own names."""
    spec, releases = plan.base.spec, desk.folder / "releases"
    out = desk.folder / "candidates" / plan.base.name / "r1"
    out.mkdir(parents=True)
    with prepared(plan) as connection:
        for step in plan.base.steps:
            with watch.step(step.name):
                step.run(connection)
        with watch.step("profile"):
            profile(connection, spec.TABLES, spec.REFERENCES)
        with watch.step("write"):
            written = {table.name: tables.write(connection, table, out) for table in spec.TABLES}
            findings.write(connection, out)
        with watch.step("keys"):
            keymap.write_new(connection, spec.KEYS, plan.keymap, plan.secret, out / "keys")
    with watch.step("look_up"):
        lookup.write(out, written, {t.name: lookup.indexes(t) for t in spec.TABLES}, plan.engine)
    facts = {"unit": plan.base.name, "release_id": "r1", "tables": written}
    manifest.write(out, facts)
    with watch.step("publish"):
        publish.publish(Candidate(plan.base.name, "r1", out, facts), releases, keys=plan.keymap)


def our_person(plan: Plan, out: Path) -> float:
    """Seconds until person.parquet is written."""
    with prepared(plan) as connection:
        watch = Watch()
        with watch.step("person"):
            for step in (s for s in plan.base.steps if s.name < "040"):
                step.run(connection)
            tables.write(connection, plan.base.table("person"), out)
    return watch.seconds["person"]


def by_hand(plan: Plan, out: Path, query: str, repeated: Collection[str]) -> float:
    """Seconds of a query written by hand into Parquet; repeated: sources of which the newest rows are looked for."""
    parts = {role: NUMBERED.format(file=release_file(plan.inputs, role)) for role in ROLES}
    for role in repeated:
        newest = ", ".join(f"arg_max({name}, _as_of) as {name}" for name in TAKEN[role])
        parts[role] = f"select no, {newest} from ({parts[role]}) group by no"
    with connect(plan.engine) as connection:
        keymap.load(connection, plan.keymap, plan.secret)
        watch = Watch()
        with watch.step("query"):
            tables.copy(connection, query.format(**parts), out)
    return watch.seconds["query"]


def require_same(plan: Plan, ours: Path, others: Sequence[Path]) -> None:
    """End the run unless the queries by hand tell of every person what the base tells."""
    with connect(plan.engine) as connection:
        for other in others:
            values = [f"(select {SAME} from read_parquet('{file}'))" for file in (ours, other)]
            query = f"select count(*) from ({values[0]} except {values[1]}) full join ({values[1]} except {values[0]}) using (id_number)"
            (unlike,) = connection.execute(query).fetchall()[0]
            if unlike:
                raise SystemExit(f"{other.name}: {unlike} persons are not as the base tells them")


def delivered_and_built(name: str, persons: int, folder: Path, engine: Engine) -> tuple[Plan, Desk, Watch]:
    """A base from its files to its release; its plan, where it lies, seconds by step."""
    folder.mkdir()
    watch = Watch(name)
    desk = Desk(folder, engine, SECRET, watch.step)
    firms = max(1, int(90_000 * persons / roles.CITY))
    own = {role: query.replace("{firms}", str(firms)) for role, query in ROLES.items()}
    queries = own if name == "natural_person" else roles.queries(name, persons)
    given = deliver(desk, name, queries, KEYS, PERSONS.format(persons=persons), roles.entities(persons))
    plan = Plan(base(name), given, {}, folder / "keymap", SECRET, engine)
    whole_build(plan, desk, watch)
    return plan, desk, watch


def by_step(taken: dict[str, float]) -> dict[str, float]:
    """Seconds with all models in one figure, and of everything."""
    steps = {"models": 0.0}
    for name, seconds in taken.items():
        if name == "make":  # the departments' work, not the platform's
            continue
        step = "models" if name[:3].isdigit() else name
        steps[step] = round(steps.get(step, 0) + seconds, 3)
    return steps | {"all": round(sum(steps.values()), 3)}


def increment(plan: Plan, desk: Desk, persons: int) -> dict[str, float]:
    """Seconds from a file in which one row in a hundred changed to the release of the persons that shows it."""
    watch = Watch()
    again = replace(desk, folder=desk.folder / "again", step=watch.step)
    again.folder.mkdir()
    query = f"select * replace (if(hash(id_number) % 100 = 0, name || '改', name) as name) from ({ROLES['resident']})"
    with watch.step("all"):
        changed = deliver(again, plan.base.name, {"resident": query}, KEYS, PERSONS.format(persons=persons), firms=0)
        inputs = {**plan.inputs, **changed}
        before = desk.folder / "releases" / plan.base.name / "r1"
        candidate = building.build(replace(plan, inputs=inputs, previous=before), again.folder / "candidates")
        with watch.step("publish"):
            second = publish.publish(candidate, again.folder / "releases", keys=plan.keymap)
        with watch.step("changes"):
            changes.between(before, second.directory, again.folder / "changes", plan.engine)
    made = watch.seconds.pop("make", 0.0)
    return watch.seconds | {"all": round(watch.seconds["all"] - made, 3)}


def city(persons: int, folder: Path, engine: Engine) -> tuple[Plan, Desk, dict[str, object]]:
    """All bases from files to releases: the plan of the persons, where they lie, what all that took."""
    plan, desk, watch = delivered_and_built("natural_person", persons, folder / "natural_person", engine)
    bases, work = {"natural_person": by_step(watch.seconds)}, [by_step(watch.cpu)]
    for other in roles.ROLES:
        watched = delivered_and_built(other, persons, folder / other, engine)[2]
        bases[other] = by_step(watched.seconds)
        work.append(by_step(watched.cpu))
        shutil.rmtree(folder / other)
    return plan, desk, {
        "seconds": _added(list(bases.values())),
        "cpu": _added(work),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "bases": bases,
        "models": {name: seconds for name, seconds in watch.seconds.items() if name[:3].isdigit()},
    }  # fmt: skip


def _added(each: list[dict[str, float]]) -> dict[str, float]:
    return {step: round(sum(one.get(step, 0) for one in each), 3) for step in each[0]}


def measure(persons: int, rounds: int, memory: str) -> dict[str, object]:
    """The figures of one run."""
    with tempfile.TemporaryDirectory() as name:
        plan, desk, figures = city(persons, Path(name), Engine(Path(name), memory=memory))
        found: dict[str, object] = {"persons": persons, "memory": memory} | figures
        if rounds:
            whole = figures["seconds"]
            assert isinstance(whole, dict)
            changed = increment(plan, desk, persons)
            found["increment"] = changed | {"ratio": round(changed["all"] / whole["all"], 3)}
            found |= compared(plan, desk, rounds)
    return found


def compared(plan: Plan, desk: Desk, rounds: int) -> dict[str, float]:
    """The persons against the joins by hand, in turn."""
    hands = {"plain": (JOINED, ROLES), "bare": (JOINED, REPEATED), "keyed": (KEYED, REPEATED)}
    files = {name: desk.folder / f"{name}.parquet" for name in hands}
    turns = [
        {"person": our_person(plan, desk.folder)}
        | {name: by_hand(plan, files[name], query, repeated) for name, (query, repeated) in hands.items()}
        for _ in range(rounds)
    ]
    require_same(plan, desk.folder / "person.parquet", list(files.values()))
    taken = {name: median(turn[name] for turn in turns) for name in turns[0]}
    ratios = {name: round(taken["person"] / taken[name], 3) for name in hands}
    return {f"{name}_s": round(seconds, 3) for name, seconds in taken.items()} | {
        "person_ratio": ratios["plain"],
        "bare_ratio": ratios["bare"],
        "keyed_ratio": ratios["keyed"],
    }


def main() -> None:
    """Print the figures, as lines or as JSON."""
    options = command.options(__doc__)
    options.add_argument("--persons", type=int, default=1_000_000)
    options.add_argument("--rounds", type=int, default=ROUNDS, help="0 leaves out increment and comparison")
    options.add_argument("--memory", default="3GB", help="what SIXBASE_DUCKDB_MEMORY bounds: 2GB")
    chosen = options.parse_args()
    figures = measure(chosen.persons, chosen.rounds, chosen.memory)
    command.tell(figures, as_json=chosen.json)


if __name__ == "__main__":
    main()
