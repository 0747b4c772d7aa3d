"""Whole views of persons through the exchange: six tables, a grant and a durable receipt each.

    python -m bench.whole --home HOME --json

HOME: an installation after `sixbase demo`; it is copied and left as it is. 32 connections that never pause, as many
workers as `serve` starts by itself. Prints `whole_rps`, `whole_p99_ms` (the middle of the rounds), `best_p99_ms` (the
quietest round), `tables` (how many answer), the same with one worker and, at one connection, `single_p99_ms`.
"""

from __future__ import annotations

import asyncio
import json
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Any
from urllib.request import Request, urlopen

import duckdb

from api.demo import agree
from api.house import Exchange, open_exchange
from bench import command
from bench.city import BenchCity
from bench.lookups import HOST, measure, served
from catalog import departments, releases, resources, sharing
from catalog.keys import Purpose
from catalog.receipts import verify
from catalog.settings import Settings
from catalog.store import Store

ASKED = {
    "person_residence": ("person_key", "address", "division_code", "start_date"),
    "person_insurance": ("person_key", "scheme", "kind_code", "status_code"),
    "licence_holder": ("licence_key", "holder_role", "person_key"),
    "licence": ("licence_name", "issued_date", "state_code"),
    "permit": ("person_key", "certificate_name", "decided_date"),
}


def prepare(home: Path) -> tuple[Settings, list[str], tuple[str, str]]:
    """Grants for the demo's consumer, some record keys of grown-ups, and the client's id and secret."""
    settings = Settings(home=home)
    house = open_exchange(settings)
    try:
        _grant(house)
        demo = json.loads(house.store.demo_file.read_text("utf-8"))["demo"]
        return settings, _keys(house), (demo["client_id"], demo["client_secret"])
    finally:
        house.close()


def _grant(house: Exchange) -> None:
    with house.transaction() as db:
        key = house.keys.current(Purpose.MASK).id
        terms: dict[str, Any] = {"mask_key_id": key, "now": house.clock(), "zone": house.settings.zone}
        fund = departments.get(db, "housing_fund")
        for slug, columns in ASKED.items():
            about: dict[str, Any] = {"resource": resources.get(db, slug), "department": fund, "columns": columns}
            asked = sharing.request(
                db, **about, purpose="bench", legal_basis="bench", days=1, asked_by="bench", **terms
            )
            agree(db, asked, by="bench", **terms)


def _keys(house: Exchange) -> list[str]:
    with house.transaction() as db:
        current = releases.in_force(db, "natural_person")
    path = house.store.release(current.unit, current.release_id) / "person.parquet"
    with duckdb.connect() as connection:
        query = "select record_key from read_parquet(?) where birth_date < '2000-01-01' and not is_deceased"
        return [
            key
            for (key,) in connection.execute(f"{query} order by hash(record_key) limit 2000", [str(path)]).fetchall()
        ]


def questions(keys: list[str], client: tuple[str, str], port: int) -> tuple[Iterator[bytes], int]:
    """What is asked again and again, and how many tables answer."""
    form = f"grant_type=client_credentials&client_id={client[0]}&client_secret={client[1]}"
    with urlopen(f"http://{HOST}:{port}/oauth/token", form.encode()) as answer:
        token = json.load(answer)["access_token"]
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    bodies = [json.dumps({"record_key": key}) for key in keys]
    first = Request(f"http://{HOST}:{port}/v1/whole/person", bodies[0].encode(), headers)
    with urlopen(first) as answer:
        tables = len(json.load(answer)["tables"])
    head = f"Host: {HOST}\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    return cycle(
        [f"POST /v1/whole/person HTTP/1.1\r\n{head}Content-Length: {len(b)}\r\n\r\n{b}".encode() for b in bodies]
    ), tables


Turns = list[tuple[float, float]]


def run(home: Path, seconds: float, concurrency: int, rounds: int, port: int) -> dict[str, float]:
    """The figures of one run."""
    with tempfile.TemporaryDirectory() as folder:
        own = Path(shutil.copytree(home, Path(folder) / "home"))
        settings, keys, client = prepare(own)

        def turns(workers: int, connections: Sequence[int]) -> tuple[list[Turns], int]:
            with served(BenchCity(settings, *client, []), port, Path(folder) / "access.log", workers):
                asked, tables = questions(keys, client, port)
                # every worker opens its files before anything counts
                asyncio.run(measure(port, asked, 1, concurrency))
                return [
                    [asyncio.run(measure(port, asked, seconds, each)) for _ in range(rounds)] for each in connections
                ], tables

        (many,), tables = turns(settings.workers, [concurrency])
        (alone, single), _ = turns(1, [concurrency, 1])
        problems = verify(Store(own))
    if problems:
        raise SystemExit(f"receipts are not as they were written: {problems[0]}")
    figures = {"whole_rps": rate(many), "whole_p99_ms": tail(many), "best_p99_ms": min(at for _, at in many)}
    figures |= {"one_worker_rps": rate(alone), "one_worker_p99_ms": tail(alone), "single_p99_ms": tail(single)}
    return {"tables": tables, "workers": settings.workers, **{name: round(at, 2) for name, at in figures.items()}}


def rate(turns: Turns) -> float:
    return median(each for each, _ in turns)


def tail(turns: Turns) -> float:
    return median(each for _, each in turns)


def main() -> None:
    options = command.options(__doc__)
    options.add_argument("--home", type=Path, required=True)
    options.add_argument("--seconds", type=float, default=3)
    options.add_argument("--concurrency", type=int, default=32)
    options.add_argument("--rounds", type=int, default=3)
    options.add_argument("--port", type=int, default=8766)
    chosen = options.parse_args()
    found = run(chosen.home, chosen.seconds, chosen.concurrency, chosen.rounds, chosen.port)
    command.tell(found, as_json=chosen.json)


if __name__ == "__main__":
    main()
