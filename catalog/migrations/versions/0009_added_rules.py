"""Rules that a verifier added, their versions and trial runs; what deliveries were like as a whole.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

from catalog.models.base import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _term(*values: str, name: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=24)


def upgrade() -> None:
    op.create_table(
        "delivery_profile",
        sa.Column("delivery_id", sa.String(20), sa.ForeignKey("delivery.id"), primary_key=True),
        sa.Column("rows", sa.Integer(), nullable=False),
        sa.Column("empty", sa.JSON(), nullable=False),
        sa.Column("codes", sa.JSON(), nullable=False),
    )
    op.create_table(
        "added_rule",
        sa.Column("id", sa.String(20), primary_key=True),
        sa.Column("resource_id", sa.String(20), sa.ForeignKey("resource.id"), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "kind", _term("between", "in_list", "pattern", "compare", "exists_in", name="rulekind"), nullable=False
        ),
        sa.Column("item", sa.String(64), nullable=False),
        sa.Column("parameters", sa.JSON(), nullable=False),
        sa.Column("outcome", _term("block_row", "warn", name="addedoutcome"), nullable=False),
        sa.Column("title", sa.String(200), nullable=False),
        sa.Column("state", _term("draft", "in_force", "ended", name="rulestate"), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("created_by", sa.String(100), nullable=False),
        sa.Column("adopted_at", UtcDateTime()),
        sa.Column("adopted_by", sa.String(100), nullable=False),
        sa.Column("ended_at", UtcDateTime()),
        sa.Column("ended_by", sa.String(100), nullable=False),
        sa.UniqueConstraint("resource_id", "number", "version"),
    )
    op.create_table(
        "rule_trial",
        sa.Column("id", sa.String(20), primary_key=True),
        sa.Column("rule_id", sa.String(20), sa.ForeignKey("added_rule.id"), nullable=False, index=True),
        sa.Column("state", _term("waiting", "done", "failed", name="trialstate"), nullable=False, index=True),
        sa.Column("asked_at", UtcDateTime(), nullable=False),
        sa.Column("asked_by", sa.String(100), nullable=False),
        sa.Column("delivery_id", sa.String(20), sa.ForeignKey("delivery.id")),
        sa.Column("done_at", UtcDateTime()),
        sa.Column("rows", sa.Integer()),
        sa.Column("count", sa.Integer()),
        sa.Column("first_rows", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(300), nullable=False),
    )


def downgrade() -> None:
    for table in ("rule_trial", "added_rule", "delivery_profile"):
        op.drop_table(table)
