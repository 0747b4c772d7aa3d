"""Linkage of statements without identifiers: how right and how fast, on the sample city's truth.

    python -m bench.linkage --persons 3100000 --statements 300000 --json
    python -m bench.linkage --persons 1000000 --statements 200000 --train

precision: of the statements linked by the build, the share linked to the person they speak of; recall: of the
statements whose person the base knows, the share linked to that person; in_review: the share for reviewers, and of
those how many have the right person among the candidates. new: statements of people nobody knows, and how many of them
the build took for new. seconds: of each step; cpu_s: of all threads, the same on a machine that others use. `--train` writes the probabilities of the model from the truth of that
city, with another seed than the one measured.
"""

from __future__ import annotations

import argparse
import json
import resource
import sys
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import polars as pl

from basedb import build as building
from basedb import inputs, keymap, manifest
from basedb.build import Plan
from basedb.connect import Engine, connect
from basedb.inputs import Input
from basedb.natural_person import linkage
from basedb.spec import base
from bench.bases import Watch
from sample import livelihood, police, records, world
from sample.columns import only

SECRET = b"a secret of the benchmark"
AS_OF = date(2026, 11, 20)
SEED, TRAINING_SEED = 7, 11
KEYS = {"resident": ["id_number"], "medical_insured": ["id_number"], "residence": ["permit_no"]}

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


def make_inputs(folder: Path, persons: int, statements: int, seed: int) -> dict[str, list[Input]]:
    """A release per role under the folder; the health records hold that many statements without identifiers."""
    city = world.make(persons, seed, AS_OF)
    living = int((city.people.living & ~city.taken_people).sum())
    share = min(1.0, statements / (living * records.RECORDED * (1 + records.STRANGERS)))
    rows = np.flatnonzero(city.people.permit)
    frames = {
        "resident": police.population(city),
        "residence": police.permits(city, rows, city.people.lives_at[rows]),
        "medical_insured": livelihood.medical_insured(city),
        "health_record": records.records(city, share),
    }
    truth = frames["health_record"].with_row_index("n", offset=2).filter(pl.col("id_number").is_null())
    person = truth["_person"].to_numpy()
    told = only(city.people.id_number.gather(np.maximum(person, 0)), person >= 0)
    truth.select(_row=pl.col("n").cast(pl.Int64), id_number=told).write_parquet(folder / "truth.parquet")
    return {role: [_release(folder, role, frame)] for role, frame in frames.items()}


def _release(folder: Path, role: str, frame: pl.DataFrame) -> Input:
    release = folder / role
    release.mkdir()
    key = KEYS.get(role, ["record_no"])
    frame = frame.select(c for c in frame.columns if not c.startswith("_")).with_row_index("_row", offset=2)
    frame = frame.with_columns(
        pl.col("_row").cast(pl.Int64), id_number_raw=pl.lit(None, pl.String), _key=pl.concat_str(key, separator="|"),
        _delivery=pl.lit(0, pl.Int32), _as_of=pl.lit(AS_OF),
    )  # fmt: skip
    frame.sort("_key").write_parquet(release / f"{role}.parquet")
    table = {role: {"file": f"{role}.parquet", "key": key}}
    manifest.write(
        release, {"release_id": "r1", "deliveries": [{"index": 0, "delivery_id": f"{role}-1"}], "tables": table}
    )
    return Input(role, role, release)


def run(plan: Plan, connection: duckdb.DuckDBPyConnection, until: str) -> dict[str, float]:
    """Run the steps of the base whose names come before `until`; seconds of each from linkage on."""
    keymap.load(connection, plan.keymap, plan.secret)
    building.prepare(plan, connection, inputs.sources(plan.inputs))
    watch = Watch()
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


def measure(persons: int, statements: int, memory: str) -> dict[str, Any]:
    """The figures of one run."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plan = _plan(folder, make_inputs(folder, persons, statements, SEED), memory)
        with connect(plan.engine) as connection:
            seconds = run(plan, connection, "08")
            tell_truth(connection, folder)
            found = figures(connection)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"persons": persons, **found, "seconds": seconds | {"all": round(sum(seconds.values()), 3)}, "peak_mb": peak}


def _plan(folder: Path, given: dict[str, list[Input]], memory: str) -> Plan:
    return Plan(base("natural_person"), given, {}, folder / "keymap", SECRET, Engine(folder, memory=memory))


def train(persons: int, statements: int, memory: str, each: int = 60) -> None:
    """Write the model's probabilities: of the true pairs (m) and of pairs of statements with anybody (u)."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        plan = _plan(folder, make_inputs(folder, persons, statements, TRAINING_SEED), memory)
        with connect(plan.engine) as connection:
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
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--persons", type=int, default=1_000_000)
    options.add_argument("--statements", type=int, default=100_000)
    options.add_argument("--memory", default="3GB")
    options.add_argument("--train", action="store_true")
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    if chosen.train:
        train(chosen.persons, chosen.statements, chosen.memory)
        return
    found = measure(chosen.persons, chosen.statements, chosen.memory)
    lines = json.dumps(found) if chosen.json else "\n".join(f"{name}: {value}" for name, value in found.items())
    sys.stdout.write(lines + "\n")


if __name__ == "__main__":
    main()
