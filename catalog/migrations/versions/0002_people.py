"""people, posts, sessions and sign-ins"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "admin_act",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(length=100), nullable=False),
        sa.Column("act", sa.String(length=40), nullable=False),
        sa.Column("subject", sa.String(length=100), nullable=False),
        sa.Column("department_id", sa.String(length=20), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_admin_act_department_id_department")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_admin_act")),
    )
    with op.batch_alter_table("admin_act") as batch_op:
        batch_op.create_index(batch_op.f("ix_admin_act_at"), ["at"])
        batch_op.create_index(batch_op.f("ix_admin_act_department_id"), ["department_id"])
        batch_op.create_index(batch_op.f("ix_admin_act_subject"), ["subject"])

    op.create_table(
        "official",
        sa.Column("id", sa.String(length=20), nullable=False),
        sa.Column("login", sa.String(length=50), nullable=False),
        sa.Column("name", sa.String(length=50), nullable=False),
        sa.Column("department_id", sa.String(length=20), nullable=False),
        sa.Column("password_hash", sa.String(length=200), nullable=True),
        sa.Column("password_set_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("must_change_password", sa.Boolean(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum("active", "held", "disabled", name="officialstate", native_enum=False, length=24),
            nullable=False,
        ),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_official_department_id_department")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_official")),
        sa.UniqueConstraint("login", name=op.f("uq_official_login")),
    )
    with op.batch_alter_table("official") as batch_op:
        batch_op.create_index(batch_op.f("ix_official_department_id"), ["department_id"])

    op.create_table(
        "post",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("official_id", sa.String(length=20), nullable=False),
        sa.Column("department_id", sa.String(length=20), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "steward",
                "registrar",
                "verifier",
                "consumer",
                "acceptance_officer",
                "approval_bureau",
                "finance_bureau",
                "auditor",
                "system_admin",
                "security_admin",
                "audit_admin",
                name="role",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(["department_id"], ["department.id"], name=op.f("fk_post_department_id_department")),
        sa.ForeignKeyConstraint(["official_id"], ["official.id"], name=op.f("fk_post_official_id_official")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_post")),
    )
    with op.batch_alter_table("post") as batch_op:
        batch_op.create_index(batch_op.f("ix_post_department_id"), ["department_id"])
        batch_op.create_index(batch_op.f("ix_post_official_id"), ["official_id"])

    op.create_table(
        "sign_in",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("official_id", sa.String(length=20), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "signed_in",
                "unknown",
                "wrong_password",
                "locked",
                "held",
                "disabled",
                "no_post",
                "signed_out",
                name="signinoutcome",
                native_enum=False,
                length=24,
            ),
            nullable=False,
        ),
        sa.Column("means", sa.String(length=20), nullable=False),
        sa.Column("address", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["official_id"], ["official.id"], name=op.f("fk_sign_in_official_id_official")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in")),
    )
    with op.batch_alter_table("sign_in") as batch_op:
        batch_op.create_index(batch_op.f("ix_sign_in_at"), ["at"])
        batch_op.create_index("ix_sign_in_official_id_at", ["official_id", "at"])

    op.create_table(
        "web_session",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("official_id", sa.String(length=20), nullable=False),
        sa.Column("department_id", sa.String(length=20), nullable=True),
        sa.Column("csrf_secret", sa.String(length=64), nullable=False),
        sa.Column("means", sa.String(length=20), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["department_id"], ["department.id"], name=op.f("fk_web_session_department_id_department")
        ),
        sa.ForeignKeyConstraint(["official_id"], ["official.id"], name=op.f("fk_web_session_official_id_official")),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_web_session")),
    )
    with op.batch_alter_table("web_session") as batch_op:
        batch_op.create_index(batch_op.f("ix_web_session_expires_at"), ["expires_at"])
        batch_op.create_index(batch_op.f("ix_web_session_official_id"), ["official_id"])

    with op.batch_alter_table("client_secret") as batch_op:
        batch_op.add_column(sa.Column("is_waiting", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("client_secret") as batch_op:
        batch_op.drop_column("is_waiting")

    with op.batch_alter_table("web_session") as batch_op:
        batch_op.drop_index(batch_op.f("ix_web_session_official_id"))
        batch_op.drop_index(batch_op.f("ix_web_session_expires_at"))

    op.drop_table("web_session")
    with op.batch_alter_table("sign_in") as batch_op:
        batch_op.drop_index("ix_sign_in_official_id_at")
        batch_op.drop_index(batch_op.f("ix_sign_in_at"))

    op.drop_table("sign_in")
    with op.batch_alter_table("post") as batch_op:
        batch_op.drop_index(batch_op.f("ix_post_official_id"))
        batch_op.drop_index(batch_op.f("ix_post_department_id"))

    op.drop_table("post")
    with op.batch_alter_table("official") as batch_op:
        batch_op.drop_index(batch_op.f("ix_official_department_id"))

    op.drop_table("official")
    with op.batch_alter_table("admin_act") as batch_op:
        batch_op.drop_index(batch_op.f("ix_admin_act_subject"))
        batch_op.drop_index(batch_op.f("ix_admin_act_department_id"))
        batch_op.drop_index(batch_op.f("ix_admin_act_at"))

    op.drop_table("admin_act")
