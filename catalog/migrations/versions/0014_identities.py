"""decisions on who is the same, and on whose a statement without an identifier is

Revision ID: 0014
Revises: 0013
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create("identity_decision", "kind", *_identity())
    _create("linkage_decision", "statement_key", *_linkage())


def _create(table: str, indexed: str, *columns: sa.Column[object]) -> None:
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        *columns,
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("department_id", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=f"fk_{table}_department_id_department"),
        sa.PrimaryKeyConstraint("id", name=f"pk_{table}"),
    )
    op.create_index(f"ix_{table}_{indexed}", table, [indexed])


def _identity() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("is_same", sa.Boolean(), nullable=False),
        sa.Column("kept", sa.Text(), nullable=False),
        sa.Column("other", sa.Text(), nullable=False),
        sa.Column("kept_key", sa.String(length=20), nullable=False),
        sa.Column("other_key", sa.String(length=20), nullable=False),
        sa.Column("evidence", sa.Text(), nullable=False),
    )


def _linkage() -> tuple[sa.Column[object], ...]:
    return (
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("statement_key", sa.String(length=20), nullable=False),
        sa.Column("record_key", sa.String(length=20), nullable=True),
    )


def downgrade() -> None:
    op.drop_table("linkage_decision")
    op.drop_table("identity_decision")
