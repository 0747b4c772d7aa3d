"""The six bases, for who works on them: their written specifications."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from commands.shell import out

app = typer.Typer()
bases_app = typer.Typer(no_args_is_help=True, help="The six bases: write their specifications.")
app.add_typer(bases_app, name="bases")


@bases_app.command("docs")
def docs(folder: Annotated[Path, typer.Argument(help="where the pages go")] = Path("docs/bases")) -> None:
    """Write a page per base out of its spec, in Chinese and English, and what the register must know of them."""
    from basedb.booklets import booklet, called, roles
    from basedb.spec import base
    from catalog import base_roles
    from catalog.vocab import Base

    folder.mkdir(parents=True, exist_ok=True)
    for name in Base:
        (folder / f"{name}.md").write_text(booklet(base(name)), "utf-8")
    base_roles.ROLES.write_text(roles(map(base, Base)), "utf-8")
    base_roles.CALLED.write_text(called(map(base, Base)), "utf-8")
    out.print(f"{len(Base)} pages in {folder}")


@bases_app.command("list")
def bases_list() -> None:
    """The bases with their tables."""
    from basedb.spec import base
    from catalog.vocab import Base
    from commands.shell import table

    rows = [(name.value, each.name, each.title, len(each.columns)) for name in Base for each in base(name).spec.TABLES]
    table(("base", "table", "title", "columns"), rows)
