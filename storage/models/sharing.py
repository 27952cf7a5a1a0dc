"""Grants and broken glass: why somebody may see exams that are not their own."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.models.base import Base, Moment
from storage.models.exams import Patient, Study
from storage.models.people import Account

FLAGGED = text("broken_glass.flags != ''")  # as the partial index has it: see models.exams


class Grant(Base):
    """The grantor lets the grantee see one study, or (study empty) the patient's portfolio."""

    __tablename__ = "grants"
    __table_args__ = (
        Index("ix_grants_grantee_patient", "grantee_id", "patient_id"),
        Index("ix_grants_grantor_patient", "grantor_id", "patient_id"),
        Index("ix_grants_ends_at", "ends_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("grants.id"), index=True)
    grantor_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    grantee_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"), index=True)
    study_id: Mapped[int | None] = mapped_column(ForeignKey("studies.id"), index=True)
    may_share: Mapped[bool]
    may_download: Mapped[bool]
    hide_details: Mapped[bool]
    by_carer: Mapped[bool] = mapped_column(default=False)  # given while caring for the patient
    starts_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)  # revoked
    warned_for: Mapped[datetime | None] = mapped_column(Moment)  # the end that was warned of

    grantor: Mapped[Account] = relationship(foreign_keys=grantor_id)
    grantee: Mapped[Account] = relationship(foreign_keys=grantee_id)
    patient: Mapped[Patient] = relationship()
    study: Mapped[Study | None] = relationship()


class BrokenGlass(Base):
    """A time in which a break-glass account may search; `patient_id` is the one patient open."""

    __tablename__ = "broken_glass"
    __table_args__ = (
        Index("ix_broken_glass_opened_at", "opened_at"),
        Index("ix_broken_glass_outcome", "outcome", "opened_at", "id"),
        Index(
            "ix_broken_glass_flags",
            "opened_at",
            sqlite_where=text("flags != ''"),
            postgresql_where=text("flags != ''"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"), index=True)
    session_id: Mapped[int] = mapped_column(ForeignKey("sessions.id"))
    reason_code: Mapped[str] = mapped_column(String(24), default="other", server_default="other")
    reason: Mapped[str] = mapped_column(Text)
    conditions_version: Mapped[str] = mapped_column(String(16))
    opened_at: Mapped[datetime] = mapped_column(Moment)
    until: Mapped[datetime] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    patient_id: Mapped[int | None] = mapped_column(ForeignKey("patients.id"), index=True)
    flags: Mapped[str] = mapped_column(
        String(120), default="", server_default=""
    )  # what is unusual
    outcome: Mapped[str] = mapped_column(String(16), default="", server_default="")  # of the review
    review_note: Mapped[str] = mapped_column(Text, default="", server_default="")
    reviewed_by_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    reviewed_at: Mapped[datetime | None] = mapped_column(Moment)

    account: Mapped[Account] = relationship(foreign_keys=account_id)
    reviewed_by: Mapped[Account | None] = relationship(foreign_keys=reviewed_by_id)
    patient: Mapped[Patient | None] = relationship()
