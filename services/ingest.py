"""Taking objects in: stored durably first, then told to the database; nothing is half there."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import islice
from typing import BinaryIO

import structlog
from pydicom.errors import InvalidDicomError
from pydicom.uid import MediaStorageDirectoryStorage
from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError

from services.audit import Action
from services.headers import Header, Unusable, read_header
from services.packages import Candidate, Refused
from services.portal import Portal, Transaction
from services.records import file_away
from storage.models import Instance, Quarantine, Series
from storage.objects import ObjectTooLarge, StoredObject

log = structlog.get_logger()
# the disk is full, the database is locked or gone: the import stops, nothing is half done
NOT_THE_FILES_FAULT = (OSError, MemoryError, OperationalError, InterfaceError)
BATCH = 64  # objects told to the database in one transaction


class Fate(StrEnum):
    """What became of a file."""

    STORED = "stored"
    ALREADY = "already there"
    QUARANTINED = "quarantined"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file; `reason` is empty unless it was quarantined."""

    name: str
    fate: Fate
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Prepared:
    name: str
    stored: StoredObject
    header: Header | None
    problem: str  # a reason code; empty when the header is there
    detail: str


def take_in(portal: Portal, candidates: Iterable[Candidate]) -> Iterator[Outcome]:
    """Store every candidate; an outcome is told only once it is on disk and committed."""
    waiting = iter(candidates)
    while batch := list(islice(waiting, BATCH)):
        yield from _commit(portal, [_prepare(portal, candidate) for candidate in batch])


def _prepare(portal: Portal, candidate: Candidate) -> _Prepared:
    """Store the bytes and read the header; touches no table."""
    nothing = StoredObject("", 0)
    limit = portal.settings.upload_limit_mb << 20
    try:
        with candidate.open() as stream:
            stored = portal.objects.put(stream, limit)
    except ObjectTooLarge:
        return _Prepared(
            candidate.name, nothing, None, "too large", f"larger than {limit >> 20} MB"
        )
    except Refused as error:
        return _Prepared(candidate.name, nothing, None, error.code, str(error))
    if stored.size == 0:
        return _Prepared(candidate.name, stored, None, "empty", "the file is empty")
    with portal.objects.open(stored.sha256) as file:
        return _read(candidate.name, stored, file)


def _read(name: str, stored: StoredObject, file: BinaryIO) -> _Prepared:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # odd values are judged below, not printed
            header = read_header(file)
    except Unusable as error:
        return _Prepared(name, stored, None, error.code, str(error))
    except InvalidDicomError:
        return _Prepared(name, stored, None, "not DICOM", "this is not a DICOM file")
    except MemoryError:
        return _Prepared(name, stored, None, "unreadable", "it claims more memory than there is")
    except Exception as error:  # a parser meets bytes from outside: any failure is theirs
        return _Prepared(
            name, stored, None, "unreadable", f"cannot be read ({type(error).__name__})"
        )
    return _Prepared(name, stored, header, "", "")


def _commit(portal: Portal, batch: list[_Prepared]) -> list[Outcome]:
    """All of a batch in one transaction; one that the tables refuse must not take others along."""
    try:
        with portal.transaction() as tx:
            return [_settle(tx, prepared) for prepared in batch]
    except NOT_THE_FILES_FAULT:
        raise
    except Exception as error:
        log.warning("a batch could not be filed", files=len(batch), error=type(error).__name__)
    return [_commit_one(portal, prepared) for prepared in batch]


def _commit_one(portal: Portal, prepared: _Prepared) -> Outcome:
    try:
        with portal.transaction() as tx:
            return _settle(tx, prepared)
    except NOT_THE_FILES_FAULT:
        raise
    except Exception as error:
        detail = f"it cannot be filed ({type(error).__name__})"
    with portal.transaction() as tx:
        return _quarantine(tx, prepared, "unfileable", detail)


def _settle(tx: Transaction, prepared: _Prepared) -> Outcome:
    header = prepared.header
    if header is None:
        return _quarantine(tx, prepared, prepared.problem, prepared.detail)
    if header.sop_class == MediaStorageDirectoryStorage:
        return Outcome(prepared.name, Fate.SKIPPED, "a DICOMDIR lists files; it is none itself")
    query = select(Instance).where(Instance.sop_uid == header.sop_uid)
    known = tx.db.execute(query).scalar_one_or_none()
    if known is not None:
        if known.object_sha256 == prepared.stored.sha256:
            return Outcome(prepared.name, Fate.ALREADY)
        return _quarantine(
            tx,
            prepared,
            "conflict",
            "another object with this SOP Instance UID is stored already; it stays",
            study_id=tx.db.get_one(Series, known.series_id).study_id,
        )
    problem = file_away(tx, header, prepared.stored)
    if problem:
        return _quarantine(tx, prepared, "conflict", problem)
    return Outcome(prepared.name, Fate.STORED)


def _quarantine(
    tx: Transaction, prepared: _Prepared, reason: str, detail: str, study_id: int | None = None
) -> Outcome:
    query = select(Quarantine).where(
        Quarantine.object_sha256 == prepared.stored.sha256, Quarantine.reason == reason
    )
    if prepared.stored.sha256 and tx.db.execute(query).scalar_one_or_none() is not None:
        return Outcome(prepared.name, Fate.QUARANTINED, detail)
    row = Quarantine(
        source=prepared.name,
        object_sha256=prepared.stored.sha256,
        size=prepared.stored.size,
        reason=reason,
        detail=detail,
        study_id=study_id,
        received_at=tx.now,
    )
    tx.db.add(row)
    tx.db.flush()
    tx.record(
        Action.QUARANTINED, account_id=None, study_id=study_id, quarantine=row.id, reason=reason
    )
    return Outcome(prepared.name, Fate.QUARANTINED, detail)


def from_bytes(name: str, data: bytes) -> Candidate:
    """A candidate that is in memory already: what a program sends, a demonstration makes."""
    return Candidate(name, lambda: io.BytesIO(data))
