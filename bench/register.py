"""Home and search pages of a register with 100,000 resources against an empty page of the same app.

    python -m bench.register --json

2,000 departments with people at work, each with a session and things to do. 50 connections ask again as soon as
they are answered; the pages take turns, the middle of the rounds. Prints the 95th percentile of each in milliseconds:
`home_p95_ms` (another official's to-do list each time), `search_p95_ms` (different words and facets, hardly a question
asked twice), `api_p95_ms` (the same over the API), `empty_p95_ms`, their ratios to the empty page, and `query_p95_ms`:
the search itself, one at a time, without the page around it. `--url` names an empty PostgreSQL database to put the
register into.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from itertools import cycle, islice, repeat
from pathlib import Path
from statistics import median
from urllib.parse import urlencode
from urllib.request import urlopen

from api import cookies
from bench import command
from bench.catalog import PLACES, SORTS, THINGS, TITLES, fill
from bench.lookups import HOST, Load
from bench.work import employ
from catalog import search_index
from catalog.facets import FACETS, filters
from catalog.keys import Keys
from catalog.register import migrate, open_engine, sessions, transaction
from catalog.search import Library, Question
from catalog.settings import Settings
from catalog.store import Store
from catalog.wording import pinyin

Figures = dict[str, float]


def make_home(home: Path, url: str, resources: int, departments: int) -> tuple[Settings, list[str]]:
    """A home with a filled register, and the sessions of its people."""
    settings = Settings(home=home, register_url=url)
    store = Store(home).prepare()
    migrate(settings.database_url)
    Keys(store.keys).ensure()
    engine = open_engine(settings.database_url)
    fill(engine, resources, departments)
    tokens = employ(engine, datetime.now(UTC))
    with transaction(engine) as db:
        search_index.rebuild(db)
    engine.dispose()
    return settings, tokens


def questions(seed: int) -> Iterator[tuple[str, dict[str, str]]]:
    """What people search for: a word, two, a part of a name, pinyin, a facet, all of it; hardly one twice."""
    chance = random.Random(seed)
    while True:
        thing = chance.choice(THINGS)
        texts = (
            thing,
            f"{thing} {chance.choice(TITLES)}",
            f"{chance.choice(PLACES)}{thing}",
            f"{thing} {chance.choice(SORTS)[:2]}",
            pinyin(thing + chance.choice(SORTS))[0][:4],
            thing[:1],
            "",
        )
        facet = chance.choice([f for f in FACETS if f.terms])
        wanted = {facet.name: chance.choice(facet.terms).value} if chance.random() < 0.5 else {}
        if chance.random() < 0.1:
            wanted["department"] = f"d{chance.randrange(2000):05d}"
        yield chance.choice(texts), wanted


def query_times(settings: Settings, count: int) -> list[float]:
    """Seconds of the search itself for different questions, after the index was read."""
    engine, library, today = open_engine(settings.database_url), Library(), datetime.now(settings.zone).date()
    took = []
    with sessions(engine)() as db:
        library.ask(db, Question(), today)
        for text, wanted in islice(questions(7), count):
            started = time.perf_counter()
            library.ask(db, Question(text, filters(wanted)), today)
            took.append(time.perf_counter() - started)
    engine.dispose()
    return took


def search_calls(path: str, seed: int, tokens: Sequence[str] = ()) -> Iterator[bytes]:
    """Searches, by nobody in particular or by one official after another."""
    turns = cycle(tokens or [""])
    for text, wanted in questions(seed):
        yield call(f"{path}?{urlencode({'q': text} | wanted)}", next(turns))


def home_calls(seed: int, tokens: Sequence[str]) -> Iterator[bytes]:
    """One official's home page after another's."""
    turns = random.Random(seed).sample(tokens, len(tokens))
    return (call("/", token) for token in cycle(turns))


def call(path: str, token: str = "") -> bytes:
    cookie = f"Cookie: sixbase-{cookies.SESSION}={token}\r\n" if token else ""
    return f"GET {path} HTTP/1.1\r\nHost: {HOST}\r\n{cookie}\r\n".encode()


@contextmanager
def served(settings: Settings, port: int, log: Path) -> Iterator[None]:
    """The exchange on a port, with as many workers as the settings say."""
    script = (
        "import sys; from api.serve import serve; from catalog.settings import Settings; "
        f"s = Settings(home=sys.argv[1], register_url=sys.argv[2]); serve(s, '{HOST}', {port}, s.workers)"
    )
    command = [sys.executable, "-c", script, str(settings.home), settings.register_url]
    with log.open("w") as out:
        process = subprocess.Popen(command, stdout=out)
        try:
            wait(port, process)
            yield
        finally:
            process.terminate()
            process.wait(20)


def wait(port: int, process: subprocess.Popen[bytes]) -> None:
    """Until every worker answers and has read the index."""
    deadline = time.monotonic() + 300
    quick = 0
    while quick < 20 and time.monotonic() < deadline and process.poll() is None:
        started = time.monotonic()
        try:
            urlopen(f"http://{HOST}:{port}/v1/resources?limit=1", timeout=120).close()
        except OSError:
            time.sleep(0.2)
            continue
        quick = quick + 1 if time.monotonic() - started < 0.3 else 0
    if quick < 20:
        raise SystemExit("the exchange did not start")


async def measure(port: int, calls: Iterator[bytes], seconds: float, concurrency: int) -> list[float]:
    """Seconds of each answer, sorted, with so many connections asking at once."""
    loop, answered, faults = asyncio.get_running_loop(), list[float](), list[bytes]()
    pairs = [
        await loop.create_connection(lambda: Load(calls, answered, faults, (HOST, port)), HOST, port)
        for _ in range(concurrency)
    ]
    await asyncio.sleep(0.5)
    answered.clear()
    await asyncio.sleep(seconds)
    done = sorted(answered)
    for _, load in pairs:
        load.close()
    if faults or not done:
        raise SystemExit(f"{len(faults)} answers were not 200, {len(done)} were: {faults[:1]!r:.300}")
    return done


def p95_ms(seconds: Sequence[float]) -> float:
    return round(sorted(seconds)[int(len(seconds) * 0.95)] * 1000, 1)


def run(arguments: argparse.Namespace) -> Figures:
    """The figures of one run."""
    with tempfile.TemporaryDirectory() as folder:
        started = time.perf_counter()
        settings, tokens = make_home(Path(folder) / "home", arguments.url, arguments.resources, arguments.departments)
        filled = round(time.perf_counter() - started, 1)
        queries = query_times(settings, 500)
        found: dict[str, list[list[float]]] = {"empty": [], "home": [], "search": [], "api": []}
        with served(settings, arguments.port, Path(folder) / "access.log"):
            for number in range(arguments.rounds):
                pages = {
                    "empty": repeat(call("/healthz")),
                    "home": home_calls(number, tokens),
                    "search": search_calls("/catalog", number, tokens),
                    "api": search_calls("/v1/resources", number),
                }
                for name, calls in pages.items():
                    took = asyncio.run(measure(arguments.port, calls, arguments.seconds, arguments.concurrency))
                    found[name].append(took)
    figures = {f"{name}_p95_ms": median(p95_ms(each) for each in rounds) for name, rounds in found.items()}
    figures |= {
        f"{name}_rps": round(median(len(each) / arguments.seconds for each in found[name]), 1) for name in found
    }
    return {
        "resources": arguments.resources,
        "departments": arguments.departments,
        "fill_s": filled,
        **figures,
        "query_p50_ms": round(median(queries) * 1000, 1),
        "query_p95_ms": p95_ms(queries),
        **{f"{name}_ratio": round(figures[f"{name}_p95_ms"] / figures["empty_p95_ms"], 1) for name in found},
    }


def main() -> None:
    parser = command.options(__doc__)
    parser.add_argument("--resources", type=int, default=100_000)
    parser.add_argument("--departments", type=int, default=2_000)
    parser.add_argument("--seconds", type=float, default=4)
    parser.add_argument("--concurrency", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--port", type=int, default=8766)
    parser.add_argument("--url", default="", help="an empty PostgreSQL database; default SQLite")
    arguments = parser.parse_args()
    found = run(arguments)
    command.tell(found, as_json=arguments.json)


if __name__ == "__main__":
    main()
