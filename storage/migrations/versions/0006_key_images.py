"""Key images"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import storage.models.base

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "key_images",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("study_id", sa.Integer(), nullable=False),
        sa.Column("instance_id", sa.Integer(), nullable=False),
        sa.Column("frame", sa.Integer(), nullable=False),
        sa.Column("created_at", storage.models.base.Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_key_images_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["instance_id"], ["instances.id"], name=op.f("fk_key_images_instance_id")
        ),
        sa.ForeignKeyConstraint(["study_id"], ["studies.id"], name=op.f("fk_key_images_study_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_images")),
        sa.UniqueConstraint(
            "account_id", "study_id", "instance_id", "frame",
            name=op.f("uq_key_images_account_id_study_id_instance_id_frame"),
        ),
    )  # fmt: skip
    with op.batch_alter_table("key_images", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_key_images_study_id"), ["study_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_key_images_instance_id"), ["instance_id"], unique=False
        )
