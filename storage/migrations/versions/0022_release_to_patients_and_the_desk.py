"""Exams and reports are released to patients; well-known patients; what became of quarantine"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

import storage.models.base

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

IN_DOUBT = sa.text("identity_conflict != ''")
WITHHELD = sa.text("withheld")


def upgrade() -> None:
    for table in ("studies", "reports"):
        with op.batch_alter_table(table) as rows:
            rows.add_column(
                sa.Column("withheld", sa.Boolean(), nullable=False, server_default=sa.false())
            )
            rows.add_column(sa.Column("opens_at", storage.models.base.Moment(), nullable=True))
    with op.batch_alter_table("quarantine") as quarantine:
        quarantine.add_column(
            sa.Column("outcome", sa.String(length=12), nullable=False, server_default="")
        )
        quarantine.add_column(sa.Column("settled_at", storage.models.base.Moment(), nullable=True))
    op.create_index(
        "ix_studies_identity_conflict", "studies", ["received_at"],
        sqlite_where=IN_DOUBT, postgresql_where=IN_DOUBT,
    )  # fmt: skip
    op.create_index(
        "ix_studies_withheld", "studies", ["received_at"],
        sqlite_where=WITHHELD, postgresql_where=WITHHELD,
    )  # fmt: skip
    for name, table, columns in (
        ("ix_accounts_name", "accounts", ["name", "id"]),
        ("ix_accounts_created_at", "accounts", ["created_at", "id"]),
        ("ix_accounts_kind", "accounts", ["kind", "name", "id"]),
        ("ix_accounts_status", "accounts", ["status", "name", "id"]),
        ("ix_patients_given_key", "patients", ["given_key", "family_key"]),
        ("ix_patients_birth_date", "patients", ["birth_date"]),
        ("ix_quarantine_resolved", "quarantine", ["resolved", "id"]),
    ):
        op.create_index(name, table, columns)
    well_known = sa.text("well_known")
    op.create_index(
        "ix_patients_well_known", "patients", ["family_key"],
        sqlite_where=well_known, postgresql_where=well_known,
    )  # fmt: skip
    op.create_index("ix_studies_opens_at", "studies", ["opens_at"])
    op.create_index("ix_studies_received_at", "studies", ["received_at"])
