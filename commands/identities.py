"""Who is the same, for operators: list what was decided, merge, split."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.shell import Home, opened, out, settings_of, table

app = typer.Typer()
identity_app = typer.Typer(no_args_is_help=True, help="Who is the same: list decisions, merge, split.")
app.add_typer(identity_app, name="identity")

Reason = Annotated[str, typer.Option(prompt=True, help="why; it is kept sealed")]
Evidence = Annotated[str, typer.Option(prompt=True, help="what proves it; it is kept sealed")]


@identity_app.command("list")
def identity_list(home: Home = None) -> None:
    """Every decision, the newest first; record keys only."""
    from catalog import identities

    with opened(home).transaction() as db:
        found = identities.listing().all(db)
        rows = [
            (
                d.id,
                d.kind,
                "same" if d.is_same else "different",
                d.kept_key,
                d.other_key,
                f"{d.at:%Y-%m-%d %H:%M}",
                d.by,
            )
            for d in found
        ]
    table(("decision", "kind", "what", "stays", "goes", "at (UTC)", "by"), rows)


@identity_app.command("merge")
def identity_merge(
    kind: Annotated[str, typer.Argument(help="person, legal_entity, address or licence")],
    kept: Annotated[str, typer.Option(prompt="identifier that stays", hide_input=True)],
    other: Annotated[str, typer.Option(prompt="identifier that goes", hide_input=True)],
    reason: Reason,
    evidence: Evidence,
    home: Home = None,
) -> None:
    """Two identifiers name one thing from the next build on."""
    from api import identifying
    from api.house import open_exchange

    house = open_exchange(settings_of(home))
    with house.transaction() as db:
        words = {"reason": reason, "evidence": evidence}
        made = identifying.merge(house, db, identifying.operator(db), kind=kind, kept=kept, other=other, **words)
        out.print(f"decision {made.id}; it holds from the next build on")
    house.close()


@identity_app.command("split")
def identity_split(decision: int, reason: Reason, evidence: Evidence, home: Home = None) -> None:
    """Take a wrong merge back; both keys live again from the next build on."""
    from api import identifying
    from api.house import open_exchange
    from catalog import identities

    house = open_exchange(settings_of(home))
    with house.transaction() as db:
        found = identities.get(db, decision)
        words = {"reason": reason, "evidence": evidence}
        made = identifying.split(house, db, identifying.operator(db), found, **words)
        out.print(f"decision {made.id}; it holds from the next build on")
    house.close()
