"""Quality for operators: orders, what the clocks do, the score of a year."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from commands.shell import AsOf, Home, Json, day_of, opened, print_json, table

app = typer.Typer()
order_app = typer.Typer(no_args_is_help=True, help="Quality orders: list, escalate what is overdue.")
app.add_typer(order_app, name="order")


@order_app.command("list")
def order_list(
    department: Annotated[str, typer.Argument(help="a department; default all")] = "",
    everything: Annotated[bool, typer.Option("--all", help="closed ones too")] = False,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Quality orders, open ones first, the soonest due first."""
    from catalog import departments, order_lists, order_states

    house = opened(home)
    with house.transaction() as db:
        owner = departments.get(db, department).id if department else None
        states = () if everything else order_states.LIVING
        found = order_lists.listing(owner, *states).all(db)
        names = ("order", "department", "resource", "rule", "count", "state", "due (UTC)", "times")
        rows = [
            (o.id, o.department.slug, o.resource.slug, o.rule, o.count, o.state, _moment(o.due_at), o.times)
            for o in found
        ]
    if as_json:
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        table(names, rows)


def _moment(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M}" if at else ""


@order_app.command("escalate")
def escalate(home: Home = None, as_of: AsOf = None) -> None:
    """Do now what the clocks do: remind of what is soon due, escalate what is overdue; twice changes nothing."""
    from pipelines.definitions import turn_clocks

    table(("what", "new"), list(turn_clocks(opened(home, as_of)).items()))


@app.command()
def scorecard(
    year: Annotated[int | None, typer.Option(help="default: the year that runs")] = None,
    home: Home = None,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """Every department's year: score, right rows, periods on time, orders mended in time."""
    from catalog import evaluation

    house = opened(home, as_of)
    wanted = year or (day_of(as_of) or house.today).year
    with house.transaction() as db:
        found = evaluation.evaluate(db, wanted, now=house.clock(), zone=house.settings.zone)
        names = ("department", "score", "share", "on time", "in time", "median days", "open", "overdue")
        rows = [
            (e.department.slug, _short(e.score), _short(e.year.share_passed), _short(e.year.share_on_time),
             _short(e.year.share_in_time), _short(e.year.median_days), e.year.open, e.year.overdue)
            for e in found
        ]  # fmt: skip
    if as_json:
        print_json([dict(zip(names, row, strict=True)) for row in rows])
    else:
        table(names, rows)


def _short(value: float | None) -> float | None:
    return None if value is None else round(value, 4)
