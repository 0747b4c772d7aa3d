"""Benchmarks that nothing else runs still run, and say what their users read."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Sequence

import pytest

QUICK = [
    ("addresses", ["--addresses", "2000"], ["rate", "wrong", "all"]),
    ("control", ["--firms", "15000"], ["drawn_p99_ms", "ladder_p99_ms", "cycle_p99_ms"]),
    ("linkage", ["--persons", "3000", "--statements", "300"], ["precision", "recall", "peak_mb"]),
]


def figures(name: str, options: Sequence[str]) -> dict[str, object]:
    command = [sys.executable, "-m", f"bench.{name}", *options, "--json"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, object] = json.loads(done.stdout)
    return found


@pytest.mark.parametrize(("name", "options", "told"), QUICK, ids=[name for name, *_ in QUICK])
def test_a_small_run_prints_its_figures(name: str, options: list[str], told: list[str]) -> None:
    found = figures(name, options)
    assert [each for each in told if isinstance(found.get(each), int | float)] == told


@pytest.mark.long
@pytest.mark.timeout(1000)
def test_a_small_city_goes_from_files_to_releases_of_all_bases() -> None:
    found = figures("bases", ["--persons", "2000", "--rounds", "1"])
    assert {"seconds", "peak_mb", "person_ratio", "bare_ratio", "keyed_ratio", "increment"} <= set(found)
    assert isinstance(found["bases"], dict) and len(found["bases"]) == 6
