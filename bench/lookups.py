"""Point look-ups through the whole exchange against an empty route of the same app.

    python -m bench.lookups --json

One worker, concurrency 32, the two taking turns, the middle of the rounds. Prints `lookup_rps` (one record by its
key: token, grant, mask, durable receipt, access log), `find_rps` (by identifier in the body), `empty_rps` and
`ratio` = lookup_rps / empty_rps.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from pathlib import Path
from statistics import median
from typing import Any
from urllib.request import urlopen

from bench import command
from bench.city import SLUG, BenchCity, make_city

HOST = "127.0.0.1"
Requests = Iterator[bytes]


@dataclass
class Load(asyncio.Protocol):
    """One keep-alive connection that asks again as soon as it is answered."""

    requests: Requests
    answered: list[float]
    faults: list[bytes]
    place: tuple[str, int]
    _buffer: bytearray = field(default_factory=bytearray)
    _transport: asyncio.Transport | None = None
    _asked: float = 0.0
    _is_over: bool = False
    _again: asyncio.Future[Any] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._ask()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        head = self._buffer.find(b"\r\n\r\n")
        if head < 0:
            return
        start = self._buffer.find(b"content-length: ") + 16
        length = int(self._buffer[start : self._buffer.find(b"\r\n", start)])
        if len(self._buffer) < head + 4 + length:
            return
        if not self._buffer.startswith(b"HTTP/1.1 200"):
            self.faults.append(bytes(self._buffer))
        ends = 0 < self._buffer.find(b"connection: close") < head
        self._buffer.clear()
        self.answered.append(time.perf_counter() - self._asked)
        if not ends:
            self._ask()

    def connection_lost(self, error: Exception | None) -> None:
        """Come again, as a browser does, when the exchange asked for a new connection."""
        if not self._is_over:
            self._again = asyncio.ensure_future(asyncio.get_running_loop().create_connection(lambda: self, *self.place))

    def _ask(self) -> None:
        assert self._transport is not None
        self._asked = time.perf_counter()
        if not self._transport.is_closing():
            self._transport.write(next(self.requests))

    def close(self) -> None:
        self._is_over = True
        if self._transport is not None:
            self._transport.close()


async def measure(port: int, requests: Requests, seconds: float, concurrency: int) -> tuple[float, float]:
    """Answers per second, and the 99th percentile in milliseconds."""
    loop, answered, faults = asyncio.get_running_loop(), list[float](), list[bytes]()
    pairs = [
        await loop.create_connection(lambda: Load(requests, answered, faults, (HOST, port)), HOST, port)
        for _ in range(concurrency)
    ]
    await asyncio.sleep(0.3)
    answered.clear()
    started = time.perf_counter()
    await asyncio.sleep(seconds)
    took, done = time.perf_counter() - started, sorted(answered)
    for _, load in pairs:
        load.close()
    if faults:
        raise SystemExit(f"{len(faults)} answers were not 200: {faults[0][:300]!r}")
    return len(done) / took, done[int(len(done) * 0.99)] * 1000


@contextmanager
def served(city: BenchCity, port: int, log: Path, workers: int = 1) -> Iterator[None]:
    """The exchange on a port, with so many workers."""
    script = (
        "import sys; from pathlib import Path; from api.serve import serve; from catalog.settings import Settings; "
        f"serve(Settings(home=Path(sys.argv[1])), '{HOST}', {port}, {workers:d})"
    )
    with log.open("w") as out:
        process = subprocess.Popen([sys.executable, "-c", script, str(city.settings.home)], stdout=out)
        try:
            _wait(port, workers)
            yield
        finally:
            process.terminate()
            process.wait(20)


def _wait(port: int, workers: int) -> None:
    """Until every worker has answered: the ids of requests begin with the process that gave them."""
    answered: set[str] = set()
    for _ in range(600):
        try:
            with urlopen(f"http://{HOST}:{port}/healthz", timeout=1) as answer:
                answered.add(answer.headers["x-request-id"][:12])
        except OSError:
            time.sleep(0.1)
        if len(answered) == workers:
            return
        time.sleep(0.02)
    raise SystemExit("the exchange did not start")


def questions(city: BenchCity, port: int) -> dict[str, Callable[[], Requests]]:
    """What is asked, by name."""
    form = f"grant_type=client_credentials&client_id={city.client_id}&client_secret={city.client_secret}"
    with urlopen(f"http://{HOST}:{port}/oauth/token", form.encode()) as answer:
        token = json.load(answer)["access_token"]
    head = f"Host: {HOST}\r\nAuthorization: Bearer {token}\r\n"
    data = f"/v1/data/{SLUG}"
    keys = [f"GET {data}/records/{key} HTTP/1.1\r\n{head}\r\n".encode() for key, _ in city.samples]
    bodies = [json.dumps({"identifier": number}) for _, number in city.samples]
    typed = f"{head}Content-Type: application/json\r\n"
    finds = [
        f"POST {data}/lookup HTTP/1.1\r\n{typed}Content-Length: {len(body)}\r\n\r\n{body}".encode() for body in bodies
    ]
    empty = f"GET /healthz HTTP/1.1\r\n{head}\r\n".encode()
    return {"empty": lambda: cycle([empty]), "lookup": lambda: cycle(keys), "find": lambda: cycle(finds)}


def run(rows: int, seconds: float, concurrency: int, rounds: int, port: int) -> dict[str, float]:
    """The figures of one run."""
    with tempfile.TemporaryDirectory() as folder:
        city = make_city(Path(folder) / "home", rows)
        with served(city, port, Path(folder) / "access.log"):
            asked = questions(city, port)
            found: dict[str, list[tuple[float, float]]] = {name: [] for name in asked}
            for _ in range(rounds):
                for name, make in asked.items():
                    found[name].append(asyncio.run(measure(port, make(), seconds, concurrency)))
    rates = {f"{name}_rps": round(median(rate for rate, _ in each), 1) for name, each in found.items()}
    tails = {f"{name}_p99_ms": round(median(tail for _, tail in each), 2) for name, each in found.items()}
    return {"rows": rows, **rates, **tails, "ratio": round(rates["lookup_rps"] / rates["empty_rps"], 3)}


def main() -> None:
    parser = command.options(__doc__)
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--seconds", type=float, default=3)
    parser.add_argument("--concurrency", type=int, default=32)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--port", type=int, default=8765)
    arguments = parser.parse_args()
    found = run(arguments.rows, arguments.seconds, arguments.concurrency, arguments.rounds, arguments.port)
    command.tell(found, as_json=arguments.json)


if __name__ == "__main__":
    main()
