"""What every command shares: its options, the installation it works on, and how it shows things."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from catalog.errors import BuildFailed
from catalog.settings import Settings

if TYPE_CHECKING:
    from pipelines.house import House

out = Console()
err = Console(stderr=True)

Home = Annotated[Path | None, typer.Option("--home", help="home folder; default SIXBASE_HOME, else ./var")]
AsOf = Annotated[datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="the day it is; default today")]
Json = Annotated[bool, typer.Option("--json", help="print JSON")]


def settings_of(home: Path | None) -> Settings:
    """The settings, at the home that was named; child processes see the same."""
    settings = Settings(home=home) if home else Settings()
    os.environ["SIXBASE_HOME"] = str(settings.home.absolute())
    return settings


def day_of(as_of: datetime | None) -> date | None:
    return as_of.date() if as_of else None


def opened(home: Path | None, as_of: datetime | None = None) -> House:
    """The installation at the home, with its clock."""
    from pipelines.house import clock_of, open_house

    settings = settings_of(home)
    return open_house(settings, clock_of(day_of(as_of), settings))


def print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


@contextmanager
def steps(*, silent: bool) -> Iterator[Callable[[str], None]]:
    """A progress display on standard error; `tell(text)` names the work that is going on or has ended."""
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

    with Progress(
        SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), console=err, disable=silent
    ) as bar:
        task = bar.add_task("starting", total=None)
        yield lambda text: bar.update(task, description=text)


def table(headings: tuple[str, ...], rows: list[Any]) -> None:
    shown = Table(*headings)
    for row in rows:
        shown.add_row(*("" if cell is None else str(cell) for cell in row))
    out.print(shown)


class Timer:
    """Seconds by step, in order."""

    def __init__(self, tell: Callable[[str], None]) -> None:
        self.seconds: dict[str, float] = {}
        self._tell = tell

    @contextmanager
    def __call__(self, step: str) -> Iterator[None]:
        self._tell(step)
        start = time.perf_counter()
        yield
        self.seconds[step] = round(time.perf_counter() - start, 2)


def fail_on(failures: list[str]) -> None:
    """Raise BuildFailed when steps of a run failed; the last releases are still in force."""
    if failures:
        raise BuildFailed(
            "\n".join(failures), remedy="see the run in Dagster's web UI; mend the cause, then `sixbase run`"
        )
