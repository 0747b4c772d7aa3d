"""The exchange as an ASGI app; importing this opens nothing."""

from __future__ import annotations

import asyncio
import gc
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

from fastapi import FastAPI
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from api import charts, documents, increments, limits, logs, pages, problems, visits
from api.house import Clock, Exchange, open_exchange, system_clock
from api.loads import EvenLoad, Loads
from api.routers import (
    acceptance,
    catalogs,
    clients,
    corrections,
    credit_reports,
    deliveries,
    demands,
    exchange,
    extracts,
    feed,
    grants,
    health,
    identities,
    licences,
    life,
    notices,
    oauth,
    open_data,
    orders,
    own_rules,
    people,
    receipts,
    resources,
    scorecards,
    sharing,
    signin,
    sources,
    spills,
    todos,
    whole,
)
from catalog import drafts, revisions, sent_forms, uploads
from catalog import extracts as stored_extracts
from catalog.receipts import seal
from catalog.settings import Settings

# routes are tried one by one, so the busiest come first
ROUTERS = (
    exchange,
    whole,
    credit_reports,
    licences,
    extracts,
    health,
    oauth,
    resources,
    *pages.FRONT,
    catalogs,
    life,
    notices,
    feed,
    open_data,
    deliveries,
    own_rules,
    sharing,
    spills,
    grants,
    demands,
    sources,
    todos,
    orders,
    corrections,
    identities,
    scorecards,
    acceptance,
    receipts,
)
PEOPLE = (signin, people, clients)
HOUSEKEEPING = timedelta(minutes=1)
MARKED_DAYS = timedelta(days=30)
DRAFT_AGE = timedelta(days=1)
# a browser may keep a page with its form for very long; whoever sends it then means another thing
FORM_AGE = timedelta(days=30)


def create_app(settings: Settings | None = None, clock: Clock = system_clock, log: logs.Write | None = None) -> FastAPI:
    """The app on the installation that the settings name.

    clock: the one clock of every route. log: takes each line of the access log; standard output by default.
    """
    house = open_exchange(settings or Settings(), clock)
    app = FastAPI(
        title="sixbase 六库",
        summary="城市数据共享交换平台",
        version="1",
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        responses=documents.PROBLEMS,
    )
    app.state.exchange = house
    for part in (*ROUTERS, *PEOPLE):
        app.include_router(part.router)
    problems.install(app)
    visits.install(app)
    documents.install(app)
    pages.install(app)
    app.add_middleware(limits.BodyLimit)
    app.state.loads = Loads(house.store.tmp / "loads")
    app.add_middleware(EvenLoad, loads=app.state.loads)
    app.add_middleware(logs.AccessLog, write=log or sys.stdout.write)
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    house: Exchange = app.state.exchange
    _spare_the_collector()
    housekeeping = asyncio.create_task(_keep_house(house))
    try:
        yield
    finally:
        housekeeping.cancel()
        with suppress(asyncio.CancelledError):
            await housekeeping
        app.state.loads.leave()
        await run_in_threadpool(_close, house)


def _spare_the_collector() -> None:
    """Keep what is loaded out of garbage collection, which would else stop the worker for a tenth of a second
    every few seconds."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 50, 100)


async def _keep_house(house: Exchange) -> None:
    """Read the search index and load what draws, then seal the receipts and delete the extracts of ended grants, again and again."""
    with suppress(SQLAlchemyError):
        await run_in_threadpool(_warm, house)
    await run_in_threadpool(charts.warm)
    while True:
        await asyncio.sleep(HOUSEKEEPING.total_seconds())
        await run_in_threadpool(tidy, house)


def _warm(house: Exchange) -> None:
    """Spare the first who searches the reading of the index."""
    with house.transaction() as db:
        house.library.refresh(db)


def _close(house: Exchange) -> None:
    with suppress(SQLAlchemyError), house.transaction() as db:
        house.uses.write(db)
    house.close()


def tidy(house: Exchange) -> None:
    """One round of housekeeping; any worker may do it."""
    seal(house.store, house.clock())
    with house.transaction() as db:
        house.uses.write(db)
        stored_extracts.sweep(db, house.store, now=house.clock())
        stored_extracts.sweep_open(db, house.store, now=house.clock(), today=house.today)
        sent_forms.sweep(db, before=house.clock() - FORM_AGE)
        revisions.apply_due(db, now=house.clock(), today=house.today, zone=house.settings.zone)
    uploads.sweep(house.store, keep=house.today - MARKED_DAYS)
    increments.sweep(house, house.clock() - DRAFT_AGE)
    charts.sweep(house.charts, house.clock() - MARKED_DAYS)
    drafts.sweep(house.store, before=house.clock() - DRAFT_AGE)
