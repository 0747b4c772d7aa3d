"""What a candidate's profile must satisfy before it may be published: one predicate per rule, one row per table."""

from __future__ import annotations

RULES: dict[str, str] = {
    "RECORD_KEY_MISSING": "null_keys = 0",
    "RECORD_KEY_DUPLICATE": "duplicate_keys = 0",
    "REQUIRED_MISSING": "null_required = 0",
    "LINK_BROKEN": "orphans = 0",
    "TABLE_EMPTIED": "rows > 0 or previous_rows = 0",
}
