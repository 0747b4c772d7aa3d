"""Departments, officials and API clients: the first of an installation, and a way back in."""

from __future__ import annotations

from typing import Annotated

import typer

from commands.shell import Home, opened, out, table

app = typer.Typer()
department_app = typer.Typer(no_args_is_help=True, help="Departments: the authority comes first.")
official_app = typer.Typer(no_args_is_help=True, help="Officials: the first administrators, and a way back in.")
client_app = typer.Typer(no_args_is_help=True, help="API clients: add, change the secret, revoke.")
app.add_typer(department_app, name="department")
app.add_typer(official_app, name="official")
app.add_typer(client_app, name="client")


@department_app.command("add")
def department_add(
    slug: str,
    name: Annotated[str, typer.Option(help="official name")],
    credit_code: Annotated[str, typer.Option(help="unified social credit code")],
    division: Annotated[str, typer.Option(help="division code; default the city's")] = "",
    authority: Annotated[bool, typer.Option("--authority", help="it is the city's authority")] = False,
    home: Home = None,
) -> None:
    """Enter a department, or change what is known of it."""
    from catalog import departments

    house = opened(home)
    with house.transaction() as db:
        departments.enter(
            db,
            slug,
            name=name,
            credit_code=credit_code,
            division_code=division or house.settings.division_code,
            is_authority=authority,
            on=house.today,
        )
    out.print(f"{slug} is entered")


@official_app.command("add")
def official_add(
    login: str,
    name: Annotated[str, typer.Option(help="the person's name")],
    department: Annotated[str, typer.Option(help="slug of the department")],
    role: Annotated[list[str] | None, typer.Option(help="role held there from today; may be repeated")] = None,
    home: Home = None,
) -> None:
    """Enter an official; prints the first password, which must be changed at the first sign-in."""
    from catalog import accounts, departments, posts

    house = opened(home)
    with house.transaction() as db:
        where = departments.get(db, department)
        made, first = accounts.enter(db, None, login=login, name=name, department=where, now=house.clock())
        for each in role or []:
            posts.give_post(
                db,
                None,
                made,
                department=where,
                role=posts.role_of(each),
                valid_from=house.today,
                now=house.clock(),
            )
    print(f"{login}  {first}")


@official_app.command("password")
def official_password(login: str, home: Home = None) -> None:
    """A new first password for somebody who lost it."""
    from catalog import accounts, people

    house = opened(home)
    with house.transaction() as db:
        first = accounts.reset_password(db, None, people.get(db, login), now=house.clock())
    print(f"{login}  {first}")


@official_app.command("disable")
def official_disable(login: str, home: Home = None) -> None:
    """Shut an account; its sessions end at once."""
    from catalog import accounts, people

    house = opened(home)
    with house.transaction() as db:
        accounts.disable(db, None, people.get(db, login), now=house.clock(), today=house.today)
    out.print(f"{login} is disabled")


@official_app.command("post")
def official_post(
    login: str,
    department: str,
    role: str,
    end: Annotated[bool, typer.Option("--end", help="end the post today instead")] = False,
    home: Home = None,
) -> None:
    """Give an official a role in a department from today, or end it."""
    from catalog import departments, people, posts

    house = opened(home)
    with house.transaction() as db:
        official, where, wanted = people.get(db, login), departments.get(db, department), posts.role_of(role)
        if end:
            post = posts.post_in(official, where, wanted, house.today)
            posts.end_post(db, None, post, on=house.today, now=house.clock(), today=house.today)
        else:
            posts.give_post(
                db, None, official, department=where, role=wanted, valid_from=house.today, now=house.clock()
            )
        held = [(p.department.slug, p.role.value, p.valid_from, p.valid_to) for p in official.posts]
    table(("department", "role", "from", "until before"), held)


@client_app.command("add")
def client_add(
    client_id: str,
    name: Annotated[str, typer.Option(help="what program it is")],
    department: Annotated[str, typer.Option(help="slug of the department")],
    role: Annotated[list[str], typer.Option(help="what it may do; may be repeated")],
    home: Home = None,
) -> None:
    """Enter an API client; prints its secret, which is shown this once."""
    from catalog import client_admin, departments

    house = opened(home)
    with house.transaction() as db:
        where, now = departments.get(db, department), house.clock()
        made = client_admin.enter(db, None, client_id=client_id, name=name, department=where, now=now)
        client_admin.set_roles(db, None, made, role, now=now)
        secret = client_admin.add_secret(db, None, made, now=now)[1]
    print(f"{client_id}  {secret}")


@client_app.command("rotate")
def client_rotate(
    client_id: str,
    finish: Annotated[bool, typer.Option("--finish", help="revoke the older secret instead")] = False,
    home: Home = None,
) -> None:
    """A second secret beside the first; when the program uses it, `--finish` revokes the older one."""
    from catalog import client_admin, clients

    house = opened(home)
    with house.transaction() as db:
        found, now = clients.get(db, client_id), house.clock()
        if finish:
            for old in clients.living_secrets(found, now)[:-1]:
                client_admin.revoke_secret(db, None, found, old.id, now=now)
            out.print("the older secret is revoked")
        else:
            print(f"{client_id}  {client_admin.add_secret(db, None, found, now=now)[1]}")


@client_app.command("revoke")
def client_revoke(client_id: str, home: Home = None) -> None:
    """Shut a client out for good."""
    from catalog import client_admin, clients

    house = opened(home)
    with house.transaction() as db:
        client_admin.revoke(db, None, clients.get(db, client_id), now=house.clock())
    out.print(f"{client_id} is revoked")
