"""Great Expectations inside DuckDB keeps up with one hand-written scan."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest


def checks(rows: int, rules: int) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.checks", "--rows", str(rows), "--rules", str(rules), "--json"]
    done = subprocess.run(command, check=False, capture_output=True, text=True, timeout=900)
    assert done.returncode == 0, done.stderr[-2000:]
    found: dict[str, float] = json.loads(done.stdout)
    return found


def test_uniqueness_and_cross_table_rules_are_reported_apart_from_row_rules() -> None:
    found = checks(2_000, 40)
    names = {"scan_s", "gx_s", "ratio", "peak_mb", "unique_s", "cross_s"}
    assert {name for name in names if found[name] > 0} == names
    assert (found["rows"], found["rules"]) == (2_000, 40)


@pytest.mark.long
@pytest.mark.timeout(1000)
def test_forty_row_rules_over_three_million_rows_take_a_quarter_more_than_the_scan_at_most() -> None:
    found = checks(3_000_000, 40)
    assert found["ratio"] <= 1.25
    assert found["peak_mb"] <= 2048
