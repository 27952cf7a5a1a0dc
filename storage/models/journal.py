"""What was done (the audit chain) and what is to be told (the outbox)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Moment, key_text


class AuditEvent(Base):
    """One thing somebody did; `digest` binds it to every event before it."""

    __tablename__ = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_patient_account", "patient_id", "account_id", "seq"),
        Index("ix_audit_events_account_seq", "account_id", "seq"),
        Index("ix_audit_events_action_seq", "action", "seq"),
        Index("ix_audit_events_at", "at"),
    )

    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(Moment)
    action: Mapped[str] = mapped_column(String(32))
    account_id: Mapped[int | None]
    patient_id: Mapped[int | None] = mapped_column(index=True)
    study_id: Mapped[int | None]
    detail: Mapped[Any] = mapped_column(JSON)
    digest: Mapped[str] = mapped_column(String(64))


class AuditHead(Base):
    """Where the chain ends, so that a cut-off end is found."""

    __tablename__ = "audit_head"

    id: Mapped[int] = mapped_column(primary_key=True)
    seq: Mapped[int]
    digest: Mapped[str] = mapped_column(String(64))
    seal: Mapped[str] = mapped_column(String(64))


class Message(Base):
    """An e-mail or a text message in the outbox. A secret one loses its text once it has left."""

    __tablename__ = "messages"
    __table_args__ = (
        Index("ix_messages_state_recipient", "state", "recipient"),
        Index("ix_messages_state_id", "state", "id"),
        Index("ix_messages_channel_id", "channel", "id"),
        Index("ix_messages_recipient", "recipient", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int | None] = mapped_column(ForeignKey("accounts.id"))
    grant_id: Mapped[int | None] = mapped_column(ForeignKey("grants.id"), index=True)
    instead_of: Mapped[int | None] = mapped_column(ForeignKey("messages.id"), index=True)
    channel: Mapped[str] = mapped_column(String(4), default="mail")  # mail, sms
    kind: Mapped[str] = mapped_column(String(24), default="")  # which letter it is
    state: Mapped[str] = mapped_column(String(9), default="waiting")  # sent, failed, cancelled
    urgent: Mapped[bool] = mapped_column(Boolean, default=False)
    recipient: Mapped[str] = mapped_column(key_text(254))
    subject: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    html: Mapped[str] = mapped_column(Text, default="")
    secret: Mapped[bool] = mapped_column(Boolean, default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)
    not_before: Mapped[datetime] = mapped_column(Moment)
    expires_at: Mapped[datetime | None] = mapped_column(Moment)
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None] = mapped_column(Moment)
    failed_at: Mapped[datetime | None] = mapped_column(Moment)
    error: Mapped[str] = mapped_column(String(300), default="")
