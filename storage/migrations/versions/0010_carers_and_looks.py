"""What a carer shared is marked; a patient asks to end a carer's access; looks by person"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import storage.models.base

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("patient_links") as links:
        links.add_column(sa.Column("end_asked_at", storage.models.base.Moment(), nullable=True))
    with op.batch_alter_table("grants") as grants:
        grants.add_column(
            sa.Column("by_carer", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    op.execute(
        "UPDATE grants SET by_carer = true WHERE parent_id IS NULL AND EXISTS (SELECT 1 FROM"
        " patient_links WHERE account_id = grants.grantor_id AND patient_id = grants.patient_id"
        " AND relation = 'carer')"
    )
    op.create_index(
        "ix_audit_events_patient_account", "audit_events", ["patient_id", "account_id", "seq"]
    )
