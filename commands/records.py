"""Releases and deliveries: list, show, put back, let in, delete what nothing needs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from commands.shell import Home, day_of, opened, out, print_json, table

app = typer.Typer()
release_app = typer.Typer(no_args_is_help=True, help="Releases: list, show, roll back.")
delivery_app = typer.Typer(no_args_is_help=True, help="Deliveries: list, confirm what is held.")
app.add_typer(release_app, name="release")
app.add_typer(delivery_app, name="delivery")


@release_app.command("list")
def release_list(
    unit: Annotated[str, typer.Argument(help="a base or a resource; default all")] = "", home: Home = None
) -> None:
    """Releases, newest first; the one in force is marked."""
    from catalog import releases

    house = opened(home)
    with house.transaction() as db:
        current = releases.current_ids(db)
        rows = [
            (
                r.unit,
                r.release_id,
                "*" if current.get(r.unit) == r.release_id else "",
                f"{r.created_at:%Y-%m-%d %H:%M}",
                sum(r.tables.values()),
            )
            for r in releases.listed(db, unit or None)
        ]
    table(("unit", "release", "in force", "created (UTC)", "rows"), rows)


@release_app.command("show")
def release_show(
    unit: str, release_id: Annotated[str, typer.Argument(help="default: the one in force")] = "", home: Home = None
) -> None:
    """The manifest of a release."""
    from catalog import releases

    house = opened(home)
    with house.transaction() as db:
        found = releases.get(db, unit, release_id) if release_id else releases.in_force(db, unit)
    print_json(house.store.manifest(found.unit, found.release_id))


@release_app.command("rollback")
def release_rollback(
    unit: str,
    reason: Annotated[str, typer.Option(prompt=True, help="why; it is kept")],
    release_id: Annotated[str, typer.Option("--to", help="default: the one in force before")] = "",
    with_dependents: Annotated[
        bool, typer.Option("--with-dependents", help="move the bases built from it too")
    ] = False,
    home: Home = None,
) -> None:
    """Put an earlier release in force again."""
    from catalog import rollbacks

    house = opened(home)
    with house.transaction() as db:
        moved = rollbacks.roll_back(
            db,
            unit,
            release_id or None,
            now=house.clock(),
            by="steward",
            reason=reason,
            with_dependents=with_dependents,
        )
    table(("unit", "in force"), moved)


@app.command("withhold")
def withhold_record(
    resource: str,
    record_key: str,
    reason: Annotated[str, typer.Option(help="why, in a few words and without any value")],
    since: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="default today")] = None,
    until: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="last day, default for good")] = None,
    home: Home = None,
) -> None:
    """Keep a record from every door and every release, with the rows and records that say the same."""
    from pipelines.withholding import Order, withhold

    house = opened(home)
    first = day_of(since) or house.today
    entered = withhold(house, resource, record_key, Order(reason, first, "command line", day_of(until)))
    table(("resource", "records"), list(entered.items()))


@app.command()
def prune(home: Home = None, dry_run: Annotated[bool, typer.Option("--dry-run")] = False) -> None:
    """Delete the files of releases that nothing needs any more."""
    from catalog import retention

    house = opened(home)
    with house.transaction() as db:
        gone = retention.prune(
            db,
            house.store,
            now=house.clock(),
            zone=house.settings.zone,
            keep_daily=house.settings.keep_daily,
            keep_month_ends=house.settings.keep_month_ends,
            dry_run=dry_run,
        )
        table(("unit", "release"), [(r.unit, r.release_id) for r in gone])


@delivery_app.command("list")
def delivery_list(resource: str, home: Home = None) -> None:
    """A resource's deliveries, newest first."""
    from catalog import deliveries, resources

    house = opened(home)
    with house.transaction() as db:
        history = deliveries.history(db, resources.get(db, resource))
        rows = [(d.id, d.period, d.sequence, d.state.value, d.rows, d.good, d.bad, d.held_reason) for d in history]
    table(("delivery", "period", "sequence", "state", "rows", "good", "bad", "held"), rows)


@delivery_app.command("confirm")
def delivery_confirm(delivery_id: str, home: Home = None) -> None:
    """Let a held delivery in after all."""
    from catalog import deliveries

    house = opened(home)
    with house.transaction() as db:
        found = deliveries.get(db, delivery_id)
        deliveries.confirm(db, found, house.checks, now=house.clock(), zone=house.settings.zone)
    out.print("confirmed; the next run folds it in")
