"""rows at fault by dimension, counted once however many findings they have

Revision ID: 0015
Revises: 0014
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# of deliveries checked before, findings stand for rows
_BEFORE = """
insert into wrong_rows (delivery_id, dimension, rows)
select f.delivery_id, f.dimension,
    case when sum(f.count - f.accepted) > max(d.rows) or max(case when f.outcome = 'block_delivery' then 1 else 0 end) = 1
        then max(d.rows) else sum(f.count - f.accepted) end
from finding f join delivery d on d.id = f.delivery_id
where f.outcome <> 'normalise' and d.rows is not null
group by f.delivery_id, f.dimension
"""


def upgrade() -> None:
    op.create_table(
        "wrong_rows",
        sa.Column("delivery_id", sa.String(length=20), nullable=False),
        sa.Column(
            "dimension",
            sa.Enum(
                *("normative", "complete", "accurate", "consistent", "timely", "accessible"),
                name="dimension",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["delivery_id"], ["delivery.id"], name=op.f("fk_wrong_rows_delivery_id_delivery")),
        sa.PrimaryKeyConstraint("delivery_id", "dimension", name=op.f("pk_wrong_rows")),
    )
    op.execute(_BEFORE)


def downgrade() -> None:
    op.drop_table("wrong_rows")
