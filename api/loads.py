"""Even work for the workers of one exchange.

Workers take connections from one socket, and whoever wakes first takes what waits there: of fifty connections one of
two workers may hold forty, whose people then wait twice as long as the others. A worker that has clearly more to answer
than another says so in memory that all share, and asks the client to connect anew.
"""

from __future__ import annotations

import fcntl
import mmap
import os
from pathlib import Path

from starlette.types import ASGIApp, Message, Receive, Scope, Send

MOST_WORKERS, SLACK = 64, 2
_PID, _OPEN, _WIDTH = 0, 1, 2
_CLOSE = (b"connection", b"close")


class Loads:
    """How many requests each worker of an installation is answering, in a file that all of them map."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        size = MOST_WORKERS * _WIDTH * 4
        with path.open("a+b") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.truncate(size)
            self._cells = memoryview(mmap.mmap(file.fileno(), size)).cast("i")
            self._mine = self._claim()
            # the map keeps the file open, and the lock with it
            fcntl.flock(file, fcntl.LOCK_UN)

    def _claim(self) -> int:
        """A free place, after those of workers that are gone were freed; the last is shared when there are too many."""
        places = range(0, len(self._cells), _WIDTH)
        for place in places:
            if not _is_alive(self._cells[place + _PID]):
                self._cells[place + _PID] = self._cells[place + _OPEN] = 0
        mine = next((place for place in places if not self._cells[place + _PID]), places[-1])
        self._cells[mine + _PID] = os.getpid()
        return mine

    def begin(self) -> None:
        self._cells[self._mine + _OPEN] += 1

    def end(self) -> None:
        self._cells[self._mine + _OPEN] -= 1

    @property
    def is_ahead(self) -> bool:
        """Whether this worker has more to do than another."""
        mine = self._cells[self._mine + _OPEN] - SLACK
        return mine > 0 and any(
            self._cells[place + _PID] and self._cells[place + _OPEN] < mine
            for place in range(0, len(self._cells), _WIDTH)
        )

    def leave(self) -> None:
        """Give the place back."""
        self._cells[self._mine + _PID] = self._cells[self._mine + _OPEN] = 0


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError as error:
        return isinstance(error, PermissionError)
    return True


class EvenLoad:
    """Middleware that sends a client elsewhere after its answer while this worker has more to do than another."""

    def __init__(self, app: ASGIApp, loads: Loads) -> None:
        self._app, self._loads = app, loads

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def tell(message: Message) -> None:
            if message["type"] == "http.response.start" and self._loads.is_ahead:
                message["headers"] = [*message.get("headers", ()), _CLOSE]
            await send(message)

        self._loads.begin()
        try:
            await self._app(scope, receive, tell)
        finally:
            self._loads.end()
