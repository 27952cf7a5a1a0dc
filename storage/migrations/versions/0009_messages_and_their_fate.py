"""Messages and their fate: text messages, letters as HTML, what stands for what"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import storage.models.base

revision = "0009"
down_revision = "0007"
branch_labels = None
depends_on = None

FATE = """UPDATE messages SET state = CASE
    WHEN sent_at IS NOT NULL THEN 'sent' WHEN failed_at IS NOT NULL THEN 'failed'
    ELSE 'waiting' END"""


def upgrade() -> None:
    with op.batch_alter_table("messages", schema=None) as batch_op:
        batch_op.add_column(sa.Column("grant_id", sa.Integer(), nullable=True))
        batch_op.add_column(sa.Column("instead_of", sa.Integer(), nullable=True))
        for name, kind, before in (
            ("channel", sa.String(length=4), "mail"),
            ("kind", sa.String(length=24), ""),
            ("state", sa.String(length=9), "waiting"),
            ("urgent", sa.Boolean(), sa.false()),
            ("html", sa.Text(), ""),
        ):
            batch_op.add_column(sa.Column(name, kind, nullable=False, server_default=before))
        batch_op.create_foreign_key(
            batch_op.f("fk_messages_grant_id"), "grants", ["grant_id"], ["id"]
        )
        batch_op.create_foreign_key(
            batch_op.f("fk_messages_instead_of"), "messages", ["instead_of"], ["id"]
        )
        batch_op.drop_index(batch_op.f("ix_messages_sent_at"))
        batch_op.create_index("ix_messages_state_recipient", ["state", "recipient"], unique=False)
        batch_op.create_index(batch_op.f("ix_messages_grant_id"), ["grant_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_messages_instead_of"), ["instead_of"], unique=False)
    op.execute(FATE)
    with op.batch_alter_table("grants", schema=None) as batch_op:
        batch_op.add_column(sa.Column("warned_for", storage.models.base.Moment(), nullable=True))
        batch_op.create_index("ix_grants_ends_at", ["ends_at"], unique=False)
    with op.batch_alter_table("login_attempts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("message_id", sa.Integer(), nullable=True))
        batch_op.create_foreign_key(
            batch_op.f("fk_login_attempts_message_id"), "messages", ["message_id"], ["id"]
        )
