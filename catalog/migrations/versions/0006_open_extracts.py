"""extracts of what is open, under no grant"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("extract") as table:
        table.alter_column("grant_id", existing_type=sa.String(20), nullable=True)


def downgrade() -> None:
    """The files stay and are known no more; what is asked again is made again."""
    op.execute("delete from extract where grant_id is null")
    with op.batch_alter_table("extract") as table:
        table.alter_column("grant_id", existing_type=sa.String(20), nullable=False)
