"""Dagster as it is served: sensors, runs and reloads, seen through its own GraphQL API."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from catalog import resources
from catalog.settings import Settings
from catalog.store import Store
from pipelines.house import open_house
from pipelines.serving import _started, dagster_processes

PATIENCE = 150.0

RUNS = "{ runsOrError { ... on Runs { results { runId status jobName } } } }"
ASSETS = "{ assetNodes { assetKey { path } groupName } }"
LATEST = """
query($key: AssetKeyInput!) {
  assetNodeOrError(assetKey: $key) { ... on AssetNode {
    owners { ... on TeamAssetOwner { team } }
    assetMaterializations(limit: 1) { metadataEntries { label ... on TextMetadataEntry { text } } }
    assetChecksOrError { ... on AssetChecks { checks {
      name executionForLatestMaterialization { status evaluation { severity success } } } } }
  } }
}"""
LAUNCH = """
mutation($params: ExecutionParams!) { launchRun(executionParams: $params) {
  __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }"""
AGAIN = """
mutation($params: ReexecutionParams!) { launchRunReexecution(reexecutionParams: $params) {
  __typename ... on LaunchRunSuccess { run { runId } } ... on PythonError { message } } }"""
STATUS = "query($id: ID!) { runOrError(runId: $id) { ... on Run { status } } }"


class Dagster:
    """The served web server's GraphQL API."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/graphql"

    def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        answer = httpx.post(self.url, json={"query": query, "variables": variables}, timeout=60).json()
        assert "errors" not in answer, answer
        found: dict[str, Any] = answer["data"]
        return found

    def assets(self) -> set[str]:
        return {"/".join(node["assetKey"]["path"]) for node in self.ask(ASSETS)["assetNodes"]}

    def status(self, run_id: str) -> str:
        return str(self.ask(STATUS, id=run_id)["runOrError"]["status"])

    def launch(self, *keys: list[str]) -> str:
        selector = {
            "repositoryLocationName": "sixbase",
            "repositoryName": "__repository__",
            "jobName": "city",
            "assetSelection": [{"path": key} for key in keys],
        }
        launched = self.ask(LAUNCH, params={"selector": selector, "runConfigData": {}, "mode": "default"})["launchRun"]
        assert launched["__typename"] == "LaunchRunSuccess", launched
        return str(launched["run"]["runId"])

    def run_again(self, run_id: str) -> str:
        params = {"parentRunId": run_id, "strategy": "FROM_FAILURE"}
        launched = self.ask(AGAIN, params=params)["launchRunReexecution"]
        assert launched["__typename"] == "LaunchRunSuccess", launched
        return str(launched["run"]["runId"])


def until(happened: Callable[[], Any]) -> Any:
    """What `happened` gives once it is true."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if found := happened():
            return found
        time.sleep(0.5)
    raise AssertionError("it did not happen in time")


@pytest.fixture
def served(own_city: Path) -> Iterator[Dagster]:
    port = free_port()
    with dagster_processes(Settings(home=own_city), port):
        dagster = Dagster(port)
        until(lambda: dagster.assets())
        yield dagster


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def states(home: Path, slug: str) -> list[str]:
    query = (
        "select d.state from delivery d join resource r on r.id = d.resource_id where r.slug = ? "
        "order by d.period, d.sequence"
    )
    with sqlite3.connect(home / "register.sqlite") as register:
        found = [row[0] for row in register.execute(query, [slug])]
    register.close()
    return found


@pytest.mark.timeout(600)
def test_a_steward_sees_new_deliveries_taken_failed_runs_run_again_and_the_catalog_reloaded(
    served: Dagster, own_city: Path
) -> None:
    # a new file in the watched folder is received, checked and released without anybody's doing
    (source,) = (own_city / "sample/landing/police/police_driving_licence").glob("*")
    shutil.copyfile(source, own_city / "landing/police/police_driving_licence/2026-11-20.parquet")
    until(lambda: states(own_city, "police_driving_licence")[1:] == ["accepted_in_part"])
    (run,) = until(lambda: [r for r in served.ask(RUNS)["runsOrError"]["results"] if r["status"] == "SUCCESS"][:1])
    assert run["jobName"] != ""

    # the steward sees the department, the last delivery and the checks
    node = served.ask(LATEST, key={"path": ["police", "police_driving_licence"]})["assetNodeOrError"]
    assert node["owners"] == [{"team": "police"}]
    metadata = {e["label"]: e.get("text") for e in node["assetMaterializations"][0]["metadataEntries"]}
    assert metadata["报送"] == "2026-11-20 部分通过"
    checks = {
        c["name"]: c["executionForLatestMaterialization"]["evaluation"] for c in node["assetChecksOrError"]["checks"]
    }
    assert checks["quality"] == {"severity": "ERROR", "success": False}
    assert "on_time" in checks

    # a run that fails is visible, and runs well again once the cause is mended
    key = own_city / "keys" / "platform.json"
    key.rename(key.with_suffix(".away"))
    failed = served.launch(["credit", "candidate"], ["credit", "release"])
    until(lambda: served.status(failed) == "FAILURE")
    key.with_suffix(".away").rename(key)
    again = served.run_again(failed)
    assert until(lambda: served.status(again) in ("SUCCESS", "FAILURE") and served.status(again)) == "SUCCESS"

    # a resource that leaves the catalog leaves Dagster, without a restart
    assert "justice/justice_lawyer" in served.assets()
    house = open_house(Settings(home=own_city))
    with house.transaction() as db:
        resources.retire(db, resources.get(db, "justice_lawyer"))
    house.database.dispose()
    until(lambda: "justice/justice_lawyer" not in served.assets())


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_stopping_the_served_installation_ends_every_process(own_city: Path, number: signal.Signals) -> None:
    ports = [free_port(), free_port()]
    arguments = ["serve", "--with-dagster", "--workers", "1", "--port", str(ports[0]), "--dagster-port", str(ports[1])]
    process = subprocess.Popen(
        [Path(sys.executable).with_name("sixbase"), *arguments],
        env={**os.environ, "SIXBASE_HOME": str(own_city)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    until(lambda: all(answers(port) for port in ports))
    process.send_signal(number)
    process.wait(timeout=60)
    assert not any(answers(port) for port in ports)
    assert processes_of(own_city) == []


def test_what_was_started_behind_a_shell_hears_that_it_must_end(store: Store) -> None:
    deaf = "import signal; raise SystemExit(signal.getsignal(signal.SIGINT) is signal.SIG_IGN)"
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        program = _started(store, dict(os.environ), Path(sys.executable), "-c", deaf)
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
    assert program.wait(timeout=30) == 0


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def processes_of(home: Path) -> list[int]:
    """Processes whose environment names the home; this one's does not."""
    wanted = f"SIXBASE_HOME={home}".encode()
    found = []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        with contextlib.suppress(OSError):
            if wanted in entry.read_bytes().split(b"\0"):
                found.append(int(entry.parent.name))
    return found
