"""What stands beside an extract's file: which bytes, out of which releases, how good and by which rules."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api import bulk, present
from api.house import Exchange
from api.question import Question
from api.schemas import QualityOut
from catalog import build_findings, releases, resources, verdicts
from catalog.access import Access
from catalog.grants import BULK


class ReleaseUsed(BaseModel):
    """A release that the rows come from, or that the base was built from."""

    unit: str
    release_id: str


class DimensionOut(BaseModel):
    """The share of rows, between 0 and 1, in which no rule of the dimension finds a fault; exceptions count as right."""

    dimension: str
    label: str
    share: float


class ExtractManifest(BaseModel):
    """sha256, size, rows: of the file. columns: item -> how it is masked. rules: the version of the rules that judged.

    releases: the one that the rows were taken from, then those that it was built from; manifest_sha256: of the first's
    own manifest. quality: null where nothing was judged.
    """

    resource: str
    name: str
    file: str
    sha256: str
    size: int
    rows: int
    made_at: datetime
    grant: str
    grant_version: int
    columns: dict[str, str]
    releases: list[ReleaseUsed]
    manifest_sha256: str
    quality: QualityOut | None
    dimensions: list[DimensionOut]
    rules: str


async def describe(asked: Question, grant_id: str | None) -> Response:
    """The manifest of the extract under a grant; its receipt says that no record was read."""
    access = await asked.enter(BULK, grant_id)
    found = await run_in_threadpool(manifest, asked.exchange, access)
    return await asked.answer(access.view, found.model_dump(mode="json"), 0)


def manifest(house: Exchange, access: Access) -> ExtractManifest:
    """What describes the extract, which is made where it is not there yet."""
    made, view = bulk.made(house, access), access.view
    facts = house.store.manifest(access.unit, view.release_id)
    with house.transaction() as db:
        resource, release = resources.get(db, view.resource), releases.get(db, access.unit, view.release_id)
        standing = verdicts.standing(db, resource, release, house.today)
        wrong = None
        if resource.is_base_table:
            wrong = build_findings.wrong_rows(db, house.checks, release.unit, release.release_id, house.today)
        judged = verdicts.judged(db, resource, release, facts, wrong)
        return ExtractManifest(
            resource=resource.slug,
            name=resource.name,
            file=made.filename,
            **{name: getattr(made, name) for name in ("sha256", "size", "rows", "made_at", "grant_version")},
            grant=view.grant_id,
            columns=access.columns,
            releases=[
                ReleaseUsed(unit=access.unit, release_id=view.release_id),
                *(ReleaseUsed(unit=each["unit"], release_id=each["release_id"]) for each in facts["built_from"]),
            ],
            manifest_sha256=release.manifest_digest,
            quality=present.quality(standing),
            dimensions=_dimensions(judged) if standing else [],
            rules=judged.rules if standing else "",
        )


def _dimensions(judged: verdicts.Judged) -> list[DimensionOut]:
    return [DimensionOut(dimension=each, label=each.label, share=share) for each, share in judged.shares.items()]
