"""Indexes for the pages that everybody opens: a department's own entries, demands and notices by what they wait for.

Revision ID: 0013
Revises: 0012
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_ADDED = {
    "ix_resource_provider_id_state_id": ("resource", ["provider_id", "state", "id"]),
    "ix_demand_assigned_id_state": ("demand", ["assigned_id", "state"]),
    "ix_notice_department_id_read_at": ("notice", ["department_id", "read_at"]),
}
# each is the beginning of a new one
_DROPPED = {
    "ix_resource_provider_id": ("resource", ["provider_id"]),
    "ix_demand_assigned_id": ("demand", ["assigned_id"]),
    "ix_notice_department_id": ("notice", ["department_id"]),
}


def upgrade() -> None:
    for name, (table, columns) in _ADDED.items():
        op.create_index(name, table, columns)
    for name, (table, _) in _DROPPED.items():
        op.drop_index(name, table)


def downgrade() -> None:
    for name, (table, columns) in _DROPPED.items():
        op.create_index(name, table, columns)
    for name, (table, _) in _ADDED.items():
        op.drop_index(name, table)
