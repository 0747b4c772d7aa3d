"""the index of resources knows each one's newest delivery, for lists of all resources

Revision ID: 0011
Revises: 0010
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_LISTED = (
    *("is_own", "state", "update_cycle", "lead_days", "provider_id"),
    *("newest_period", "newest_id", "newest_state", "slug", "title", "resource_id"),
    *("checked_id", "checked_state", "checked_rows", "checked_good"),
)
_NEWEST = (
    "(select {} from delivery d where d.resource_id = search_entry.resource_id "
    "order by d.period desc, d.sequence desc limit 1)"
)
_CHECKED = _NEWEST.replace(" order by", " and d.settled_at is not null order by")
_FROM_DELIVERIES = {
    **{f"newest_{name}": _NEWEST.format(f"d.{name}") for name in ("id", "period", "state")},
    **{f"checked_{name}": _CHECKED.format(f"d.{name}") for name in ("id", "state", "rows", "good")},
}
_OF_RESOURCE = "(select {} from resource r where r.id = search_entry.resource_id)"


def upgrade() -> None:
    op.add_column("search_entry", sa.Column("title", sa.String(200), nullable=False, server_default=""))
    op.add_column("search_entry", sa.Column("is_own", sa.Boolean(), nullable=False, server_default=sa.true()))
    op.add_column("search_entry", sa.Column("newest_id", sa.String(20), nullable=True))
    op.add_column("search_entry", sa.Column("newest_period", sa.String(12), nullable=True))
    op.add_column("search_entry", sa.Column("newest_state", sa.String(24), nullable=True))
    op.add_column("search_entry", sa.Column("checked_id", sa.String(20), nullable=True))
    op.add_column("search_entry", sa.Column("checked_state", sa.String(24), nullable=True))
    op.add_column("search_entry", sa.Column("checked_rows", sa.Integer(), nullable=True))
    op.add_column("search_entry", sa.Column("checked_good", sa.Integer(), nullable=True))
    made = ", ".join(f"{name} = {query}" for name, query in _FROM_DELIVERIES.items())
    op.execute(
        f"update search_entry set title = {_OF_RESOURCE.format('r.name')}, "
        f"is_own = {_OF_RESOURCE.format('r.unit = r.slug')}, {made}"
    )
    op.create_index("ix_search_entry_lists", "search_entry", list(_LISTED))
    op.create_index("ix_search_entry_provider_id_is_own", "search_entry", ["provider_id", "is_own"])


def downgrade() -> None:
    op.drop_index("ix_search_entry_provider_id_is_own", "search_entry")
    op.drop_index("ix_search_entry_lists", "search_entry")
    with op.batch_alter_table("search_entry") as table:
        for name in ("title", "is_own", *_FROM_DELIVERIES):
            table.drop_column(name)
