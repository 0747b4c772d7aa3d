"""Workers of one exchange share its work evenly."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import httpx
from starlette.responses import PlainTextResponse

from api.loads import SLACK, EvenLoad, Loads


def answer(loads: Loads) -> httpx.Response:
    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(EvenLoad(PlainTextResponse("ok"), loads))
        async with httpx.AsyncClient(transport=transport, base_url="http://exchange") as client:
            return await client.get("/")

    return asyncio.run(ask())


def test_a_worker_with_more_to_do_than_another_sends_its_clients_away(tmp_path: Path) -> None:
    busy, other = Loads(tmp_path / "loads"), Loads(tmp_path / "loads")
    for _ in range(SLACK):
        busy.begin()
    assert answer(busy).headers["connection"] == "close"
    other.begin()
    assert "connection" not in answer(busy).headers
    other.end()
    busy.end()
    assert "connection" not in answer(busy).headers


def test_a_worker_that_is_alone_keeps_its_clients(tmp_path: Path) -> None:
    alone = Loads(tmp_path / "loads")
    for _ in range(50):
        alone.begin()
    assert "connection" not in answer(alone).headers


def test_a_worker_that_is_gone_counts_no_more(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from api.loads import Loads; Loads(Path(sys.argv[1])).begin()"
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "loads")], check=True)
    ended = Loads(tmp_path / "loads")
    ended.leave()
    alone = Loads(tmp_path / "loads")
    for _ in range(50):
        alone.begin()
    assert not alone.is_ahead
