"""Lists of all resources and deliveries: sorted by the newest delivery, counted department by department.

Revision ID: 0016
Revises: 0015
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_BEFORE = (
    *("is_own", "state", "update_cycle", "lead_days", "provider_id"),
    *("newest_period", "newest_id", "newest_state", "slug", "title", "resource_id"),
    *("checked_id", "checked_state", "checked_rows", "checked_good"),
)
_NOW = (
    *("is_own", "provider_id", "state", "update_cycle", "newest_state", "lead_days"),
    *("newest_period", "newest_id", "newest_share", "newest_received_at", "slug", "title", "resource_id"),
    *("checked_id", "checked_state", "checked_rows", "checked_good"),
)
_LATE = (
    *("is_own", "state", "update_cycle", "lead_days", "provider_id"),
    *("newest_period", "slug", "title", "resource_id"),
)
_OF_NEWEST = "(select {} from delivery d where d.id = search_entry.newest_id)"
_SHARE = _OF_NEWEST.format("cast(d.good as double precision) / nullif(d.rows, 0)")
_RECEIVED_AT = _OF_NEWEST.format("d.received_at")


def upgrade() -> None:
    op.add_column("search_entry", sa.Column("newest_received_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("search_entry", sa.Column("newest_share", sa.Double(), nullable=True))
    op.execute(f"update search_entry set newest_received_at = {_RECEIVED_AT}, newest_share = {_SHARE}")
    op.drop_index("ix_search_entry_lists", "search_entry")
    op.create_index("ix_search_entry_lists", "search_entry", list(_NOW))
    op.create_index("ix_search_entry_late", "search_entry", list(_LATE))
    op.drop_index("ix_search_entry_provider_id_is_own", "search_entry")
    op.create_index("ix_resource_unit", "resource", ["unit"])
    op.create_index("ix_delivery_received_at", "delivery", ["received_at"])


def downgrade() -> None:
    op.drop_index("ix_delivery_received_at", "delivery")
    op.drop_index("ix_resource_unit", "resource")
    op.create_index("ix_search_entry_provider_id_is_own", "search_entry", ["provider_id", "is_own"])
    op.drop_index("ix_search_entry_late", "search_entry")
    op.drop_index("ix_search_entry_lists", "search_entry")
    op.create_index("ix_search_entry_lists", "search_entry", list(_BEFORE))
    with op.batch_alter_table("search_entry") as table:
        table.drop_column("newest_share")
        table.drop_column("newest_received_at")
