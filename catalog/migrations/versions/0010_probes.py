"""requests and grants that the acceptance check makes for itself, told apart

Revision ID: 0010
Revises: 0009
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

TABLES = ("sharing_request", "sharing_grant")


def upgrade() -> None:
    for name in TABLES:
        op.add_column(name, sa.Column("is_probe", sa.Boolean(), nullable=False, server_default=sa.false()))
    # who asks is the client that signed in, a name that nobody can give himself
    probes = "select id from sharing_request where asked_by = 'acceptance-probe'"
    yes = sa.true().compile(dialect=op.get_bind().dialect)
    op.execute(f"update sharing_grant set is_probe = {yes} where request_id in ({probes})")
    op.execute(f"update sharing_request set is_probe = {yes} where asked_by = 'acceptance-probe'")


def downgrade() -> None:
    for name in TABLES:
        with op.batch_alter_table(name) as table:
            table.drop_column("is_probe")
