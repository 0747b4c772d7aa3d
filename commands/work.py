"""The main job and its parts: an installation, deliveries in, bases out, an exchange that answers."""

from __future__ import annotations

import json
import shutil
import signal
import sys
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from catalog.settings import Settings
from commands.shell import (
    AsOf,
    Home,
    Json,
    Timer,
    day_of,
    err,
    fail_on,
    opened,
    out,
    print_json,
    settings_of,
    steps,
    table,
)

app = typer.Typer()


@app.command("sample-city")
def sample_city(
    target: Annotated[Path, typer.Option("--out", help="folder to write")],
    persons: Annotated[int, typer.Option(min=100)] = 20_000,
    seed: int = 1,
    as_of: AsOf = None,
    clean: Annotated[bool, typer.Option("--clean", help="nobody sends anything wrong")] = False,
) -> None:
    """Write what the departments of a made-up city would send; the same bytes for the same arguments."""
    from sample.city import generate

    day = day_of(as_of) or datetime.now(Settings().zone).date()
    with steps(silent=False) as tell:
        generate(persons, seed, day, target, progress=tell, is_clean=clean)


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
    """Bring the register of an installation to this program's migrations, and the search index to the register."""
    from catalog.register import open_engine, transaction
    from catalog.search_index import rebuild
    from catalog.store import Store
    from pipelines.demo import initialise

    settings = settings_of(home)
    Store(settings.home.absolute()).require_format()
    initialise(settings)
    with transaction(open_engine(settings.database_url)) as db:
        mended = rebuild(db)
    out.print(f"register is at the newest migration; {mended} rows of the search index were mended")


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
