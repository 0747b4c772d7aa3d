"""the life of requests and grants, one source per item, demand"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

# a request that waited for its provider goes on waiting for it
_WAITING = """insert into request_answer (request_id, department_id, part, columns, masks)
    select q.id, r.provider_id, 'provider', q.columns, '{}' from sharing_request q join resource r on r.id = q.resource_id
    where q.state = 'asked'"""


def upgrade() -> None:
    op.create_table(
        "refusal_reason",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("article", sa.String(length=200), nullable=False),
        sa.Column("used_for", sa.String(length=20), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_refusal_reason")),
    )
    op.create_table(
        "base_lead",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("base", sa.String(length=40), nullable=False),
        sa.Column("department_id", sa.String(length=20), nullable=False),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.Column("settled_by", sa.String(length=100), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_base_lead_department_id_department")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_base_lead")),
        sa.UniqueConstraint("base", "valid_from", name=op.f("uq_base_lead_base")),
    )
    with op.batch_alter_table("base_lead") as batch_op:
        batch_op.create_index(batch_op.f("ix_base_lead_base"), ["base"], unique=False)

    op.create_table(
        "demand",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("department_id", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("description", sa.String(length=2000), nullable=False),
        sa.Column("purpose", sa.String(length=500), nullable=False),
        sa.Column("legal_basis", sa.String(length=500), nullable=False),
        sa.Column("update_cycle", sa.String(length=24), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("moves", sa.Integer(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=100), nullable=False),
        sa.Column("assigned_id", sa.String(length=20), nullable=True),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_due_provisional", sa.Boolean(), nullable=False),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resource_id", sa.String(length=20), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["assigned_id"], ["department.id"], name=op.f("fk_demand_assigned_id_department")),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_demand_department_id_department")),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_demand_resource_id_resource")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand")),
    )
    with op.batch_alter_table("demand") as batch_op:
        batch_op.create_index(batch_op.f("ix_demand_assigned_id"), ["assigned_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_demand_department_id"), ["department_id"], unique=False)
        batch_op.create_index("ix_demand_state_due_at", ["state", "due_at"], unique=False)

    op.create_table(
        "item_source",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meaning", sa.String(length=200), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("department_id", sa.String(length=20), nullable=False),
        sa.Column("resource_id", sa.String(length=20), nullable=False),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.Column("settled_by", sa.String(length=100), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_item_source_department_id_department")
        ),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_item_source_resource_id_resource")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_item_source")),
    )
    with op.batch_alter_table("item_source") as batch_op:
        batch_op.create_index(batch_op.f("ix_item_source_department_id"), ["department_id"], unique=False)
        batch_op.create_index("ix_item_source_meaning_valid_from", ["meaning", "valid_from"], unique=False)

    op.create_table(
        "source_conflict",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("meaning", sa.String(length=200), nullable=False),
        sa.Column("item", sa.String(length=64), nullable=False),
        sa.Column("title", sa.String(length=100), nullable=False),
        sa.Column("resource_id", sa.String(length=20), nullable=False),
        sa.Column("department_id", sa.String(length=20), nullable=False),
        sa.Column("holder_resource_id", sa.String(length=20), nullable=False),
        sa.Column("holder_id", sa.String(length=20), nullable=False),
        sa.Column("state", sa.String(length=20), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_due_provisional", sa.Boolean(), nullable=False),
        sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(length=20), nullable=False),
        sa.Column("basis", sa.String(length=300), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("settled_by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_source_conflict_department_id_department")
        ),
        sa.ForeignKeyConstraint(["holder_id"], ["department.id"], name=op.f("fk_source_conflict_holder_id_department")),
        sa.ForeignKeyConstraint(
            ["holder_resource_id"], ["resource.id"], name=op.f("fk_source_conflict_holder_resource_id_resource")
        ),
        sa.ForeignKeyConstraint(["resource_id"], ["resource.id"], name=op.f("fk_source_conflict_resource_id_resource")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_source_conflict")),
        sa.UniqueConstraint("resource_id", "item", "holder_resource_id", name=op.f("uq_source_conflict_resource_id")),
    )
    with op.batch_alter_table("source_conflict") as batch_op:
        batch_op.create_index(batch_op.f("ix_source_conflict_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_source_conflict_holder_id"), ["holder_id"], unique=False)
        batch_op.create_index("ix_source_conflict_state_found_at", ["state", "found_at"], unique=False)

    op.create_table(
        "demand_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("demand_id", sa.String(length=20), nullable=False),
        sa.Column("department_id", sa.String(length=20), nullable=False),
        sa.Column("what", sa.String(length=20), nullable=False),
        sa.Column("reason_code", sa.String(length=40), nullable=False),
        sa.Column("text", sa.String(length=500), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(["demand_id"], ["demand.id"], name=op.f("fk_demand_event_demand_id_demand")),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_demand_event_department_id_department")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demand_event")),
    )
    with op.batch_alter_table("demand_event") as batch_op:
        batch_op.create_index(batch_op.f("ix_demand_event_demand_id"), ["demand_id"], unique=False)

    op.create_table(
        "request_answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("request_id", sa.String(length=20), nullable=False),
        sa.Column("department_id", sa.String(length=20), nullable=False),
        sa.Column("part", sa.String(length=20), nullable=False),
        sa.Column("columns", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("masks", sa.JSON(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=True),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_request_answer_department_id_department")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["sharing_request.id"], name=op.f("fk_request_answer_request_id_sharing_request")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_request_answer")),
        sa.UniqueConstraint("request_id", "department_id", name=op.f("uq_request_answer_request_id")),
    )
    with op.batch_alter_table("request_answer") as batch_op:
        batch_op.create_index(batch_op.f("ix_request_answer_department_id"), ["department_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_request_answer_request_id"), ["request_id"], unique=False)

    op.create_table(
        "request_extension",
        sa.Column("request_id", sa.String(length=20), nullable=False),
        sa.Column("department_id", sa.String(length=20), nullable=False),
        sa.Column("reason", sa.String(length=500), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("asked_by", sa.String(length=100), nullable=False),
        sa.Column("outcome", sa.String(length=20), nullable=True),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("decided_by", sa.String(length=100), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_request_extension_department_id_department")
        ),
        sa.ForeignKeyConstraint(
            ["request_id"], ["sharing_request.id"], name=op.f("fk_request_extension_request_id_sharing_request")
        ),
        sa.PrimaryKeyConstraint("request_id", name=op.f("pk_request_extension")),
    )
    with op.batch_alter_table("attribute_authority") as batch_op:
        batch_op.add_column(sa.Column("basis", sa.String(length=300), nullable=False, server_default=sa.text("''")))
        batch_op.add_column(
            sa.Column("settled_by", sa.String(length=100), nullable=False, server_default=sa.text("''"))
        )
        batch_op.add_column(sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("data_item") as batch_op:
        batch_op.create_index("ix_data_item_title", ["title"], unique=False)
        batch_op.create_index("ix_data_item_code_list_name", ["code_list", "name"], unique=False)

    with op.batch_alter_table("decision") as batch_op:
        batch_op.add_column(sa.Column("step", sa.String(length=20), nullable=False, server_default=sa.text("'answer'")))
        batch_op.add_column(
            sa.Column("reason_code", sa.String(length=40), nullable=False, server_default=sa.text("''"))
        )

    with op.batch_alter_table("grant_version") as batch_op:
        batch_op.add_column(
            sa.Column("kind", sa.String(length=20), nullable=False, server_default=sa.text("'granted'"))
        )
        batch_op.add_column(sa.Column("reason", sa.String(length=300), nullable=False, server_default=sa.text("''")))
        batch_op.add_column(
            sa.Column("created_by", sa.String(length=100), nullable=False, server_default=sa.text("''"))
        )

    with op.batch_alter_table("resource") as batch_op:
        batch_op.create_index("ix_resource_state", ["state"], unique=False)

    with op.batch_alter_table("sharing_grant") as batch_op:
        batch_op.add_column(sa.Column("end_told_at", sa.DateTime(timezone=True), nullable=True))

    with op.batch_alter_table("sharing_request") as batch_op:
        batch_op.add_column(sa.Column("moves", sa.Integer(), nullable=False, server_default=sa.text("'0'")))
        batch_op.add_column(sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("missing", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
        batch_op.add_column(sa.Column("escalated_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("disputed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(
            sa.Column("dispute_reason", sa.String(length=500), nullable=False, server_default=sa.text("''"))
        )
        batch_op.add_column(sa.Column("renews_id", sa.String(length=20), nullable=True))
        batch_op.create_index(batch_op.f("ix_sharing_request_renews_id"), ["renews_id"], unique=False)
        batch_op.create_index("ix_sharing_request_state_due_at", ["state", "due_at"], unique=False)
    op.execute(_WAITING)


def downgrade() -> None:
    with op.batch_alter_table("sharing_request") as batch_op:
        batch_op.drop_index("ix_sharing_request_state_due_at")
        batch_op.drop_index(batch_op.f("ix_sharing_request_renews_id"))
        batch_op.drop_column("renews_id")
        batch_op.drop_column("dispute_reason")
        batch_op.drop_column("disputed_at")
        batch_op.drop_column("escalated_at")
        batch_op.drop_column("missing")
        batch_op.drop_column("returned_at")
        batch_op.drop_column("moves")

    with op.batch_alter_table("sharing_grant") as batch_op:
        batch_op.drop_column("end_told_at")

    with op.batch_alter_table("resource") as batch_op:
        batch_op.drop_index("ix_resource_state")

    with op.batch_alter_table("grant_version") as batch_op:
        batch_op.drop_column("created_by")
        batch_op.drop_column("reason")
        batch_op.drop_column("kind")

    with op.batch_alter_table("decision") as batch_op:
        batch_op.drop_column("reason_code")
        batch_op.drop_column("step")

    with op.batch_alter_table("data_item") as batch_op:
        batch_op.drop_index("ix_data_item_code_list_name")
        batch_op.drop_index("ix_data_item_title")

    with op.batch_alter_table("attribute_authority") as batch_op:
        batch_op.drop_column("settled_at")
        batch_op.drop_column("settled_by")
        batch_op.drop_column("basis")

    op.drop_table("request_extension")
    with op.batch_alter_table("request_answer") as batch_op:
        batch_op.drop_index(batch_op.f("ix_request_answer_request_id"))
        batch_op.drop_index(batch_op.f("ix_request_answer_department_id"))

    op.drop_table("request_answer")
    with op.batch_alter_table("demand_event") as batch_op:
        batch_op.drop_index(batch_op.f("ix_demand_event_demand_id"))

    op.drop_table("demand_event")
    with op.batch_alter_table("source_conflict") as batch_op:
        batch_op.drop_index("ix_source_conflict_state_found_at")
        batch_op.drop_index(batch_op.f("ix_source_conflict_holder_id"))
        batch_op.drop_index(batch_op.f("ix_source_conflict_department_id"))

    op.drop_table("source_conflict")
    with op.batch_alter_table("item_source") as batch_op:
        batch_op.drop_index("ix_item_source_meaning_valid_from")
        batch_op.drop_index(batch_op.f("ix_item_source_department_id"))

    op.drop_table("item_source")
    with op.batch_alter_table("demand") as batch_op:
        batch_op.drop_index("ix_demand_state_due_at")
        batch_op.drop_index(batch_op.f("ix_demand_department_id"))
        batch_op.drop_index(batch_op.f("ix_demand_assigned_id"))

    op.drop_table("demand")
    with op.batch_alter_table("base_lead") as batch_op:
        batch_op.drop_index(batch_op.f("ix_base_lead_base"))

    op.drop_table("base_lead")
    op.drop_table("refusal_reason")
