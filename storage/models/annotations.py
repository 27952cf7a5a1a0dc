"""What people drew and measured on images, each for themself."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Moment


class ImageAnnotation(Base):
    """An annotation of one frame; `key` is its author's own name for it."""

    __tablename__ = "annotations"
    __table_args__ = (
        UniqueConstraint("account_id", "key"),
        Index("ix_annotations_account_study", "account_id", "study_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))  # the author
    study_id: Mapped[int] = mapped_column(ForeignKey("studies.id"), index=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instances.id"), index=True)
    frame: Mapped[int]  # counted from 0
    key: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(12))
    points: Mapped[Any] = mapped_column(JSON)  # [[x, y], ...] in image pixels
    text: Mapped[str] = mapped_column(Text, default="")
    created_at: Mapped[datetime] = mapped_column(Moment)
    changed_at: Mapped[datetime] = mapped_column(Moment)
