"""The command line: thin, and opens a door only when its command runs."""

from __future__ import annotations

import typer
from rich.markup import escape

from catalog.errors import PlatformError
from commands import bases, identities, keeping, people, quality, records, work
from commands.shell import err

app = typer.Typer(no_args_is_help=True, add_completion=False, help="sixbase (六库): a city's data platform.")
for part in (work, records, bases, quality, identities, people, keeping):
    app.add_typer(part.app)


def main() -> None:
    """Run the command line; an error that a person can act on is said in words, not in a traceback."""
    try:
        app()
    except PlatformError as error:
        err.print(f"[red]{escape(error.message)}[/red]")
        for fault in error.facts.get("faults", ()):
            place = f"{fault['sheet']} 第 {fault['row']} 行 {fault['column']}"
            err.print(escape(f"  {place}：{fault['rule']}；{fault['remedy']}"))
        if error.remedy:
            err.print(escape(error.remedy))
        raise SystemExit(2) from None


if __name__ == "__main__":
    main()
