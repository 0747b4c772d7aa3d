"""Dagster's processes beside the exchange: code server, web server, daemon; loopback only, for it has no sign-in."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from catalog.errors import Misconfigured
from catalog.settings import Settings
from catalog.store import Store
from pipelines.definitions import LOCATION

_STARTUP_SECONDS, _ENDING_SECONDS = 90.0, 15.0


@contextmanager
def dagster_processes(settings: Settings, port: int) -> Iterator[None]:
    """Dagster's web UI at 127.0.0.1:`port`, with its sensors and schedule running, until the block ends.

    Raises Misconfigured when a process does not come up; its log is under HOME/logs.
    """
    store = Store(settings.home.absolute())
    environment = {
        **os.environ,
        "DAGSTER_HOME": str(store.dagster),
        "SIXBASE_HOME": str(store.home),
        "SIXBASE_DAGSTER_URL": f"http://127.0.0.1:{port}",
    }
    code_port = _free_port()
    workspace = _workspace(store, code_port)
    programs = Path(sys.executable).parent
    with _ended_together() as started:

        def start(program: str, *arguments: str) -> None:
            started.append(_started(store, environment, programs / program, *arguments))

        code_server = ("code-server", "start", "-m", "pipelines.definitions", "--location-name", LOCATION)
        start("dagster", *code_server, "-h", "127.0.0.1", "-p", str(code_port))
        _await_port(store, "dagster", code_port)
        start("dagster-daemon", "run", "-w", str(workspace))
        start("dagster-webserver", "-h", "127.0.0.1", "-p", str(port), "-w", str(workspace))
        _await_port(store, "dagster-webserver", port)
        yield


def _workspace(store: Store, code_port: int) -> Path:
    """The file that tells the web server and the daemon where the code is."""
    path = store.dagster / "workspace.yaml"
    path.write_text(
        f"load_from:\n  - grpc_server:\n      host: 127.0.0.1\n      port: {code_port}\n      location_name: {LOCATION}\n"
    )
    return path


def _started(store: Store, environment: dict[str, str], program: Path, *arguments: str) -> subprocess.Popen[bytes]:
    """A program whose output goes to HOME/logs."""
    with (store.logs / f"{program.name}.log").open("ab") as log, _interrupts_heard():
        # a session of its own: the code server's own children end with it
        return subprocess.Popen(
            [program, *arguments],
            env=environment,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )


@contextmanager
def _interrupts_heard() -> Iterator[None]:
    """Programs that are started inside hear SIGINT, though a shell that put this one behind lets it be deaf to it:
    Dagster's code server ends by it."""
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        yield
        return
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _ended_together() -> Iterator[list[subprocess.Popen[bytes]]]:
    """Programs that end with the block, and all they started, at the latest after 15 seconds; who waits for one of
    them to end waits for all."""
    started: list[subprocess.Popen[bytes]] = []
    try:
        yield started
    finally:
        # those that ask the code server first
        for process in reversed(started):
            _signal(process, signal.SIGTERM)
        until = time.monotonic() + _ENDING_SECONDS
        for process in reversed(started):
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=max(0.0, until - time.monotonic()))
            _signal(process, signal.SIGKILL)
            process.wait()


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await_port(store: Store, program: str, port: int) -> None:
    deadline = time.monotonic() + _STARTUP_SECONDS
    while time.monotonic() < deadline:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise Misconfigured(
        f"{program} did not answer on port {port} within {_STARTUP_SECONDS:.0f} s",
        remedy=f"see {store.logs / program}.log; is the port taken?",
    )
