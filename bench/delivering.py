"""Made-up deliveries on the platform's own way: each role's rows as a CSV file, checked, folded and published."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import duckdb

from basedb import fold, publish
from basedb.connect import Engine
from basedb.inputs import Input
from basedb.spec import base
from catalog.calendar import WorkCalendar
from catalog.divisions import area_codes
from catalog.vocab import DeliveryMode, TableSpec, is_witness
from quality.check import check
from quality.reference import Reference
from quality.scratch import Bounds

PERIOD_END = date(2026, 11, 23)

# GB 11643, GB 11714 and GB 32100 (weights 3^(i-1) mod 31): numbers that a check takes for right
MACROS = """
create macro citizen_id(no) as no || substr('10X98765432', 1 + (list_sum(list_transform(range(17),
    lambda i: (no // (10::bigint ** (16 - i))::bigint % 10) * [7,9,10,5,8,4,2,1,6,3,7,9,10,5,8,4,2][i + 1])) % 11)::int, 1);
create macro organisation_digit(body) as substr('0X987654321', 1 + (list_sum(list_transform(range(8), lambda i:
    (strpos('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ', body[i + 1]) - 1) * [3,7,9,10,5,8,4,2][i + 1])) % 11)::int, 1);
create macro credit_digit(body) as substr('0123456789ABCDEFGHJKLMNPQRTUWXY', 1 + ((31 - list_sum(list_transform(range(17),
    lambda i: (strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', body[i + 1]) - 1)
        * [1,3,9,27,19,26,16,17,20,29,25,13,8,24,10,30,28][i + 1])) % 31) % 31)::int, 1);
create macro organisation_body(i) as 'M' || chr((65 + i // 1000000)::int) || lpad((i % 1000000)::varchar, 6, '0');
create macro organisation(i) as organisation_body(i) || organisation_digit(organisation_body(i));
create macro credit_code(i) as '91140213' || organisation(i) || credit_digit('91140213' || organisation(i));
"""

Timed = Callable[[str], AbstractContextManager[None]]


@dataclass(frozen=True, slots=True)
class Desk:
    """Where deliveries go: a folder of one's own, the bounds of an engine, and who takes the time of a step."""

    folder: Path
    engine: Engine
    secret: bytes
    step: Timed

    def deliver(self, made: duckdb.DuckDBPyConnection, role: str, query: str, spec: TableSpec) -> Input:
        """The role's release after the rows of a query came as a file."""
        names = [name for name, *_ in made.execute(f"describe {query}").fetchall()]
        table = replace(spec, columns=tuple(c for c in spec.columns if c.name in names))
        csv = self.folder / f"{role}.csv"
        with self.step("make"):
            made.execute(f"copy (select {', '.join(names)} from ({query})) to '{csv}' (format csv, header true)")
        checked = self.folder / "checked" / role
        with self.step("check"):
            self._check(csv, table, checked)
        csv.unlink()
        with self.step("fold"):
            return Input(role, role, self._fold(table, checked))

    def _check(self, csv: Path, table: TableSpec, out: Path) -> None:
        days = WorkCalendar({}).working_days(date(2024, 1, 1), PERIOD_END)
        report = check(
            csv, csv.name, table, out, as_of=PERIOD_END, reference=Reference(area_codes(), days),
            bounds=Bounds(self.engine.threads, self.engine.memory, self.folder / "tmp"),
        )  # fmt: skip
        if not report.rows or report.good < 0.9 * report.rows:
            raise SystemExit(f"{table.name}: {report.good} of {report.rows} rows are right: {report.findings[:3]}")

    def _fold(self, table: TableSpec, checked: Path) -> Path:
        delivery = fold.Delivery(
            f"{table.name}-1", "0" * 64, "2026-11-23", 1, PERIOD_END, checked / "good.parquet", checked / "bad.parquet"
        )
        job = fold.Fold(table, DeliveryMode.SNAPSHOT, [delivery], self.engine, self.secret)
        return publish.publish(fold.fold(job, self.folder / "candidates"), self.folder / "releases").directory


def deliver(
    desk: Desk, base_name: str, roles: Mapping[str, str], keys: Mapping[str, Sequence[str]], people: str, firms: int
) -> dict[str, list[Input]]:
    """All roles of a base, delivered; what only bears witness was delivered elsewhere and takes no time here.

    people: the statement that makes table `person(i, no, name, id_number)`. firms: how many have a code, by number from 0.
    """
    specs = base(base_name).spec.INPUTS
    found = {}
    with duckdb.connect(config={"threads": 2}) as made:
        with desk.step("make"):
            made.execute(MACROS)
            made.execute(people)
            made.execute("create table firm as select i as n, credit_code(i) as code from range(?) r(i)", [firms])
        for role, query in roles.items():
            key = tuple(keys.get(role) or (specs[role].columns[0].name,))
            at = replace(desk, step=lambda _: desk.step("make")) if is_witness(role) else desk
            found[role] = [at.deliver(made, role, query, replace(specs[role], key=key))]
    return found
