"""Errors that a person can act on. Standard library only; `api/main.py` maps them to status codes."""

from __future__ import annotations

from typing import Any, ClassVar


class PlatformError(Exception):
    """What went wrong and the way out.

    code: stable, for programs. fault: whose it is: `caller`, `provider` or `exchange`.
    """

    code: ClassVar[str] = "platform_error"
    fault: ClassVar[str] = "exchange"

    def __init__(self, message: str, *, remedy: str = "", **facts: Any) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
        self.facts = facts


class NotFound(PlatformError):
    """Nothing of that name, or nothing that the caller may know of."""

    code, fault = "not_found", "caller"


class Invalid(PlatformError):
    """The caller sent something the rules do not allow; `facts` names where."""

    code, fault = "invalid", "caller"


class Conflict(PlatformError):
    """The thing is no longer as the caller thinks."""

    code, fault = "conflict", "caller"


class NotSignedIn(PlatformError):
    code, fault = "not_signed_in", "caller"


class TooOften(PlatformError):
    """An address asks more often than everybody may; `facts['seconds']` says how long to wait."""

    code, fault = "too_often", "caller"


class LockedOut(PlatformError):
    """Too many failed sign-ins; `facts['seconds']` says how long to wait."""

    code, fault = "locked_out", "caller"


class NotAllowed(PlatformError):
    """The caller's role may not do this."""

    code, fault = "not_allowed", "caller"


class NotGranted(PlatformError):
    """No grant of the caller's department covers this read."""

    code, fault = "not_granted", "caller"


class Suppressed(PlatformError):
    """The record exists but may not be shown."""

    code, fault = "suppressed", "provider"


class ReleaseExpired(PlatformError):
    code, fault = "release_expired", "exchange"


class NoRelease(PlatformError):
    """The resource has no published release yet."""

    code, fault = "no_release", "provider"


class TooMuch(PlatformError):
    """A quota or a size limit of the exchange is reached."""

    code, fault = "too_much", "caller"


class NoEvidence(PlatformError):
    """The receipt of an answer cannot be made durable, so the answer is not given."""

    code, fault = "no_evidence", "exchange"


class WorkbookRefused(PlatformError):
    """A catalog workbook has faults; `facts['faults']` lists each by sheet, row, column, rule."""

    code, fault = "workbook_refused", "caller"


class Unreadable(PlatformError):
    """A delivered file cannot be read as any known form."""

    code, fault = "unreadable", "provider"


class BuildFailed(PlatformError):
    """A model or check of a build failed; the last release stays in force."""

    code, fault = "build_failed", "exchange"


class Damaged(PlatformError):
    """Stored bytes, a release or a receipt chain no longer match their digests."""

    code, fault = "damaged", "exchange"


class Misconfigured(PlatformError):
    """A setting or the home folder is not usable."""

    code, fault = "misconfigured", "exchange"
