"""The command line: thin, and opens a door only when its command runs."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from catalog.errors import BuildFailed, PlatformError
from catalog.settings import Settings

if TYPE_CHECKING:
    from pipelines.house import House

app = typer.Typer(no_args_is_help=True, add_completion=False, help="sixbase (六库): a city's data platform.")
release_app = typer.Typer(no_args_is_help=True, help="Releases: list, show, roll back.")
delivery_app = typer.Typer(no_args_is_help=True, help="Deliveries: list, confirm what is held.")
app.add_typer(release_app, name="release")
app.add_typer(delivery_app, name="delivery")
official_app = typer.Typer(no_args_is_help=True, help="Officials: the first administrators, and a way back in.")
client_app = typer.Typer(no_args_is_help=True, help="API clients: add, change the secret, revoke.")
department_app = typer.Typer(no_args_is_help=True, help="Departments: the authority comes first.")
app.add_typer(department_app, name="department")
app.add_typer(official_app, name="official")
app.add_typer(client_app, name="client")
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


@app.command("sample-city")
def sample_city(
    target: Annotated[Path, typer.Option("--out", help="folder to write")],
    persons: Annotated[int, typer.Option(min=100)] = 20_000,
    seed: int = 1,
    as_of: AsOf = None,
) -> None:
    """Write what the departments of a made-up city would send; the same bytes for the same arguments."""
    from sample.city import generate

    day = day_of(as_of) or datetime.now(Settings().zone).date()
    with steps(silent=False) as tell:
        generate(persons, seed, day, target, progress=tell)


@app.command()
def init(home: Home = None) -> None:
    """Make an empty installation: folders, register, keys."""
    from pipelines.demo import initialise

    store = initialise(settings_of(home))
    out.print(f"home ready: {store.home}")


@app.command()
def register(
    workbooks: list[Path],
    publish: Annotated[bool, typer.Option("--publish", help="publish what is complete at once")] = False,
    home: Home = None,
) -> None:
    """Enter departments' catalog workbooks, all or none; begin with the authority's."""
    from pipelines.demo import register_workbooks

    changed = register_workbooks(opened(home), workbooks, by="command line", publish=publish)
    out.print(f"{len(changed)} resources new or changed")


@app.command()
def upgrade(home: Home = None) -> None:
    """Bring the register of an installation to this program's migrations."""
    from catalog.register import migrate
    from catalog.store import Store

    settings = settings_of(home)
    Store(settings.home.absolute()).require_format()
    migrate(settings.database_url)
    out.print("register is at the newest migration")


@app.command()
def demo(
    home: Home = None,
    persons: Annotated[int, typer.Option(min=100)] = 20_000,
    seed: int = 1,
    as_of: AsOf = None,
    as_json: Json = False,
) -> None:
    """The main job on a sample city: register, deliver, check, build, publish, share, accept."""
    with steps(silent=as_json) as tell:
        result = main_job(settings_of(home), persons, seed, day_of(as_of), tell)
    if as_json:
        print_json(result)
    else:
        show_summary(result)


def main_job(
    settings: Settings, persons: int, seed: int, as_of: date | None, tell: Callable[[str], None]
) -> dict[str, Any]:
    """All steps in order, each timed; the pipelines stand on the day `as_of`, the exchange on the real time."""
    from api.acceptance import accept_project
    from api.demo import share_demo
    from api.house import open_exchange
    from pipelines import demo as way
    from pipelines.house import clock_of, open_house
    from sample.city import generate

    timer = Timer(tell)
    store = way.initialise(settings)
    house = open_house(settings, clock_of(as_of, settings), tell)
    city = store.home / "sample"
    with timer("sample city"):
        shutil.rmtree(city, ignore_errors=True)
        generate(persons, seed, house.today, city, progress=tell)
    with timer("register"):
        way.register_workbooks(house, sorted((city / "catalogs").glob("*.xlsx")), by="demo", publish=True)
    with timer("deliver"):
        way.deliver_city(house, city)
    with timer("check, build, publish"):
        fail_on(way.run_city(house))
    exchange = open_exchange(settings)
    with timer("share"):
        shared = share_demo(exchange)
    exchange.close()
    with timer("accept"):
        reports = [accept_project(settings, code, as_of=house.today) for code in way.projects_to_accept(house)]
    return {
        **way.summary(house),
        "acceptance": {r["project"]: {"verdict": r["verdict"], "failed_items": r["failed_items"]} for r in reports},
        "seconds": timer.seconds,
        "demo": shared["demo"],
    }


def fail_on(failures: list[str]) -> None:
    """Raise BuildFailed when steps of a run failed; the last releases are still in force."""
    if failures:
        raise BuildFailed(
            "\n".join(failures), remedy="see the run in Dagster's web UI; mend the cause, then `sixbase run`"
        )


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


@app.command()
def serve(
    home: Home = None,
    host: str = "127.0.0.1",
    port: int = 8000,
    workers: Annotated[int | None, typer.Option(min=1, help="default: the setting, 2")] = None,
    with_dagster: Annotated[bool, typer.Option("--with-dagster", help="serve Dagster's web UI too")] = False,
    dagster_port: int = 3000,
) -> None:
    """Serve the exchange, and on wish Dagster's web UI, until interrupted."""
    from api.serve import serve as serve_exchange

    settings = settings_of(home)
    if with_dagster:
        from pipelines.serving import dagster_processes

        # uvicorn hands a signal on when it has ended; leaving by an exception lets Dagster's processes end too
        signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
        with dagster_processes(settings, dagster_port):
            show_addresses(settings, host, port, dagster_port)
            serve_exchange(settings, host, port, workers or settings.workers)
    else:
        serve_exchange(settings, host, port, workers or settings.workers)


@app.command()
def accept(
    project: str,
    home: Home = None,
    as_of: AsOf = None,
    url: Annotated[str, typer.Option(help="probe this running exchange instead of one in this process")] = "",
    as_json: Json = False,
) -> None:
    """Check whether a project meets the conditions of acceptance; exit status 0 only when it does."""
    from api.acceptance import accept_project

    report = accept_project(settings_of(home), project, as_of=day_of(as_of), url=url)
    if as_json:
        print_json(report)
    else:
        show_acceptance(report)
    raise typer.Exit(0 if report["verdict"] == "ready" else 1)


@app.command()
def pull(home: Home = None, as_of: AsOf = None) -> None:
    """Take the newest complete period out of the departments' front-end databases."""
    from pipelines.landing import pull as pull_all

    received, failed = pull_all(opened(home, as_of))
    out.print(f"{len(received)} deliveries")
    for line in failed:
        err.print(line)
    raise typer.Exit(1 if failed else 0)


@app.command()
def run(home: Home = None, as_of: AsOf = None) -> None:
    """Take in what lies in the watched folder, check it, build and publish the bases."""
    from pipelines.demo import run_city
    from pipelines.landing import collect

    house = opened(home, as_of)
    for line in collect(house)[1]:
        err.print(line)
    fail_on(run_city(house))


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
    from catalog import releases

    house = opened(home)
    with house.transaction() as db:
        moved = releases.roll_back(
            db,
            unit,
            release_id or None,
            now=house.clock(),
            by="steward",
            reason=reason,
            with_dependents=with_dependents,
        )
    table(("unit", "in force"), moved)


@app.command()
def prune(home: Home = None, dry_run: Annotated[bool, typer.Option("--dry-run")] = False) -> None:
    """Delete the files of releases that nothing needs any more."""
    from catalog import releases

    house = opened(home)
    with house.transaction() as db:
        gone = releases.prune(
            db,
            house.store,
            now=house.clock(),
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
        deliveries.confirm(db, deliveries.get(db, delivery_id))
    out.print("confirmed; the next run folds it in")


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
    from catalog import departments, people

    house = opened(home)
    with house.transaction() as db:
        where = departments.get(db, department)
        made, first = people.enter(db, None, login=login, name=name, department=where, now=house.clock())
        for each in role or []:
            people.give_post(
                db,
                None,
                made,
                department=where,
                role=people.role_of(each),
                valid_from=house.today,
                now=house.clock(),
            )
    print(f"{login}  {first}")


@official_app.command("password")
def official_password(login: str, home: Home = None) -> None:
    """A new first password for somebody who lost it."""
    from catalog import people

    house = opened(home)
    with house.transaction() as db:
        first = people.reset_password(db, None, people.get(db, login), now=house.clock())
    print(f"{login}  {first}")


@official_app.command("disable")
def official_disable(login: str, home: Home = None) -> None:
    """Shut an account; its sessions end at once."""
    from catalog import people

    house = opened(home)
    with house.transaction() as db:
        people.disable(db, None, people.get(db, login), now=house.clock(), today=house.today)
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
    from catalog import departments, people

    house = opened(home)
    with house.transaction() as db:
        official, where, wanted = people.get(db, login), departments.get(db, department), people.role_of(role)
        if end:
            post = people.post_in(official, where, wanted, house.today)
            people.end_post(db, None, post, on=house.today, now=house.clock(), today=house.today)
        else:
            people.give_post(
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


def show_summary(result: dict[str, Any]) -> None:
    """The demo's result for people."""
    out.print(
        f"departments {result['departments']}, resources {result['resources']}, findings {result['findings']['total']}"
    )
    table(("deliveries", ""), list(result["deliveries"].items()))
    bases = [
        (base, facts["release_id"], ", ".join(f"{name} {rows:,}" for name, rows in facts["tables"].items()))
        for base, facts in result["releases"].items()
    ]
    table(("base", "release", "rows"), bases)
    accepted = [(code, a["verdict"], ", ".join(a["failed_items"])) for code, a in result["acceptance"].items()]
    table(("project", "acceptance", "failed items"), accepted)
    table(("step", "seconds"), [(name, f"{seconds:.1f}") for name, seconds in result["seconds"].items()])


def show_acceptance(report: dict[str, Any]) -> None:
    """An acceptance report for people."""
    rows = [(i["state"], i["title"], i["resource"], i["reason"], i["article"]) for i in report["items"]]
    table(("", "item", "resource", "reason", "article"), rows)
    out.print(f"{report['project']}: {report['verdict_label']}  (report {report['digest'][:16]})")


def show_addresses(settings: Settings, host: str, port: int, dagster_port: int) -> None:
    """Where things are, who may sign in, and three calls to paste."""
    base = f"http://{host}:{port}"
    print(f"\nexchange          {base}/\nAPI documents     {base}/docs")
    print(f"Dagster's web UI  http://127.0.0.1:{dagster_port}/")
    demo_file = settings.home.absolute() / "demo.json"
    if not demo_file.exists():
        return
    facts = json.loads(demo_file.read_text("utf-8"))
    out.print("\ndemo clients (client_id  client_secret  department: roles)")
    for c in facts["clients"]:
        print(f"  {c['client_id']:<14} {c['client_secret']}  {c['department']}: {' '.join(c['roles'])}")
    if facts.get("people"):
        out.print(f"\ndemo people, who sign in at {base}/signin (login  password  department: role)")
    for p in facts.get("people", []):
        print(f"  {p['login']:<14} {p['password']}  {p['department']}: {' '.join(p['roles'])}")
    out.print("\nthree calls to paste")
    print("\n".join(example_calls(base, facts)), flush=True)


def example_calls(base: str, facts: dict[str, Any]) -> list[str]:
    """Three calls that a consumer can paste: sign in, one record by key, a look-up by identifier."""
    d = facts["demo"]
    data = f"{base}/v1/data/{d['resource']}"
    return [
        (
            f"TOKEN=$(curl -s {base}/oauth/token -d grant_type=client_credentials -d client_id={d['client_id']} "
            f"-d client_secret={d['client_secret']} | python3 -c 'import json,sys; print(json.load(sys.stdin)[\"access_token\"])')"
        ),
        f'curl -s -H "Authorization: Bearer $TOKEN" {data}/records/{d["record_key"]}',
        (
            f'curl -s -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" '
            f'-d \'{{"identifier": "{d["identifier"]}"}}\' {data}/lookup'
        ),
    ]


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
