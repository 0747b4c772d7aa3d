"""Indexes for to-do lists among many resources: deliveries and findings by resource, publications by release.

Revision ID: 0007
Revises: 0006
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

# the unique period of a delivery begins with its resource, and the new ones of a finding with rule and department
_ADDED = {
    "ix_delivery_resource_id_state": ("delivery", ["resource_id", "state"]),
    "ix_delivery_resource_id_received_at": ("delivery", ["resource_id", "received_at"]),
    "ix_finding_rule_resource_id_period": ("finding", ["rule", "resource_id", "period"]),
    "ix_finding_department_id_rule": ("finding", ["department_id", "rule"]),
    "ix_publication_release_id": ("publication", ["release_id"]),
}
_DROPPED = {
    "ix_delivery_resource_id": ("delivery", ["resource_id"]),
    "ix_finding_rule": ("finding", ["rule"]),
    "ix_finding_department_id": ("finding", ["department_id"]),
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
