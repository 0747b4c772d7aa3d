"""What keeps the exchange from answering."""

from __future__ import annotations

import os
from collections.abc import Callable

from sqlalchemy.exc import SQLAlchemyError

from api.house import Exchange
from catalog.errors import PlatformError
from catalog.keys import Keys, Purpose
from catalog.register import require_migrated


def faults(house: Exchange) -> list[str]:
    """The names of the parts that are not usable; empty when the exchange is ready."""
    checks: dict[str, Callable[[Exchange], object]] = {
        "register": lambda h: require_migrated(h.database),
        "keys": lambda h: [Keys(h.store.keys).current(purpose) for purpose in Purpose],
        "receipts": _receipts,
        "disk": _disk,
    }
    return [name for name, check in checks.items() if not _holds(check, house)]


def _holds(check: Callable[[Exchange], object], house: Exchange) -> bool:
    try:
        check(house)
    except (PlatformError, SQLAlchemyError, OSError):
        return False
    return True


def _receipts(house: Exchange) -> None:
    if not os.access(house.store.receipts, os.W_OK | os.X_OK):
        raise PermissionError("receipts")


def _disk(house: Exchange) -> None:
    """Receipts must still fit, even where a build would no longer start."""
    if house.store.free_mb() < 10:
        raise OSError("disk is full")
