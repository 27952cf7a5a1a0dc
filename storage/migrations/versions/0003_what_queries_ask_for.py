"""What DICOM queries ask for: Study ID and Bits Allocated, and indexes for their matching keys"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "studies",
        sa.Column("dicom_study_id", sa.String(length=64), nullable=False, server_default=""),
    )
    op.add_column(
        "instances", sa.Column("bits_allocated", sa.Integer(), nullable=False, server_default="0")
    )
    op.create_index("ix_studies_performed_at", "studies", ["performed_at"])
    op.create_index("ix_studies_accession_number", "studies", ["accession_number"])
    op.create_index("ix_patients_patient_id", "patients", ["patient_id"])
