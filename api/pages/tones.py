"""The colour that a state is shown in; its word is always there too."""

from __future__ import annotations

from typing import Any

_TONES = {
    "good": frozenset(
        [
            "accepted",
            "granted",
            "published",
            "ready",
            "passed",
            "in_force",
            "living",
            "answered",
            "done",
            "active",
            "signed_in",
            "current",
            "excellent",
            "applied",
            "demand.state.met",
            "orders.state.closed",
            "correction.state.mended",
        ]
    ),
    "warn": frozenset(
        [
            "accepted_in_part",
            "held",
            "warn",
            "provisional",
            "soon",
            "asked",
            "submitted",
            "conflict",
            "waiting",
            "not_yet",
            "fair",
            "approved",
            "unread",
            "disputed",
            "orders.state.open",
            "orders.state.explained",
            "correction.state.asked",
        ]
    ),
    "bad": frozenset(
        [
            "returned",
            "refused",
            "not_ready",
            "failed",
            "overdue",
            "late",
            "revoked",
            "block_row",
            "block_delivery",
            "disabled",
            "locked",
            "poor",
            "demand.state.refused",
            "correction.state.refused",
        ]
    ),
    "busy": {"received", "checking", "draft", "planned", "normalise"},
}


_TONE_OF = {value: name for name, values in _TONES.items() for value in values}


def tone(value: Any) -> str:
    """good, warn, bad, busy, or plain for anything else."""
    return _TONE_OF.get(str(value), "plain")
