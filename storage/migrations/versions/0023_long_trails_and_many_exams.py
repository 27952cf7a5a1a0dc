"""Indexes for long audit trails, and for the newest of very many exams on PostgreSQL"""

from __future__ import annotations

from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_audit_events_account_id", "audit_events")
    op.create_index("ix_audit_events_account_seq", "audit_events", ["account_id", "seq"])
    op.create_index("ix_audit_events_action_seq", "audit_events", ["action", "seq"])
    op.create_index("ix_audit_events_at", "audit_events", ["at"])
    if op.get_bind().dialect.name == "postgresql":
        # SQLite reads its index backwards, with exams without a date last; PostgreSQL needs it said
        op.execute(
            "CREATE INDEX ix_studies_newest ON studies (performed_at DESC NULLS LAST, id DESC)"
        )
