"""search over the catalog"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_SHARE_TYPES = ("unconditional", "conditional", "not_shared")
_FORMATS = ("document", "spreadsheet", "database", "image", "stream", "self_describing")
_CYCLES = ("real_time", "daily", "weekly", "monthly", "quarterly", "half_yearly", "yearly", "irregular")
_STATES = ("planned", "draft", "submitted", "returned", "published", "retired")


def _term(name: str, values: tuple[str, ...]) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=24)


def upgrade() -> None:
    """The tables; `sixbase upgrade` fills the index of a register that has resources."""
    op.create_table(
        "search_entry",
        sa.Column("resource_id", sa.String(20), nullable=False),
        sa.Column("stamp", sa.Integer(), nullable=False),
        sa.Column("slug", sa.String(64), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("initials", sa.Text(), nullable=False),
        sa.Column("spelling", sa.Text(), nullable=False),
        sa.Column("titles", sa.Text(), nullable=False),
        sa.Column("abstract", sa.Text(), nullable=False),
        sa.Column("state", _term("resourcestate", _STATES), nullable=False),
        sa.Column("provider_id", sa.String(20), nullable=False),
        sa.Column("share_type", _term("sharetype", _SHARE_TYPES), nullable=False),
        sa.Column("format_class", _term("formatclass", _FORMATS), nullable=False),
        sa.Column("update_cycle", _term("updatecycle", _CYCLES), nullable=False),
        sa.Column("lead_days", sa.Integer(), nullable=True),
        sa.Column("bases", sa.String(200), nullable=False),
        sa.Column("release_id", sa.String(40), nullable=True),
        sa.Column("as_of", sa.Date(), nullable=True),
        sa.Column("share_passed", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_search_entry_resource_id_resource"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("resource_id", name=op.f("pk_search_entry")),
    )
    op.create_index(op.f("ix_search_entry_stamp"), "search_entry", ["stamp"], unique=False)
    stamp = op.create_table(
        "search_stamp",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("value", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_stamp")),
    )
    op.bulk_insert(stamp, [{"id": 1, "value": 0}])


def downgrade() -> None:
    op.drop_table("search_stamp")
    op.drop_index(op.f("ix_search_entry_stamp"), table_name="search_entry")
    op.drop_table("search_entry")
