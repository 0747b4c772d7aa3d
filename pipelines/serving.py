"""Dagster's processes beside the exchange: code server, web server, daemon; loopback only, for it has no sign-in."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

from catalog.errors import Misconfigured
from catalog.settings import Settings
from catalog.store import Store
from pipelines.definitions import LOCATION

_STARTUP_SECONDS = 90.0


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
    with ExitStack() as stack:
        code_server = ("code-server", "start", "-m", "pipelines.definitions", "--location-name", LOCATION)
        _start(stack, store, environment, programs / "dagster", *code_server, "-h", "127.0.0.1", "-p", str(code_port))
        _await_port(store, "dagster", code_port)
        _start(stack, store, environment, programs / "dagster-daemon", "run", "-w", str(workspace))
        address = ("-h", "127.0.0.1", "-p", str(port), "-w", str(workspace))
        _start(stack, store, environment, programs / "dagster-webserver", *address)
        _await_port(store, "dagster-webserver", port)
        yield


def _workspace(store: Store, code_port: int) -> Path:
    """The file that tells the web server and the daemon where the code is."""
    path = store.dagster / "workspace.yaml"
    path.write_text(
        f"load_from:\n  - grpc_server:\n      host: 127.0.0.1\n      port: {code_port}\n      location_name: {LOCATION}\n"
    )
    return path


def _start(stack: ExitStack, store: Store, environment: dict[str, str], program: Path, *arguments: str) -> None:
    """Start a program whose output goes to HOME/logs and that ends when the stack does."""
    log = stack.enter_context((store.logs / f"{program.name}.log").open("ab"))
    # a session of its own: the code server's own children end with it
    process = subprocess.Popen(
        [program, *arguments],
        env=environment,
        stdout=log,
        stderr=log,
        stdin=subprocess.DEVNULL,
        start_new_session=True,
    )
    stack.callback(_stop, process)


def _stop(process: subprocess.Popen[bytes]) -> None:
    """End a program and all it started, at the latest after 15 seconds."""
    _signal(process, signal.SIGTERM)
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=15)
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
