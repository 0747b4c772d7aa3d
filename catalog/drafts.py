"""Drafts (`*.part`) that killed writers left: each is a file or folder that never took its name."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from catalog.store import Store

# where our own writers draft; never the landing folders, whose `.part` files are under way from elsewhere
_PLACES = ("tmp", "tmp/charts", "keys", "extracts", "checked", "releases/*/*", "candidates/*/*", "marked")


def sweep(store: Store, *, before: datetime) -> int:
    """Delete the drafts that nobody has written to since a time; how many.

    A writer touches its draft as it goes, so that one of a day ago belongs to nobody.
    """
    left = [path for path in _drafts(store.home) if _touched(path) < before.timestamp()]
    for path in left:
        _remove(path)
    return len(left)


def _drafts(home: Path) -> Iterator[Path]:
    for place in _PLACES:
        yield from home.glob(f"{place}/*.part")


def _touched(path: Path) -> float:
    """When a draft was last written to; of a folder, anything in it. Now gone is just touched."""
    try:
        return max(each.lstat().st_mtime for each in (path, *path.rglob("*")))
    except FileNotFoundError:
        return float("inf")


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
