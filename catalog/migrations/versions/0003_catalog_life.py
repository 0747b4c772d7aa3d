"""the life of a catalog entry"""

from __future__ import annotations

import re
import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "code_serial",
        sa.Column("prefix", sa.String(length=100), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("prefix", name=op.f("pk_code_serial")),
    )
    op.create_table(
        "spill",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("derived", sa.JSON(), nullable=False),
        sa.Column("frozen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("frozen_by", sa.String(length=100), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(length=100), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spill")),
    )
    with op.batch_alter_table("spill", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_spill_state"), ["state"], unique=False)

    op.create_table(
        "catalog_upload",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("department_id", sa.String(length=20), nullable=False),
        sa.Column("filename", sa.String(length=200), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("faults", sa.JSON(), nullable=False),
        sa.Column("fixes", sa.JSON(), nullable=False),
        sa.Column("changed", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_catalog_upload_department_id_department")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_upload")),
    )
    with op.batch_alter_table("catalog_upload", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_catalog_upload_department_id"), ["department_id"], unique=False)

    op.create_table(
        "notice",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("department_id", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("text", sa.String(length=1000), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("is_due_provisional", sa.Boolean(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_by", sa.String(length=100), nullable=True),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_notice_department_id_department")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_notice_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_notice_kind"), ["kind"], unique=False)

    op.create_table(
        "spill_part",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("spill_id", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("subject", sa.String(length=120), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["spill_id"], ["spill.id"], name=op.f("fk_spill_part_spill_id_spill")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_spill_part")),
        sa.UniqueConstraint("spill_id", "kind", "subject", name=op.f("uq_spill_part_spill_id")),
    )
    with op.batch_alter_table("spill_part", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_spill_part_spill_id"), ["spill_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_spill_part_subject"), ["subject"], unique=False)

    op.create_table(
        "catalog_revision",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("resource_id", sa.String(length=20), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("breaking", sa.JSON(), nullable=False),
        sa.Column("consumers", sa.JSON(), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(length=100), nullable=False),
        sa.Column("effective_date", sa.Date(), nullable=True),
        sa.Column("is_provisional", sa.Boolean(), nullable=False),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["resource_id"], ["resource.id"], name=op.f("fk_catalog_revision_resource_id_resource")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catalog_revision")),
    )
    with op.batch_alter_table("catalog_revision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_catalog_revision_resource_id"), ["resource_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_catalog_revision_state"), ["state"], unique=False)

    op.create_table(
        "life_step",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("resource_id", sa.String(length=20), nullable=False),
        sa.Column("revision_id", sa.String(length=20), nullable=True),
        sa.Column("step", sa.String(length=20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("note", sa.String(length=500), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column("side", sa.String(length=20), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("is_due_provisional", sa.Boolean(), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_life_step_resource_id_resource")),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["catalog_revision.id"], name=op.f("fk_life_step_revision_id_catalog_revision")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_life_step")),
    )
    with op.batch_alter_table("life_step", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_life_step_due"), ["due"], unique=False)
        batch_op.create_index(batch_op.f("ix_life_step_resource_id"), ["resource_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_life_step_revision_id"), ["revision_id"], unique=False)

    with op.batch_alter_table("data_item", schema=None) as batch_op:
        batch_op.add_column(sa.Column("share_condition", sa.String(length=500), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("open_condition", sa.String(length=500), nullable=False, server_default=""))

    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.add_column(sa.Column("secrecy_reviewer", sa.String(length=50), nullable=False, server_default=""))

    with op.batch_alter_table("release", schema=None) as batch_op:
        batch_op.add_column(sa.Column("pruned_reason", sa.String(length=300), nullable=False, server_default=""))

    with op.batch_alter_table("resource", schema=None) as batch_op:
        batch_op.add_column(sa.Column("bare_name", sa.String(length=200), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("format_description", sa.String(length=200), nullable=False, server_default=""))
        batch_op.add_column(
            sa.Column(
                "share_channel",
                sa.Enum("platform", "medium", name="sharechannel", native_enum=False, length=24),
                nullable=False,
                server_default="platform",
            )
        )
        batch_op.add_column(sa.Column("duty", sa.String(length=200), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("business_item", sa.String(length=200), nullable=False, server_default=""))
        batch_op.add_column(sa.Column("total_gb", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("total_records", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("shared_gb", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("shared_records", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("opened_gb", sa.Double(), nullable=True))
        batch_op.add_column(sa.Column("opened_records", sa.Double(), nullable=True))
        batch_op.create_index(batch_op.f("ix_resource_bare_name"), ["bare_name"], unique=False)
    _fill()


def _fill() -> None:
    """What older rows lack: names as duplicates are compared, and the last serial given under each prefix."""
    connection = op.get_bind()
    resource = sa.table("resource", *(sa.column(n) for n in ("id", "name", "bare_name", "code")))
    last: dict[str, int] = {}
    for row in connection.execute(sa.select(resource.c.id, resource.c.name, resource.c.code)).all():
        bare = re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", row.name)).lower()
        connection.execute(sa.update(resource).where(resource.c.id == row.id).values(bare_name=bare))
        prefix, _, serial = (row.code or "").partition("/")
        if serial:
            last[prefix] = max(last.get(prefix, 0), int(serial))
    serials = sa.table("code_serial", sa.column("prefix"), sa.column("last"))
    for prefix, number in last.items():
        connection.execute(sa.insert(serials).values(prefix=prefix, last=number))


def downgrade() -> None:
    with op.batch_alter_table("resource", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_resource_bare_name"))
        batch_op.drop_column("opened_records")
        batch_op.drop_column("opened_gb")
        batch_op.drop_column("shared_records")
        batch_op.drop_column("shared_gb")
        batch_op.drop_column("total_records")
        batch_op.drop_column("total_gb")
        batch_op.drop_column("business_item")
        batch_op.drop_column("duty")
        batch_op.drop_column("share_channel")
        batch_op.drop_column("format_description")
        batch_op.drop_column("bare_name")

    with op.batch_alter_table("release", schema=None) as batch_op:
        batch_op.drop_column("pruned_reason")

    with op.batch_alter_table("delivery", schema=None) as batch_op:
        batch_op.drop_column("secrecy_reviewer")

    with op.batch_alter_table("data_item", schema=None) as batch_op:
        batch_op.drop_column("open_condition")
        batch_op.drop_column("share_condition")

    with op.batch_alter_table("life_step", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_life_step_revision_id"))
        batch_op.drop_index(batch_op.f("ix_life_step_resource_id"))
        batch_op.drop_index(batch_op.f("ix_life_step_due"))

    op.drop_table("life_step")
    with op.batch_alter_table("catalog_revision", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_catalog_revision_state"))
        batch_op.drop_index(batch_op.f("ix_catalog_revision_resource_id"))

    op.drop_table("catalog_revision")
    with op.batch_alter_table("spill_part", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_spill_part_subject"))
        batch_op.drop_index(batch_op.f("ix_spill_part_spill_id"))

    op.drop_table("spill_part")
    with op.batch_alter_table("notice", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_notice_kind"))
        batch_op.drop_index(batch_op.f("ix_notice_department_id"))

    op.drop_table("notice")
    with op.batch_alter_table("catalog_upload", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_catalog_upload_department_id"))

    op.drop_table("catalog_upload")
    with op.batch_alter_table("spill", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_spill_state"))

    op.drop_table("spill")
    op.drop_table("code_serial")
