"""Linkage of statements without identifiers: how right and how fast, on the sample city's truth.

    python -m bench.linkage --persons 3100000 --statements 300000 --json
    python -m bench.linkage --persons 1000000 --statements 200000 --train

--home keeps what departments say of the city, for further runs with as many persons and statements. precision: of the
statements linked by the build, the share linked to the person they speak of; recall: of the statements whose person the
base knows, the share linked to that person; review: left to reviewers, review_of_known: those of persons the base
knows; new: taken for people nobody knows, new_though_known: wrongly. seconds: of each step of linkage, also on standard
error as it ends; cpu_s: of all threads, the same on a machine that others use; peak_mb: of the process, making the city
left out. `--train` writes the probabilities of the model from the truth of a city with another seed than the one
measured.
"""

from __future__ import annotations

import json
import multiprocessing
import resource
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import duckdb

from basedb import build as building
from basedb import inputs, keymap
from basedb.build import Plan
from basedb.connect import Engine, connect
from basedb.natural_person import linkage
from basedb.spec import base
from bench import command, linkage_city
from bench.watch import Watch

SECRET = b"a secret of the benchmark"
SEED, TRAINING_SEED = 7, 11

# pairs that are right, and pairs of statements with anybody
TRUE_PAIRS = """
create or replace temp table candidate_pair as
select '0' as match_key, 'person-__-' || p.unique_id as join_key_l, 'statement-__-' || statement_no as join_key_r
from truth join (select distinct unique_id from person_side) p on p.unique_id = truth.no
"""
ANY_PAIRS = """
create or replace temp table candidate_pair as
with persons as (select unique_id, row_number() over (order by sha256(unique_id::varchar)) - 1 as n from person_side),
counted as (select count(*) as size from persons)
select '0' as match_key, 'person-__-' || p.unique_id as join_key_l, 'statement-__-' || s.statement_no as join_key_r
from (select statement_no, unnest(range({each})) as k from truth) s, counted
join persons p on p.n = (hash(s.statement_no * 1000 + s.k) % counted.size)::bigint
where p.unique_id not in (select no from truth t where t.statement_no = s.statement_no)
"""


def run(plan: Plan, connection: duckdb.DuckDBPyConnection, until: str) -> dict[str, float]:
    """Run the steps of the base whose names come before `until`; seconds of each from linkage on."""
    keymap.load(connection, plan.keymap, plan.secret)
    building.prepare(plan, connection, inputs.sources(plan.inputs))
    watch = Watch("persons")
    for step in plan.base.steps:
        if step.name >= until:
            break
        with watch.step(step.name):
            step.run(connection)
    return {name: taken for name, taken in watch.seconds.items() if name >= "070"}


def tell_truth(connection: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Make `truth(statement_no, no)`; `no` is NULL for strangers."""
    connection.execute(
        "create temp table truth as select statement_no, person_number(t.id_number) as no "
        f"from statement s join input.health_record r using (_key) join read_parquet('{folder}/truth.parquet') t "
        "on t._row = r._row where s.role = 'health_record'"
    )


FIGURES = """
with linked as (
    select t.statement_no, t.no, l.band, p.no as said
    from truth t join statement s using (statement_no) join person_link l on l.statement_key = s.record_key
    left join numbered_person p on p.person_key = l.person_key
    where l.rank = 1),
known as (select *, no in (select no from numbered_person) as is_known from linked)
select
    count(*) as statements,
    count(*) filter (is_known) as of_known_persons,
    count(*) filter (band = 'linked') as linked,
    count(*) filter (band = 'linked' and said = no) as linked_right,
    count(*) filter (band = 'review') as review,
    count(*) filter (band = 'review' and is_known) as review_of_known,
    count(*) filter (band = 'new') as new,
    count(*) filter (band = 'new' and is_known) as new_though_known
from known
"""


def figures(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    """How right the bands are."""
    cursor = connection.execute(FIGURES)
    row = dict(zip([d[0] for d in cursor.description or ()], cursor.fetchall()[0], strict=True))
    precision = row["linked_right"] / max(1, row["linked"])
    recall = row["linked_right"] / max(1, row["of_known_persons"])
    return {"precision": round(precision, 5), "recall": round(recall, 5), **row}


@contextmanager
def city(home: Path | None, persons: int, statements: int, seed: int) -> Iterator[Path]:
    """The folder of such a city's releases, made by a process of its own unless it is there; kept under a home alone."""
    with tempfile.TemporaryDirectory() as name:
        folder = (home or Path(name)) / f"city-{persons}-{statements}-{seed}"
        if not (folder / linkage_city.TRUTH).exists():
            folder.mkdir(parents=True, exist_ok=True)
            maker = multiprocessing.get_context("spawn").Process(
                target=linkage_city.make, args=(folder, persons, statements, seed)
            )
            with Watch("city").step("make"):
                maker.start()
                maker.join()
        yield folder


@contextmanager
def opened(folder: Path, memory: str) -> Iterator[tuple[Plan, duckdb.DuckDBPyConnection]]:
    """A build of the city's persons that may begin, under a key map of its own."""
    with tempfile.TemporaryDirectory(dir=folder) as name:
        scratch = Path(name)
        engine = Engine(scratch, memory=memory)
        plan = Plan(base("natural_person"), linkage_city.inputs(folder), {}, scratch / "keymap", SECRET, engine)
        with connect(plan.engine) as connection:
            yield plan, connection


def measure(folder: Path, persons: int, memory: str) -> dict[str, Any]:
    """The figures of one run on a city."""
    with opened(folder, memory) as (plan, connection):
        started = time.process_time()
        seconds = run(plan, connection, "08")
        cpu = time.process_time() - started
        tell_truth(connection, folder)
        found = figures(connection)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    total = {"all": round(sum(seconds.values()), 3)}
    return {"persons": persons, **found, "seconds": seconds | total, "cpu_s": round(cpu, 1), "peak_mb": peak}


def train(folder: Path, memory: str, each: int = 60) -> None:
    """Write the model's probabilities: of the true pairs (m) and of pairs of statements with anybody (u)."""
    with opened(folder, memory) as (plan, connection):
        run(plan, connection, "075")
        tell_truth(connection, folder)
        m = _shares(connection, TRUE_PAIRS)
        u = _shares(connection, ANY_PAIRS.format(each=each))
    model = json.loads(linkage.MODEL.read_text(encoding="utf-8"))
    for comparison in model["comparisons"]:
        levels = [level for level in comparison["comparison_levels"] if not level.get("is_null_level")]
        for place, level in enumerate(levels):
            key = (comparison["output_column_name"], len(levels) - 1 - place)
            if key[0] in TRAINED:
                level["m_probability"], level["u_probability"] = m[key], u[key]
    linkage.MODEL.write_text(json.dumps(model, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


TRAINED = ("name", "birth", "sex", "phone", "address")


def _shares(connection: duckdb.DuckDBPyConnection, pairs: str) -> dict[tuple[str, int], float]:
    """Share of the pairs at each level of each evidence, among those where it is known; never 0."""
    connection.execute(pairs)
    connection.execute("drop table if exists weighed")
    linkage.weigh(connection)
    found = {}
    for evidence in linkage.EVIDENCE:
        rows = connection.execute(
            f"select {evidence}_level, count(*) from weighed where {evidence}_level >= 0 group by all"
        ).fetchall()
        total = sum(count for _, count in rows)
        counts = dict(rows)
        found.update({(evidence, k): float(f"{(counts.get(k, 0) + 0.5) / (total + 1):.3g}") for k in range(6)})
    return found


def main() -> None:
    """Print the figures, as lines or as JSON; or train."""
    options = command.options(__doc__)
    options.add_argument("--persons", type=int, default=1_000_000)
    options.add_argument("--statements", type=int, default=100_000)
    options.add_argument("--memory", default="3GB")
    options.add_argument("--home", type=Path, help="folder in which the city is kept")
    options.add_argument("--train", action="store_true")
    chosen = options.parse_args()
    seed = TRAINING_SEED if chosen.train else SEED
    with city(chosen.home, chosen.persons, chosen.statements, seed) as folder:
        if chosen.train:
            train(folder, chosen.memory)
            return
        found = measure(folder, chosen.persons, chosen.memory)
    command.tell(found, as_json=chosen.json)


if __name__ == "__main__":
    main()
