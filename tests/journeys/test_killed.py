"""A run that dies half way publishes nothing, and the next one goes on."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from tests.helpers import AS_OF, sixbase

UNIT = "natural_person"


def in_force(home: Path) -> dict[str, str]:
    with sqlite3.connect(home / "register.sqlite") as register:
        rows = register.execute("select unit, release_id from publication order by id").fetchall()
    register.close()
    return dict(rows)


def kill_during_build(home: Path) -> None:
    """Start a run and kill it, with all it started, as soon as a candidate of the base is being written."""
    program = Path(sys.executable).with_name("sixbase")
    process = subprocess.Popen(
        [program, "run", "--as-of", AS_OF],
        env={**os.environ, "SIXBASE_HOME": str(home)},
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 120
    while not any((home / "candidates" / UNIT).glob("*/*")):
        assert process.poll() is None, "the run ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.002)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def deliver_anew(home: Path) -> None:
    """The police deliver the same people for the next day: a new release of the base is due."""
    (source,) = (home / "sample" / "landing" / "police" / "police_population").glob("*.csv")
    shutil.copyfile(source, home / "landing" / "police" / "police_population" / "2026-11-20.csv")


def test_a_build_killed_half_way_leaves_the_last_release_in_force(own_city: Path) -> None:
    before = in_force(own_city)
    deliver_anew(own_city)
    kill_during_build(own_city)
    assert in_force(own_city)[UNIT] == before[UNIT]
    published = {p.name for p in (own_city / "releases" / UNIT).iterdir()}
    assert published == {before[UNIT]}, "nothing half published"
    assert sixbase("verify", "--json", home=own_city).stdout.strip() == "[]"

    again = sixbase("run", "--as-of", AS_OF, home=own_city)
    assert again.returncode == 0, again.stderr
    assert in_force(own_city)[UNIT] != before[UNIT]
    assert sixbase("verify", "--json", home=own_city).stdout.strip() == "[]"
