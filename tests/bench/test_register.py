"""The load of the register: a small one that shows it runs, the full one in `make test-long`."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

PAGES = ("empty", "home", "search", "api")
# 200 ms, where an empty page of the same app takes 8.4 ms among the same fifty: a slower machine is slower in both
TIMES_EMPTY = 24


def load(*options: str) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.register", "--json", *options]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=1500)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, float] = json.loads(done.stdout)
    return found


def test_every_page_answers_under_load() -> None:
    small = ("--resources", "1000", "--departments", "20", "--seconds", "2", "--rounds", "1", "--concurrency", "10")
    found = load(*small, "--port", "8767")
    assert all(found[f"{name}_p95_ms"] > 0 for name in PAGES)
    assert found["query_p95_ms"] < 50


@pytest.mark.long
@pytest.mark.timeout(1800)
def test_home_and_search_take_few_empty_pages_among_a_hundred_thousand_resources_and_fifty_at_once() -> None:
    found = load("--port", "8768")
    assert found["query_p95_ms"] < 50
    slow = {name: found[f"{name}_p95_ms"] / found["empty_p95_ms"] for name in ("home", "search", "api")}
    assert all(times < TIMES_EMPTY for times in slow.values()), found
