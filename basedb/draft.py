"""A file that appears whole or not at all, however many write it at once."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from basedb.manifest import sync


@contextmanager
def drafted(path: Path) -> Iterator[Path]:
    """A name of one's own beside the path to write to; the file takes the path, durably, when the block ends well.

    Who ends last wins. A block that fails leaves nothing; what a killed one leaves ends in `.part`.
    """
    draft = path.with_name(f"{path.name}.{secrets.token_hex(8)}.part")
    try:
        yield draft
        sync(draft)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    sync(path.parent)
