"""A session gets a new id: kept beside the one it has until its browser has shown it"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("sessions") as sessions:
        sessions.add_column(sa.Column("next_hash", sa.String(64), nullable=True))
        sessions.create_unique_constraint(op.f("uq_sessions_next_hash"), ["next_hash"])
