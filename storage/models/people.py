"""Accounts, and which patient records belong to them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.models.base import Base, Moment
from storage.models.exams import Patient


class Account(Base):
    """One person or practice mailbox; one e-mail address has one account, whatever its hats."""

    __tablename__ = "accounts"
    __table_args__ = (
        Index("ix_accounts_name", "name", "id"),
        Index("ix_accounts_created_at", "created_at", "id"),
        Index("ix_accounts_kind", "kind", "name", "id"),
        Index("ix_accounts_status", "status", "name", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(12))  # patient, guest, breakglass, staff
    status: Mapped[str] = mapped_column(String(12))  # invited, active, disabled
    email: Mapped[str] = mapped_column(String(254), unique=True)  # folded to lower case
    name: Mapped[str] = mapped_column(String(200), default="")
    mobile: Mapped[str] = mapped_column(String(32), default="")  # E.164
    role: Mapped[str] = mapped_column(String(16), default="")  # staff only
    provider_number: Mapped[str] = mapped_column(String(32), default="")
    practice: Mapped[str] = mapped_column(String(200), default="", server_default="")
    # break-glass accounts only: until when they may break it, and the end that was warned of
    glass_until: Mapped[datetime | None] = mapped_column(Moment)
    glass_warned_for: Mapped[datetime | None] = mapped_column(Moment)
    language: Mapped[str] = mapped_column(String(8), default="", server_default="")  # chosen
    code_by: Mapped[str] = mapped_column(String(8), default="", server_default="")  # app, sms, mail
    password_hash: Mapped[str] = mapped_column(String(256), default="")
    created_at: Mapped[datetime] = mapped_column(Moment)
    terms_accepted_at: Mapped[datetime | None] = mapped_column(Moment)

    patients: Mapped[list[PatientLink]] = relationship(back_populates="account")


class PatientLink(Base):
    """This account's person is, or cares for, this patient."""

    __tablename__ = "patient_links"
    __table_args__ = (UniqueConstraint("account_id", "patient_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"), index=True)
    relation: Mapped[str] = mapped_column(String(8))  # self, carer
    until: Mapped[datetime | None] = mapped_column(Moment)
    created_at: Mapped[datetime] = mapped_column(Moment)
    end_asked_at: Mapped[datetime | None] = mapped_column(Moment)  # the patient wants it to end

    account: Mapped[Account] = relationship(back_populates="patients")
    patient: Mapped[Patient] = relationship()
