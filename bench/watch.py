"""How long steps take, told while they run."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Watch:
    """Seconds by step, in their order; each end of a step is a line on standard error."""

    def __init__(self, title: str = "") -> None:
        self.seconds: dict[str, float] = {}
        self.title = title

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        started = time.perf_counter()
        yield
        taken = time.perf_counter() - started
        self.seconds[name] = round(self.seconds.get(name, 0) + taken, 3)
        sys.stderr.write(f"{self.title} {name} {taken:.1f} s\n".lstrip())
        sys.stderr.flush()
