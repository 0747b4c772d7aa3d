"""Workbooks on their way into the register."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from api import uploads
from api.catalog_schemas import CatalogsOut, EnteredOut
from api.house import Exchange
from catalog import uploads as catalogs
from catalog.errors import Invalid
from catalog.models import Department
from catalog.roles import Action, Caller, may
from catalog.uploads import Book, Hand

MAX_FILES = 50
_REMEDY = "以 multipart/form-data 上传 1 至 50 个 .xlsx、.xls 或 .csv 文件"


@asynccontextmanager
async def received(request: Request, house: Exchange) -> AsyncIterator[list[Book]]:
    """The workbooks of a form, or the one of a raw body, gone when the block ends; raises Invalid when there is none."""
    if not request.headers.get("content-type", "").startswith("multipart/form-data"):
        async with uploads.received(request, house) as upload:
            yield [Book(upload.path, upload.filename)]
        return
    folder = house.store.tmp / f"catalogs-{secrets.token_hex(8)}"
    folder.mkdir(parents=True)
    try:
        yield await _books(request, folder)
    finally:
        await run_in_threadpool(shutil.rmtree, folder, True)


async def _books(request: Request, folder: Path) -> list[Book]:
    try:
        form = await request.form(max_files=MAX_FILES, max_fields=MAX_FILES)
    except HTTPException as error:
        if error.status_code == 413:
            raise
        raise Invalid("表单无法解析，或文件过多", remedy=_REMEDY) from error
    files = [value for _, value in form.multi_items() if isinstance(value, UploadFile)]
    if not files:
        raise Invalid("表单里没有文件", remedy=_REMEDY)
    try:
        return [await run_in_threadpool(_keep, file, folder / f"{n}.xlsx") for n, file in enumerate(files)]
    finally:
        with suppress(OSError):
            await form.close()


def _keep(file: UploadFile, path: Path) -> Book:
    with path.open("xb") as out:
        shutil.copyfileobj(file.file, out)
    return Book(path, uploads.plain_name(file.filename or ""))


def enter(house: Exchange, caller: Caller, books: list[Book], *, accept_fixes: bool, reason: str) -> CatalogsOut:
    """Enter the books together; what was refused is recorded before the refusal is told."""
    with house.transaction() as db:
        hand = Hand(db.get_one(Department, caller.department_id), caller.client_id, may(caller, Action.REGISTER, ""))
        done = catalogs.hand_in(
            db,
            house.store,
            books,
            hand,
            accept_fixes=accept_fixes,
            authority=house.settings.authority_slug,
            now=house.clock(),
            zone=house.settings.zone,
            reason=reason,
        )
    if done.error is not None:
        raise done.error
    told = [
        EnteredOut(
            upload=upload.id,
            file=upload.filename,
            department=entered.department,
            changed=list(entered.changed),
            revised=list(entered.revised),
            unchanged=list(entered.unchanged),
            fixes=upload.fixes,
        )
        for upload, entered in zip(done.uploads, done.entered, strict=True)
    ]
    return CatalogsOut(
        changed=[slug for book in told for slug in book.changed],
        revised=[slug for book in told for slug in book.revised],
        unchanged=[slug for book in told for slug in book.unchanged],
        books=told,
    )
