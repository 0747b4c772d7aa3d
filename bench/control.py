"""Who holds and controls a firm, asked of a whole city's shareholders through the view of a grant.

    python -m bench.control --firms 400000 --json

Made up: two holders a firm; every fifth firm is held by the firm of half its number, every eleventh by one that it
holds itself, and twelve thousand firms stand on ladders of twelve steps, over which chains double at every step.
Prints `rows`, and for firms drawn over the city, for the ladders' feet and for firms in a cycle the milliseconds of the
middle and of the 99th percentile (`..._ms`, `..._p99_ms`), with `single_ms`, one record by its key from the same file,
as what they are measured by.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from statistics import quantiles

from basedb import control, lookup, manifest, read, tables
from basedb.connect import Engine, connect
from basedb.spec import base
from bench import command
from catalog.view import View, ViewColumn
from catalog.vocab import Mask

SPEC = base("legal_entity").table("shareholder")
SHOWN = (*control.NEEDED, "person_key", "name")
STEPS, LADDERS = 12, 1_000
KEY = "left(sha256('{kind}' || {number}), 20)"
FIRM, PERSON = (KEY.format(kind=kind, number="{number}") for kind in ("firm", "person"))
# (firm, place of its holder, the firm that holds, part in percent); a firm that nobody holds is held by a person
HELD = """
create table held as
with firm as (select n, n % {ladders} as place, n // {ladders} as step from range({firms}) r(n)),
twice as (select * from firm, range(2) t(serial))
select n as firm, serial, case
    when n < {foot} and step < {steps} - 1 then (step + 1) * {ladders} + (place // 2 * 2 + serial) % {ladders}
    when n < {foot} then null
    when serial = 0 and n % 5 = 0 then n // 2
    when serial = 0 and n % 11 = 0 then n + 1
    when serial = 0 and n % 11 = 1 then n - 1
    end as holder, if(serial = 0, 60, 40) as part
from twice
"""
ROWS = f"""
create table shareholder as
select {KEY.format(kind="row", number="firm || '-' || serial")} as record_key, {FIRM.format(number="firm")} as entity_key,
    serial, '1' as kind_code, '股东' || firm as name,
    case when holder is null then {PERSON.format(number="firm * 2 + serial")} end as person_key,
    case when holder is not null then {FIRM.format(number="holder")} end as partner_entity_key, part as ratio_pct,
    1 as source{{rest}}
from held
"""


def made(firms: int, folder: Path) -> View:
    """A release of the shareholders with its look-up file, and what a grant of what chains are made of shows."""
    engine = Engine(folder)
    given = ("record_key", "entity_key", "serial", "kind_code", "name", "person_key", "partner_entity_key")
    rest = "".join(f", null as {c.name}" for c in SPEC.columns if c.name not in (*given, "ratio_pct", "source"))
    with connect(engine, "sqlite_scanner") as connection:
        connection.execute(HELD.format(firms=firms, ladders=LADDERS, steps=STEPS, foot=LADDERS * STEPS))
        connection.execute(ROWS.format(rest=rest))
        entry = tables.write(connection, SPEC, folder)
    manifest.write(folder, {"unit": "bench", "release_id": "r1", "tables": {SPEC.name: entry}})
    lookup.write(folder, {SPEC.name: entry}, {SPEC.name: lookup.indexes(SPEC)}, engine)
    columns = tuple(ViewColumn(c.name, c.type, Mask.PLAIN) for c in SPEC.columns if c.name in SHOWN)
    usable = tuple(column for column in SPEC.lookup if column in SHOWN)
    return View(SPEC.name, folder, SPEC.name, "r1", "g1", 1, columns, None, frozenset(), usable, b"k")


def _timed(ask: Callable[[str], object], keys: Sequence[str]) -> tuple[float, float]:
    """Milliseconds of the middle and of the 99th percentile."""
    taken = []
    for key in keys:
        began = time.perf_counter()
        ask(key)
        taken.append((time.perf_counter() - began) * 1000)
    cuts = quantiles(taken, n=100)
    return round(cuts[49], 3), round(cuts[98], 3)


def measure(firms: int) -> dict[str, float]:
    """The figures of one run."""
    foot = LADDERS * STEPS
    asked = {
        "drawn": range(foot, firms, max(1, (firms - foot) // 2000)),
        "ladder": range(0, LADDERS, 10),
        "cycle": range(foot // 11 * 11 + 11, firms - 1, max(11, firms // 2000 // 11 * 11)),
    }
    with tempfile.TemporaryDirectory() as name:
        view = made(firms, Path(name))
        with closing(read.open_lookup(view.directory, SPEC.name)) as connection:
            found: dict[str, float] = {"firms": firms, "rows": firms * 2}
            single = connection.execute(f"select record_key from {SPEC.name} limit 2000").fetchall()
            taken = {"single": _timed(lambda key: read.record(connection, view, key), [key for (key,) in single])}
            for kind, numbers in asked.items():
                keys = [_firm(number) for number in numbers]
                taken[kind] = _timed(lambda key: control.of(connection, view, key, 25), keys)
                every = [control.of(connection, view, key, 0) for key in keys[:200]]
                found[f"{kind}_holders"] = max(len(each.holders) for each in every)
                found[f"{kind}_chains"] = max(sum(h.chains for h in each.holders) for each in every)
    for kind, (middle, tail) in taken.items():
        found |= {f"{kind}_ms": middle, f"{kind}_p99_ms": tail}
    return found


def _firm(number: int) -> str:
    return sha256(f"firm{number}".encode()).hexdigest()[:20]


def main() -> None:
    """Print the figures, as lines or as JSON."""
    options = command.options(__doc__)
    options.add_argument("--firms", type=int, default=400_000)
    chosen = options.parse_args()
    found = measure(chosen.firms)
    command.tell(found, as_json=chosen.json)


if __name__ == "__main__":
    main()
