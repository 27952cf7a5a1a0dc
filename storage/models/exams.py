"""Patients and their exams as DICOM has them: study, series, instance; reports; the quarantine."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Date,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from storage.models.base import Base, Moment, key_text

# written out, with no parameter: only so does a planner see that a partial index has the answer
IN_DOUBT = text("studies.identity_conflict != ''")
WITHHELD = text("studies.withheld")
WELL_KNOWN = text("patients.well_known")


class Patient(Base):
    """A patient record; identity is the issuer and the patient id (DICOM PS3.3 C.7.1.1)."""

    __tablename__ = "patients"
    __table_args__ = (
        UniqueConstraint("issuer", "patient_id"),
        Index("ix_patients_search", "family_key", "given_key", "birth_date"),
        Index("ix_patients_patient_id", "patient_id"),
        Index("ix_patients_given_key", "given_key", "family_key"),
        Index("ix_patients_birth_date", "birth_date"),
        Index(
            "ix_patients_well_known",
            "family_key",
            "given_key",
            "birth_date",
            sqlite_where=text("well_known"),
            postgresql_where=text("well_known"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    issuer: Mapped[str] = mapped_column(String(128), default="")
    patient_id: Mapped[str] = mapped_column(String(128))
    family: Mapped[str] = mapped_column(String(200), default="")
    given: Mapped[str] = mapped_column(String(200), default="")
    family_key: Mapped[str] = mapped_column(key_text(200), default="")
    given_key: Mapped[str] = mapped_column(key_text(200), default="")
    birth_date: Mapped[date | None] = mapped_column(Date)
    sex: Mapped[str] = mapped_column(String(16), default="")
    # of public interest: looks at such a record are looked at more closely
    well_known: Mapped[bool] = mapped_column(Boolean, default=False, server_default=false())
    # the record that has this one's exams now; what arrives under this id is filed there
    merged_into_id: Mapped[int | None] = mapped_column(ForeignKey("patients.id"), index=True)


class Study(Base):
    """An exam. `performed_at` is the local time the modality wrote; DICOM gives it no zone."""

    __tablename__ = "studies"
    __table_args__ = (
        Index("ix_studies_patient_newest", "patient_id", "performed_at", "id"),
        Index("ix_studies_performed_at", "performed_at"),
        Index("ix_studies_accession_number", "accession_number"),
        Index(
            "ix_studies_identity_conflict",
            "received_at",
            sqlite_where=text("identity_conflict != ''"),
            postgresql_where=text("identity_conflict != ''"),
        ),
        Index(
            "ix_studies_withheld",
            "received_at",
            sqlite_where=text("withheld"),
            postgresql_where=text("withheld"),
        ),
        Index("ix_studies_opens_at", "opens_at"),
        Index("ix_studies_received_at", "received_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    patient_id: Mapped[int] = mapped_column(ForeignKey("patients.id"))
    study_uid: Mapped[str] = mapped_column(String(64), unique=True)
    dicom_study_id: Mapped[str] = mapped_column(String(64), default="")  # Study ID (0020,0010)
    accession_number: Mapped[str] = mapped_column(String(64), default="")
    performed_at: Mapped[datetime | None] = mapped_column(DateTime)
    description: Mapped[str] = mapped_column(String(256), default="")
    modality: Mapped[str] = mapped_column(String(16), default="")
    referrer: Mapped[str] = mapped_column(String(200), default="")
    institution: Mapped[str] = mapped_column(String(200), default="")
    identity_conflict: Mapped[str] = mapped_column(Text, default="")  # for staff; empty: none
    withheld: Mapped[bool] = mapped_column(Boolean, default=False)  # from the patient, by staff
    opens_at: Mapped[datetime | None] = mapped_column(Moment)  # to the patient; None: at once
    received_at: Mapped[datetime] = mapped_column(Moment)

    patient: Mapped[Patient] = relationship(lazy="joined")
    series: Mapped[list[Series]] = relationship(back_populates="study")
    reports: Mapped[list[Report]] = relationship(back_populates="study")


class Series(Base):
    """A series of a study."""

    __tablename__ = "series"

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("studies.id"), index=True)
    series_uid: Mapped[str] = mapped_column(String(64), unique=True)
    number: Mapped[int | None]
    modality: Mapped[str] = mapped_column(String(16), default="")
    description: Mapped[str] = mapped_column(String(256), default="")
    body_part: Mapped[str] = mapped_column(String(64), default="")

    study: Mapped[Study] = relationship(back_populates="series")
    instances: Mapped[list[Instance]] = relationship(back_populates="series")


class Instance(Base):
    """A stored object. `description` is imaging's own value, so frames need no second parse."""

    __tablename__ = "instances"

    id: Mapped[int] = mapped_column(primary_key=True)
    series_id: Mapped[int] = mapped_column(ForeignKey("series.id"), index=True)
    sop_uid: Mapped[str] = mapped_column(String(64), unique=True)
    sop_class: Mapped[str] = mapped_column(String(64))
    transfer_syntax: Mapped[str] = mapped_column(String(64))
    number: Mapped[int | None]
    object_sha256: Mapped[str] = mapped_column(String(64), index=True)
    size: Mapped[int]
    content: Mapped[str] = mapped_column(String(12))  # image, report, document, other
    frames: Mapped[int] = mapped_column(default=0)
    rows: Mapped[int] = mapped_column(default=0)
    columns: Mapped[int] = mapped_column(default=0)
    bits_allocated: Mapped[int] = mapped_column(default=0)  # 0: no image, or taken in before
    position: Mapped[Any] = mapped_column(JSON, default=None)  # ImagePositionPatient, mm
    orientation: Mapped[Any] = mapped_column(JSON, default=None)  # ImageOrientationPatient
    identity_rule: Mapped[Any] = mapped_column(JSON)  # what a viewer with hidden details gets
    description: Mapped[bytes] = mapped_column(LargeBinary, default=b"", deferred=True)
    received_at: Mapped[datetime] = mapped_column(Moment)

    series: Mapped[Series] = relationship(back_populates="instances")


class Report(Base):
    """A report of a study: plain text of its own, or an SR or PDF object among its instances."""

    __tablename__ = "reports"

    id: Mapped[int] = mapped_column(primary_key=True)
    study_id: Mapped[int] = mapped_column(ForeignKey("studies.id"), index=True)
    kind: Mapped[str] = mapped_column(String(8))  # text, sr, pdf
    title: Mapped[str] = mapped_column(String(256), default="")
    author: Mapped[str] = mapped_column(String(200), default="")
    dated: Mapped[datetime | None] = mapped_column(DateTime)  # local, as the object has it
    text: Mapped[str] = mapped_column(Text, default="")
    instance_id: Mapped[int | None] = mapped_column(ForeignKey("instances.id"), unique=True)
    withheld: Mapped[bool] = mapped_column(Boolean, default=False)  # from the patient, by staff
    opens_at: Mapped[datetime | None] = mapped_column(Moment)  # to the patient; None: at once
    received_at: Mapped[datetime] = mapped_column(Moment)

    study: Mapped[Study] = relationship(back_populates="reports")
    instance: Mapped[Instance | None] = relationship()


class Quarantine(Base):
    """Something that arrived and was not taken in, kept with the reason."""

    __tablename__ = "quarantine"
    __table_args__ = (
        UniqueConstraint("object_sha256", "reason"),
        Index("ix_quarantine_resolved", "resolved", "id"),
        Index("ix_quarantine_reason", "reason", "id"),
        Index("ix_quarantine_size", "size", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str] = mapped_column(Text)  # the file's name as it came
    object_sha256: Mapped[str] = mapped_column(String(64))  # empty: too large to keep
    size: Mapped[int]
    reason: Mapped[str] = mapped_column(String(24))
    detail: Mapped[str] = mapped_column(Text)
    study_id: Mapped[int | None] = mapped_column(ForeignKey("studies.id"))
    resolved: Mapped[bool] = mapped_column(Boolean, default=False)
    outcome: Mapped[str] = mapped_column(String(12), default="")  # taken in, discarded
    settled_at: Mapped[datetime | None] = mapped_column(Moment)
    received_at: Mapped[datetime] = mapped_column(Moment)
