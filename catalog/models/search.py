"""The search index: one row per resource, kept in the transaction that changes the resource."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, Text, true
from sqlalchemy.orm import Mapped, mapped_column

from catalog.models.base import Model, term_column
from catalog.vocab import DeliveryState, FormatClass, ResourceState, ShareType, UpdateCycle


class SearchEntry(Model):
    """What search knows of a resource; texts are folded (`catalog.wording.fold`).

    initials, spelling: pinyin of the name. titles: of the items, one a line. bases: that it belongs to or feeds,
    one a line. release_id: the one in force. as_of: the last day that its data speak of. stamp: the change of the index
    that wrote the row.

    title: the name as it is written. is_own: a department's, no table of a base. newest_*: of its last delivery by
    period and sequence; checked_*: of the last that was checked. These and what lists of all resources filter by stand
    in one index, which answers them alone, department by department; what is late in another, by cycle. newest_share: of its rows those that are good.
    came_period: the newest for which a delivery counts.
    """

    __tablename__ = "search_entry"
    __table_args__ = (
        Index(
            "ix_search_entry_lists",
            *("is_own", "provider_id", "state", "update_cycle", "newest_state", "lead_days"),
            *("newest_period", "newest_id", "newest_share", "newest_received_at", "slug", "title", "resource_id"),
            *("checked_id", "checked_state", "checked_rows", "checked_good"),
        ),
        Index(
            "ix_search_entry_late",
            *("is_own", "state", "update_cycle", "lead_days", "provider_id"),
            *("came_period", "slug", "title", "resource_id"),
        ),
    )

    resource_id: Mapped[str] = mapped_column(ForeignKey("resource.id", ondelete="CASCADE"), primary_key=True)
    stamp: Mapped[int] = mapped_column(index=True)
    slug: Mapped[str] = mapped_column(String(64))
    code: Mapped[str] = mapped_column(String(64))
    name: Mapped[str] = mapped_column(Text)
    initials: Mapped[str] = mapped_column(Text)
    spelling: Mapped[str] = mapped_column(Text)
    titles: Mapped[str] = mapped_column(Text)
    abstract: Mapped[str] = mapped_column(Text)
    state: Mapped[ResourceState] = mapped_column(term_column(ResourceState))
    provider_id: Mapped[str] = mapped_column(String(20))
    share_type: Mapped[ShareType] = mapped_column(term_column(ShareType))
    format_class: Mapped[FormatClass] = mapped_column(term_column(FormatClass))
    update_cycle: Mapped[UpdateCycle] = mapped_column(term_column(UpdateCycle))
    lead_days: Mapped[int | None]
    bases: Mapped[str] = mapped_column(String(200))
    release_id: Mapped[str | None] = mapped_column(String(40))
    as_of: Mapped[date | None]
    share_passed: Mapped[float | None]
    title: Mapped[str] = mapped_column(String(200), default="", server_default="")
    is_own: Mapped[bool] = mapped_column(default=True, server_default=true())
    newest_id: Mapped[str | None] = mapped_column(String(20))
    newest_period: Mapped[str | None] = mapped_column(String(12))
    newest_state: Mapped[DeliveryState | None] = mapped_column(term_column(DeliveryState))
    newest_received_at: Mapped[datetime | None]
    newest_share: Mapped[float | None]
    came_period: Mapped[str | None] = mapped_column(String(12))
    checked_id: Mapped[str | None] = mapped_column(String(20))
    checked_state: Mapped[DeliveryState | None] = mapped_column(term_column(DeliveryState))
    checked_rows: Mapped[int | None]
    checked_good: Mapped[int | None]


class SearchStamp(Model):
    """One row that counts the changes of the index; whoever changes the index holds it until the commit."""

    __tablename__ = "search_stamp"

    id: Mapped[int] = mapped_column(primary_key=True)
    value: Mapped[int] = mapped_column(default=0)
