"""The newest period for which a delivery counts, for the list of what is late.

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

_WHERE = ("is_own", "state", "update_cycle", "lead_days", "provider_id")
_REST = ("slug", "title", "resource_id")
_CAME = "select max(d.period) from delivery d where d.resource_id = search_entry.resource_id and d.state <> 'returned'"


def upgrade() -> None:
    op.add_column("search_entry", sa.Column("came_period", sa.String(12), nullable=True))
    op.execute(f"update search_entry set came_period = ({_CAME})")
    op.drop_index("ix_search_entry_late", "search_entry")
    op.create_index("ix_search_entry_late", "search_entry", [*_WHERE, "came_period", *_REST])


def downgrade() -> None:
    op.drop_index("ix_search_entry_late", "search_entry")
    op.create_index("ix_search_entry_late", "search_entry", [*_WHERE, "newest_period", *_REST])
    with op.batch_alter_table("search_entry") as table:
        table.drop_column("came_period")
