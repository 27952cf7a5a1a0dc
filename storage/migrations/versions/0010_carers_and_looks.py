"""What a carer shared is marked; a patient asks to end a carer's access; looks by person"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import storage.models.base

revision = "0010"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("patient_links") as links:
        links.add_column(sa.Column("end_asked_at", storage.models.base.Moment(), nullable=True))
    with op.batch_alter_table("grants") as grants:
        grants.add_column(sa.Column("carer_link_id", sa.Integer(), nullable=True))
        grants.create_foreign_key(
            op.f("fk_grants_carer_link_id"), "patient_links", ["carer_link_id"], ["id"]
        )
        grants.create_index(op.f("ix_grants_carer_link_id"), ["carer_link_id"])
    op.execute(
        "UPDATE grants SET carer_link_id = (SELECT id FROM patient_links WHERE"
        " account_id = grants.grantor_id AND patient_id = grants.patient_id"
        " AND relation = 'carer') WHERE parent_id IS NULL"
    )
    op.create_index(
        "ix_audit_events_patient_account", "audit_events", ["patient_id", "account_id", "seq"]
    )
