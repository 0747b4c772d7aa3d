"""How long steps take, told while they run."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Watch:
    """Seconds by step, in their order, and those of all processors; each end of a step is a line on standard error."""

    def __init__(self, title: str = "") -> None:
        self.seconds: dict[str, float] = {}
        self.cpu: dict[str, float] = {}
        self.title = title

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        started, worked = time.perf_counter(), time.process_time()
        yield
        taken, work = time.perf_counter() - started, time.process_time() - worked
        self.seconds[name] = round(self.seconds.get(name, 0) + taken, 3)
        self.cpu[name] = round(self.cpu.get(name, 0) + work, 3)
        sys.stderr.write(f"{self.title} {name} {taken:.1f} s, {work:.1f} s of processors\n".lstrip())
        sys.stderr.flush()
