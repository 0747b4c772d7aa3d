"""Catalogs as workbooks: the template, what is registered, what is handed in, what was wrong with it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api import marked
from api.catalog_schemas import CatalogsOut, UploadOut
from api.deps import GUARDED, Db, House, SignedIn
from api.problems import WORKBOOK_PROBLEMS
from api.texts import Language
from api.workbooks import enter, received
from catalog import departments, export, template, uploads
from catalog.errors import NotFound
from catalog.models import Department
from catalog.roles import Action, require

router = APIRouter(prefix="/v1/catalogs", tags=["authoring"], dependencies=GUARDED)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FILE = {"content": {XLSX: {"schema": {"type": "string", "format": "binary"}}}}
_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/octet-stream": {"schema": {"type": "string", "format": "binary"}},
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "properties": {"files": {"type": "array", "items": {"type": "string", "format": "binary"}}},
                }
            },
        },
    }
}


def _workbook(content: bytes, name: str) -> Response:
    return Response(content, media_type=XLSX, headers={"Content-Disposition": f'attachment; filename="{name}"'})


@router.post("", openapi_extra=_BODY, responses=WORKBOOK_PROBLEMS)
async def hand_in(
    request: Request,
    house: House,
    caller: SignedIn,
    accept_fixes: Annotated[bool, Query(description="take every proposed fix")] = False,
    reason: Annotated[str, Query(max_length=500, description="why the catalog changes")] = "目录工作簿导入",
) -> CatalogsOut:
    """Hand in one or many catalog workbooks: all are entered, or none with every fault and every proposed fix.

    A refused workbook lies at /v1/catalogs/faults/{upload}.xlsx with its faulty cells marked.
    """
    require(caller, Action.REGISTER)
    async with received(request, house) as books:
        return await run_in_threadpool(enter, house, caller, books, accept_fixes=accept_fixes, reason=reason)


@router.get("/template.xlsx", response_class=Response, responses={200: _FILE})
def read_template(db: Db, caller: SignedIn) -> Response:
    """The template, with the facts of the caller's department filled in."""
    require(caller, Action.READ_DRAFTS)
    return _workbook(template.template(db, db.get_one(Department, caller.department_id)), "template.xlsx")


@router.get("/uploads")
def list_uploads(db: Db, caller: SignedIn) -> list[UploadOut]:
    """The newest 50 workbooks that the caller's department handed in, and what was wrong with them."""
    require(caller, Action.READ_DRAFTS)
    return [UploadOut.model_validate(each) for each in uploads.of_department(db, caller.department_id)]


@router.get("/faults/{upload_id}.xlsx", response_class=Response, responses={200: _FILE})
def read_faults(upload_id: str, db: Db, house: House, caller: SignedIn, lang: Language = "zh") -> Response:
    """A refused workbook with its faulty cells coloured and commented, in Chinese or English."""
    found = uploads.get(db, upload_id)
    require(caller, Action.READ_DRAFTS, found.department_id)
    path = uploads.marked_file(house.store, found.id)
    if not path.exists():
        raise NotFound("这次上传没有标注件，或已过保存期", remedy="重新上传", upload=upload_id)
    content = path.read_bytes() if lang == "zh" else marked.in_english(path.read_bytes())
    return _workbook(content, f"faults-{found.id}.xlsx")


@router.get("/{department}.xlsx", response_class=Response, responses={200: _FILE})
def read_catalog(department: str, db: Db, caller: SignedIn) -> Response:
    """A department's catalog as a workbook that, handed in again, changes nothing."""
    found = departments.get(db, department)
    require(caller, Action.READ_DRAFTS, found.id)
    return _workbook(export.export(db, found), f"{found.slug}.xlsx")
