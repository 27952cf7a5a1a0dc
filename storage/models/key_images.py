"""Images that people marked for themselves, to find them again."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.models.base import Base, Moment


class KeyImage(Base):
    """One frame that an account marked."""

    __tablename__ = "key_images"
    __table_args__ = (UniqueConstraint("account_id", "study_id", "instance_id", "frame"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("accounts.id"))  # the author
    study_id: Mapped[int] = mapped_column(ForeignKey("studies.id"), index=True)
    instance_id: Mapped[int] = mapped_column(ForeignKey("instances.id"), index=True)
    frame: Mapped[int]  # counted from 0
    created_at: Mapped[datetime] = mapped_column(Moment)
