"""Break-glass accounts: who applied for one, and what was opened through broken glass."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.models.base import Base, Moment
from storage.models.exams import Patient
from storage.models.people import Account

# as the index has it that migration 0025 makes: those to be decided, before the others
OPEN_FIRST = text("(applications.status IN ('submitted', 'asked')) DESC")


class Application(Base):
    """Somebody outside the hospital asks for a break-glass account."""

    __tablename__ = "applications"
    __table_args__ = (
        Index("ix_applications_status_submitted", "status", "submitted_at"),
        Index("ix_applications_email", "email"),
        Index("ix_applications_submitted", "submitted_at", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    status: Mapped[str] = mapped_column(String(9))  # submitted, asked, approved, declined
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str] = mapped_column(String(254))  # folded to lower case
    mobile: Mapped[str] = mapped_column(String(32))  # E.164
    provider_number: Mapped[str] = mapped_column(String(32))
    practice: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(8), default="")  # the form's
    submitted_at: Mapped[datetime] = mapped_column(Moment)
    identity_how: Mapped[str] = mapped_column(Text, default="")
    identity_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    identity_at: Mapped[datetime | None] = mapped_column(Moment)
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    decline_reason: Mapped[str] = mapped_column(Text, default="")
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))  # once approved

    identity_by: Mapped[Account | None] = relationship(foreign_keys=identity_by_id)
    decided_by: Mapped[Account | None] = relationship(foreign_keys=decided_by_id)
    questions: Mapped[list[ApplicationQuestion]] = relationship(
        order_by="ApplicationQuestion.id", back_populates="application"
    )


class ApplicationQuestion(Base):
    """Something staff asked an applicant, answered by a mailed link; only its hash is kept."""

    __tablename__ = "application_questions"

    id: Mapped[int] = mapped_column(primary_key=True)
    application_id: Mapped[int] = mapped_column(ForeignKey("applications.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    question: Mapped[str] = mapped_column(Text)
    asked_by_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    asked_at: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime] = mapped_column(Moment)
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_at: Mapped[datetime | None] = mapped_column(Moment)

    application: Mapped[Application] = relationship(back_populates="questions")
    asked_by: Mapped[Account] = relationship()


class GlassOpening(Base):
    """A patient who was opened while the glass was broken; one break may open several in turn."""

    __tablename__ = "glass_openings"
    __table_args__ = (Index("ix_glass_openings_account_at", "account_id", "opened_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    glass_id: Mapped[int] = mapped_column(ForeignKey("broken_glass.id"), index=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"), index=True)
    opened_at: Mapped[datetime] = mapped_column(Moment)

    patient: Mapped[Patient] = relationship()
