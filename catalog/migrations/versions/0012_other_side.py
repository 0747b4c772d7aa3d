"""a finding names the other department that it concerns

Revision ID: 0012
Revises: 0011
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_KEY = "fk_finding_other_id_department"


def upgrade() -> None:
    with op.batch_alter_table("finding") as table:
        table.add_column(sa.Column("other_id", sa.String(length=20), nullable=True))
        table.create_foreign_key(_KEY, "department", ["other_id"], ["id"])
        table.create_index("ix_finding_other_id", ["other_id"], unique=False)


def downgrade() -> None:
    with op.batch_alter_table("finding") as table:
        table.drop_index("ix_finding_other_id")
        table.drop_constraint(_KEY, type_="foreignkey")
        table.drop_column("other_id")
