"""What stands on the pages of a PDF that Chromium printed."""

from __future__ import annotations

import re
import unicodedata
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
_FONT = re.compile(rb"/(F\d+) (\d+) 0 R")
_SHOWN = re.compile(rb"/(F\d+) [\d.]+ Tf|<([0-9a-fA-F]+)>|(ET)")
_BLOCK = re.compile(rb"begin(bfchar|bfrange)\n(.*?)end\1", re.DOTALL)
_HEX = re.compile(rb"<([0-9a-fA-F]+)>")


def texts(content: bytes) -> list[str]:
    """The text of each page, without blanks: a print sets words by place."""
    objects = {int(number): body for number, body in _OBJECT.findall(content)}
    pages = [body for body in objects.values() if re.search(rb"/Type /Page\b", body)]
    return [_page(objects, body) for body in pages]


def _page(objects: dict[int, bytes], page: bytes) -> str:
    fonts = {name: _unicode(objects, objects[int(number)]) for name, number in _FONT.findall(page)}
    found = re.search(rb"/Contents (\d+) 0 R", page)
    assert found
    text, known = "", dict[int, str]()
    for font, glyphs, _ in _SHOWN.findall(_stream(objects[int(found[1])])):
        known = fonts[font] if font else known
        text += "".join(known.get(int(glyphs[i : i + 4], 16), "") for i in range(0, len(glyphs), 4))
    return unicodedata.normalize("NFKC", re.sub(r"\s", "", text))


def _unicode(objects: dict[int, bytes], font: bytes) -> dict[int, str]:
    """Glyph -> its text."""
    found = re.search(rb"/ToUnicode (\d+) 0 R", font)
    known: dict[int, str] = {}
    for kind, block in _BLOCK.findall(_stream(objects[int(found[1])])) if found else ():
        for line in block.splitlines():
            values = _HEX.findall(line)
            first, last = int(values[0], 16), int(values[-2], 16) if kind == b"bfrange" else int(values[0], 16)
            start = bytes.fromhex(values[-1].decode()).decode("utf-16-be")
            known |= {each: start[:-1] + chr(ord(start[-1]) + each - first) for each in range(first, last + 1)}
    return known


def _stream(body: bytes) -> bytes:
    content = body[body.index(b"stream\n") + 7 : body.rindex(b"\nendstream")]
    return zlib.decompress(content) if b"/FlateDecode" in body else content
