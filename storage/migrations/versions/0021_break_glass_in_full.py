"""Applications for break-glass accounts, their yearly end, openings and their review"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from storage.models.base import Moment

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("patients") as patients:
        patients.add_column(
            sa.Column("well_known", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("accounts") as accounts:
        accounts.add_column(
            sa.Column("practice", sa.String(200), nullable=False, server_default="")
        )
        accounts.add_column(sa.Column("glass_until", Moment(), nullable=True))
        accounts.add_column(sa.Column("glass_warned_for", Moment(), nullable=True))
    with op.batch_alter_table("broken_glass") as glass:
        glass.add_column(
            sa.Column("reason_code", sa.String(24), nullable=False, server_default="other")
        )
        glass.add_column(sa.Column("flags", sa.String(120), nullable=False, server_default=""))
        glass.add_column(sa.Column("outcome", sa.String(16), nullable=False, server_default=""))
        glass.add_column(sa.Column("review_note", sa.Text(), nullable=False, server_default=""))
        glass.add_column(sa.Column("reviewed_by_id", sa.Integer(), nullable=True))
        glass.add_column(sa.Column("reviewed_at", Moment(), nullable=True))
        glass.create_foreign_key(
            op.f("fk_broken_glass_reviewed_by_id"), "accounts", ["reviewed_by_id"], ["id"]
        )
        glass.create_index("ix_broken_glass_opened_at", ["opened_at"])
    _tables()
    _a_year_for_those_who_have_an_account()
    _openings_of_before()


def _tables() -> None:
    op.create_table(
        "applications",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(9), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(254), nullable=False),
        sa.Column("mobile", sa.String(32), nullable=False),
        sa.Column("provider_number", sa.String(32), nullable=False),
        sa.Column("practice", sa.String(200), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("language", sa.String(8), nullable=False),
        sa.Column("submitted_at", Moment(), nullable=False),
        sa.Column("identity_how", sa.Text(), nullable=False),
        sa.Column("identity_by_id", sa.Integer(), nullable=True),
        sa.Column("identity_at", Moment(), nullable=True),
        sa.Column("decided_by_id", sa.Integer(), nullable=True),
        sa.Column("decided_at", Moment(), nullable=True),
        sa.Column("decline_reason", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [column], ["accounts.id"], name=op.f(f"fk_applications_{column}")
            )
            for column in ("identity_by_id", "decided_by_id", "account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_applications")),
    )
    op.create_index("ix_applications_email", "applications", ["email"])
    op.create_index("ix_applications_status_submitted", "applications", ["status", "submitted_at"])
    op.create_table(
        "application_questions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Integer(), nullable=False),
        sa.Column("asked_at", Moment(), nullable=False),
        sa.Column("expires_at", Moment(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_at", Moment(), nullable=True),
        sa.ForeignKeyConstraint(
            ["application_id"], ["applications.id"],
            name=op.f("fk_application_questions_application_id"),
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["accounts.id"], name=op.f("fk_application_questions_asked_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_questions")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_application_questions_token_hash")),
    )  # fmt: skip
    op.create_index(
        op.f("ix_application_questions_application_id"), "application_questions", ["application_id"]
    )
    op.create_table(
        "glass_openings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("glass_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("patient_id", sa.Integer(), nullable=False),
        sa.Column("opened_at", Moment(), nullable=False),
        sa.ForeignKeyConstraint(
            ["glass_id"], ["broken_glass.id"], name=op.f("fk_glass_openings_glass_id")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["accounts.id"], name=op.f("fk_glass_openings_account_id")
        ),
        sa.ForeignKeyConstraint(
            ["patient_id"], ["patients.id"], name=op.f("fk_glass_openings_patient_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_glass_openings")),
    )
    op.create_index("ix_glass_openings_account_at", "glass_openings", ["account_id", "opened_at"])
    op.create_index(op.f("ix_glass_openings_glass_id"), "glass_openings", ["glass_id"])
    op.create_index(op.f("ix_glass_openings_patient_id"), "glass_openings", ["patient_id"])


def _a_year_for_those_who_have_an_account() -> None:
    accounts = sa.table("accounts", sa.column("kind", sa.String), sa.column("glass_until", Moment))
    end = datetime.now(UTC) + timedelta(days=365)
    op.execute(accounts.update().where(accounts.c.kind == "breakglass").values(glass_until=end))


def _openings_of_before() -> None:
    """Which patients were opened stands in the audit trail; the table is only filled from it."""
    events = sa.table(
        "audit_events", sa.column("seq", sa.Integer), sa.column("at", Moment),
        sa.column("action", sa.String), sa.column("account_id", sa.Integer),
        sa.column("patient_id", sa.Integer), sa.column("detail", sa.JSON),
    )  # fmt: skip
    glass = sa.table("broken_glass", sa.column("id", sa.Integer))
    openings = sa.table(
        "glass_openings", sa.column("glass_id", sa.Integer), sa.column("account_id", sa.Integer),
        sa.column("patient_id", sa.Integer), sa.column("opened_at", Moment),
    )  # fmt: skip
    connection = op.get_bind()
    known = {row.id for row in connection.execute(sa.select(glass.c.id))}
    query = sa.select(events).where(events.c.action == "glass.patient_opened")
    rows = [
        {
            "glass_id": event.detail["glass"], "account_id": event.account_id,
            "patient_id": event.patient_id, "opened_at": event.at,
        }
        for event in connection.execute(query.order_by(events.c.seq))
        if event.detail.get("glass") in known and event.patient_id and event.account_id
    ]  # fmt: skip
    if rows:
        connection.execute(openings.insert(), rows)
