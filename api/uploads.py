"""Uploads on their way to the disk: a raw body, or the one file of a multipart form, never held in memory."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from api.house import Exchange
from catalog.errors import Invalid, TooMuch

_REMEDY = "以 multipart/form-data 的一个文件，或以原始内容加 X-Filename 头（百分号编码）报送"
_GATHER = 1 << 20
_MOST_FIELDS, _LONGEST_FIELD = 20, 2000


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that came in whole; fields: the short texts that a form sent beside it."""

    path: Path
    filename: str
    fields: dict[str, str] = field(default_factory=dict)


@asynccontextmanager
async def received(request: Request, house: Exchange) -> AsyncIterator[Upload]:
    """The upload, gone again when the block ends; raises Invalid for a form without exactly one file."""
    house.store.tmp.mkdir(parents=True, exist_ok=True)
    path = house.store.tmp / f"upload-{secrets.token_hex(8)}.part"
    try:
        with path.open("xb") as file:
            name, fields = await _receive(request, file, house.settings.max_upload_mb << 20)
        yield Upload(path, name, fields)
    finally:
        path.unlink(missing_ok=True)


async def _receive(request: Request, file: BinaryIO, limit: int) -> tuple[str, dict[str, str]]:
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    form = _Form(file) if kind == b"multipart/form-data" else None
    parser = form.parser(options.get(b"boundary", b"")) if form else None
    take = _forgiving(parser.write) if parser else file.write
    async for chunk in _gathered(request, limit):
        await run_in_threadpool(take, chunk)
    if form is None:
        return plain_name(unquote(request.headers.get("x-filename", ""))), {}
    assert parser is not None
    name = await run_in_threadpool(form.finish, parser)
    return name, {field: bytes(text).decode(errors="replace") for field, text in form.texts.items()}


def _forgiving(write: Callable[[bytes], int]) -> Callable[[bytes], int]:
    """The same, a form that is none being the caller's fault."""

    def take(chunk: bytes) -> int:
        try:
            return write(chunk)
        except FormParserError as error:
            raise Invalid("表单格式不正确", remedy=_REMEDY) from error

    return take


async def _gathered(request: Request, limit: int) -> AsyncIterator[bytes]:
    """The body in pieces of about 1 MiB, so that a thread is asked for seldom; raises TooMuch beyond the limit."""
    held, left = bytearray(), limit
    if int(request.headers.get("content-length", "0")) > limit:
        raise _too_much(limit)
    async for chunk in request.stream():
        left -= len(chunk)
        if left < 0:
            raise _too_much(limit)
        held += chunk
        if len(held) >= _GATHER:
            yield bytes(held)
            held.clear()
    if held:
        yield bytes(held)


def _too_much(limit: int) -> TooMuch:
    return TooMuch(f"文件超过上限 {limit >> 20} MB", remedy="拆分后按序号报送，或改用前置机目录")


@dataclass
class _Form:
    """Takes the one file out of a multipart form."""

    file: BinaryIO
    names: list[str] = field(default_factory=list)
    texts: dict[str, bytearray] = field(default_factory=dict)
    _header: bytearray = field(default_factory=bytearray)
    _value: bytearray = field(default_factory=bytearray)
    _headers: dict[bytes, bytes] = field(default_factory=dict)
    _is_file: bool = False
    _text: bytearray | None = None
    _ended: bool = False

    def parser(self, boundary: bytes) -> MultipartParser:
        if not boundary:
            raise Invalid("表单缺少 boundary", remedy=_REMEDY)
        return MultipartParser(
            boundary,
            {
                "on_part_begin": self._begin,
                "on_header_field": lambda data, start, end: self._header.extend(data[start:end]),
                "on_header_value": lambda data, start, end: self._value.extend(data[start:end]),
                "on_header_end": self._end_header,
                "on_headers_finished": self._start_part,
                "on_part_data": self._data,
                "on_end": self._end,
            },
        )

    def finish(self, parser: MultipartParser) -> str:
        parser.finalize()
        if not self._ended or len(self.names) != 1:
            raise Invalid("表单应恰有一个文件", remedy=_REMEDY, files=len(self.names))
        return self.names[0]

    def _begin(self) -> None:
        self._headers, self._is_file, self._text = {}, False, None

    def _end_header(self) -> None:
        self._headers[bytes(self._header).lower()] = bytes(self._value)
        self._header.clear()
        self._value.clear()

    def _start_part(self) -> None:
        _, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        if b"filename" in options:
            self.names.append(plain_name(options[b"filename"].decode(errors="replace")))
            self._is_file = len(self.names) == 1
        elif len(self.texts) < _MOST_FIELDS:
            self._text = self.texts.setdefault(options.get(b"name", b"").decode(errors="replace"), bytearray())

    def _data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self.file.write(data[start:end])
        elif self._text is not None:
            self._text += data[start : min(end, start + _LONGEST_FIELD - len(self._text))]

    def _end(self) -> None:
        self._ended = True


def plain_name(name: str) -> str:
    """A file name without folders and control characters."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(c for c in last if c.isprintable())[:200] or "upload"
