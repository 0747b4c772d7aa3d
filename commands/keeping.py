"""Looking after an installation: proof, keys, backup, and what is wrong with it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from catalog.errors import Invalid
from commands.shell import Home, Json, err, opened, out, print_json, settings_of, table

app = typer.Typer()
keys_app = typer.Typer(no_args_is_help=True, help="Keys: list, rotate.")
app.add_typer(keys_app, name="keys")
quality_app = typer.Typer(no_args_is_help=True, help="Quality: documents of suites and results.")
app.add_typer(quality_app, name="quality")

PassphraseFile = Annotated[
    Path | None,
    typer.Option("--passphrase-file", help="its first line; default SIXBASE_BACKUP_PASSPHRASE, else asked for"),
]


@app.command()
def verify(home: Home = None, as_json: Json = False) -> None:
    """Prove that bytes, releases and receipts are what was recorded; exit status 0 only when they are."""
    from dataclasses import asdict

    from catalog.verify import problems

    house = opened(home)
    with house.transaction() as db:
        found = problems(db, house.store)
    if as_json:
        print_json([asdict(p) for p in found])
    else:
        table(("subject", "problem"), [(p.subject, p.message) for p in found])
        out.print("everything matches" if not found else f"{len(found)} problems")
    raise typer.Exit(1 if found else 0)


@quality_app.command("docs")
def quality_docs(home: Home = None) -> None:
    """Build Great Expectations' Data Docs of every suite and kept result, for stewards; they hold counts, no value."""
    from quality.gx_store import build_docs

    out.print(f"open {build_docs(opened(home).store.home)}")


@keys_app.command("list")
def keys_list(home: Home = None) -> None:
    """The keys of an installation, without their secrets."""
    from catalog.keys import Purpose

    keys = opened(home).keys
    table(("purpose", "generation", "id"), [(p, k.generation, k.id) for p in Purpose for k in keys.generations(p)])


@keys_app.command("rotate")
def keys_rotate(
    purpose: Annotated[list[str] | None, typer.Option("--purpose", help="may be repeated; default: all")] = None,
    at_once: Annotated[
        bool, typer.Option("--at-once", help="also end the tokens and cursors made under the last key")
    ] = False,
    home: Home = None,
) -> None:
    """Make new keys; running servers take them at once. What was made under older ones stays as `keys` says it does."""
    from catalog.keys import ROTATED, Purpose, require_rotatable
    from catalog.register import bump

    if unknown := set(purpose or ()) - set(Purpose):
        raise Invalid(f"没有密钥用途 {'、'.join(sorted(unknown))}", remedy=f"可用：{'、'.join(ROTATED)}")
    house = opened(home)
    wanted = [Purpose(each) for each in purpose] if purpose else ROTATED
    for each in wanted:
        require_rotatable(each)
    made = [house.keys.rotate(each) for each in wanted for _ in range(2 if at_once else 1)]
    with house.transaction() as db:
        bump(db, "keys")
    table(("purpose", "generation", "id"), [(key.purpose, key.generation, key.id) for key in made])


@app.command("backup")
def make_backup(
    to: Annotated[Path, typer.Option("--to", help="file to write; it must not exist")],
    with_bytes: Annotated[
        bool, typer.Option("--with-bytes", help="contain deliveries, releases and extracts too, not only refer to them")
    ] = False,
    passphrase_file: PassphraseFile = None,
    home: Home = None,
) -> None:
    """Save register, keys, key map, receipts and manifests in one file, encrypted; the installation may go on working."""
    from catalog.backup import backup

    house = opened(home)
    made = backup(
        house.database, house.store, to, passphrase_of(passphrase_file, ask=2), with_bytes=with_bytes, now=house.clock()
    )
    out.print(
        f"{sum(made.rows.values()):,} rows, {made.files:,} files, {made.references:,} by reference, {made.size:,} bytes"
    )


@app.command("restore")
def restore_backup(
    source: Annotated[Path, typer.Option("--from", exists=True, dir_okay=False, help="a file that backup wrote")],
    files_from: Annotated[
        Path | None, typer.Option("--files-from", help="a home, or a copy, with the files that it refers to")
    ] = None,
    passphrase_file: PassphraseFile = None,
    home: Home = None,
) -> None:
    """Make an installation out of a backup, in an empty home; exit status 1 when files are missing."""
    from catalog.restore import restore
    from pipelines.demo import initialise

    settings = settings_of(home)
    found = restore(
        source, passphrase_of(passphrase_file, ask=1), settings.home.absolute(), settings.register_url, files_from
    )
    initialise(settings)
    out.print(f"{found.rows:,} rows, {found.files:,} files restored")
    for path in found.missing:
        err.print(f"missing: {path}")
    raise typer.Exit(1 if found.missing else 0)


def passphrase_of(path: Path | None, ask: int) -> str:
    """The passphrase of a backup; asked for so many times where neither file nor environment has it."""
    if path is not None:
        return path.read_text("utf-8").partition("\n")[0]
    given = os.environ.get("SIXBASE_BACKUP_PASSPHRASE", "")
    return given or str(typer.prompt("passphrase", hide_input=True, confirmation_prompt=ask > 1))


@app.command()
def doctor(home: Home = None) -> None:
    """Say what is wrong with this installation, and how to mend it."""
    from pipelines.doctor import examine

    found = examine(settings_of(home))
    table(
        ("", "what", "finding", "way out"),
        [("ok" if f.is_fine else "!!", f.subject, f.finding, f.remedy) for f in found],
    )
    raise typer.Exit(0 if all(f.is_fine for f in found) else 1)
