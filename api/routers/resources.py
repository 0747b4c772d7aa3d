"""The public directory: what there is, of what it consists, how fresh it is."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from api import finding, present, schemas
from api.deps import Db, House, Viewing, known_parameters
from catalog import directory, releases
from catalog.errors import NotFound
from catalog.facets import filters
from catalog.search import Question

router = APIRouter(prefix="/v1", tags=["catalog"], dependencies=[Depends(known_parameters)])


Values = Annotated[str, Query(max_length=500, description="one value or several, parted by commas")]


@router.get("/resources", response_model=schemas.ResourcePage)
async def search_resources(
    house: House,
    viewer: Viewing,
    q: Annotated[str, Query(max_length=100, description="words, all of which must occur; pinyin is understood")] = "",
    base: Values = "",
    department: Values = "",
    share_type: Values = "",
    format: Values = "",
    cycle: Values = "",
    freshness: Values = "",
    quality: Values = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 20,
    cursor: Annotated[str, Query(max_length=100)] = "",
) -> Response:
    """Resources that hold the words in name, item, abstract or code, the best fit first; without words, by slug.

    Published ones for everybody. With a token, those of the caller's department in every state; all of them for
    the authority's stewards.
    """
    chosen = filters(
        {
            "base": base,
            "department": department,
            "share_type": share_type,
            "format": format,
            "cycle": cycle,
            "freshness": freshness,
            "quality": quality,
        }
    )
    return await finding.answer(house, Question(q, chosen, viewer, cursor, limit))


@router.get("/resources/{slug}")
def read_resource(slug: str, db: Db, house: House) -> schemas.ResourceDetail:
    """A resource with its items, its release in force and its last delivery."""
    return present.resource_detail(db, directory.get(db, slug), house.today)


@router.get("/resources/{slug}/releases")
def list_resource_releases(slug: str, db: Db) -> list[schemas.ReleaseOut]:
    """The releases that hold a resource, newest first."""
    return _releases(db, directory.get(db, slug).resource.unit)


@router.get("/releases/{unit}")
def list_releases(unit: str, db: Db, house: House) -> list[schemas.ReleaseOut]:
    """The releases of a base or of a department's resource, newest first."""
    found = _releases(db, unit)
    if not found:
        raise NotFound(f"没有「{unit}」的数据版本", remedy="在 /v1/resources 中查找 unit")
    return found


def _releases(db: Db, unit: str) -> list[schemas.ReleaseOut]:
    current = releases.current_ids(db).get(unit)
    return [present.release(each, current) for each in releases.listed(db, unit)]
