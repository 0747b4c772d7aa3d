"""Files of evidence on their way into the store, and out of it again as downloads that no browser runs."""

from __future__ import annotations

from urllib.parse import quote

from starlette.datastructures import UploadFile
from starlette.responses import FileResponse

from api.house import Exchange
from catalog.errors import NotFound
from catalog.explanations import Evidence, keep_evidence
from catalog.models import OrderExplanation


def kept(house: Exchange, file: UploadFile | None) -> Evidence | None:
    """A file that a form sent, in the store; None for a form that sent none."""
    if file is None:
        return None
    with file.file as content:
        return keep_evidence(house.store, content, file.filename) if file.filename else None


def answer(house: Exchange, found: OrderExplanation) -> FileResponse:
    """The file as a download; raises NotFound where there is none."""
    path = house.store.bytes_of(found.evidence_digest) if found.evidence_digest else None
    if path is None or not path.exists():
        raise NotFound("这份说明没有佐证材料", remedy="查看说明文字", explanation=found.id)
    headers = {
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(found.evidence_name, safe='')}",
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "no-store",
    }
    return FileResponse(path, media_type="application/octet-stream", headers=headers)
