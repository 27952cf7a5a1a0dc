"""Taking objects in: stored durably first, then told to the database; nothing is half there."""

from __future__ import annotations

import io
import warnings
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import islice
from typing import BinaryIO

import structlog
from pydicom.errors import InvalidDicomError
from pydicom.uid import MediaStorageDirectoryStorage
from sqlalchemy import select
from sqlalchemy.exc import InterfaceError, OperationalError

from services.audit import Action
from services.intake import scanning
from services.intake.headers import Header, Unusable, read_header
from services.intake.packages import Candidate, Refused
from services.intake.records import Filing
from services.portal import Portal, Transaction
from services.release import opening
from storage.models import Quarantine
from storage.objects import Incoming, ObjectTooLarge, StoredObject

log = structlog.get_logger()
# the disk is full, the database is locked or gone: the import stops, nothing is half done
NOT_THE_FILES_FAULT = (OSError, MemoryError, OperationalError, InterfaceError)
IN_MEMORY = 8 << 20  # bytes of a file that is parsed in memory
BATCH = 64  # objects told to the database in one transaction


class Fate(StrEnum):
    """What became of a file."""

    STORED = "stored"
    ALREADY = "already there"
    QUARANTINED = "quarantined"
    REFUSED = "refused"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one file; `reason` and its `code` are empty unless it was quarantined."""

    name: str
    fate: Fate
    reason: str = ""
    code: str = ""
    sop_class: str = ""  # as far as the object told; empty where its header could not be read
    sop_uid: str = ""
    series_uid: str = ""
    study_uid: str = ""


@dataclass(frozen=True, slots=True)
class _Prepared:
    name: str
    incoming: Incoming | None
    header: Header | None
    problem: str  # a reason code; empty when the header is there
    detail: str

    announced: str = ""  # the study it was said to belong to; empty: any

    @property
    def stored(self) -> StoredObject:
        return self.incoming.stored if self.incoming else StoredObject("", 0)

    @property
    def misplaced(self) -> bool:
        """Whether it belongs to another study than it was announced to."""
        told = self.header.study_uid if self.header else ""
        return bool(self.announced and told) and told != self.announced

    def outcome(self, fate: Fate, reason: str = "", code: str = "") -> Outcome:
        known = self.header
        uids = (known.sop_class, known.sop_uid, known.series_uid, known.study_uid) if known else ()
        return Outcome(self.name, fate, reason, code, *uids)


def take_in(
    portal: Portal, candidates: Iterable[Candidate], sender: int | None = None
) -> Iterator[Outcome]:
    """Store every candidate; an outcome is told only once it is on disk and committed.

    `sender` is the account that sends them, None where no account does.

    While one batch is synced and committed in a thread, the next is received and read.
    """
    waiting = iter(candidates)
    with ThreadPoolExecutor(1) as keeper:
        committing: Future[list[Outcome]] | None = None
        while batch := _received(portal, islice(waiting, BATCH)):
            committed, committing = committing, keeper.submit(_commit, portal, batch, sender)
            if committed is not None:
                yield from committed.result()
        if committing is not None:
            yield from committing.result()


def _received(portal: Portal, candidates: Iterable[Candidate]) -> list[_Prepared]:
    batch: list[_Prepared] = []
    try:
        for candidate in candidates:
            batch.append(_prepare(portal, candidate))
    except BaseException:
        portal.objects.drop([p.incoming for p in batch if p.incoming])
        raise
    return batch


def _prepare(portal: Portal, candidate: Candidate) -> _Prepared:
    """Receive the bytes and read the header; touches no table."""
    limit = portal.settings.upload_limit_mb << 20
    try:
        with candidate.open() as stream:
            incoming = portal.objects.receive(stream, limit)
    except ObjectTooLarge:
        return _Prepared(candidate.name, None, None, "too large", f"larger than {limit >> 20} MB")
    except Refused as error:
        return _Prepared(candidate.name, None, None, error.code, str(error))
    if incoming.stored.size == 0:
        return _Prepared(candidate.name, incoming, None, "empty", "the file is empty")
    if code_and_detail := _scanned(portal, incoming):
        return _Prepared(candidate.name, incoming, None, *code_and_detail)
    with _to_parse(incoming) as file:
        prepared = _read(candidate.name, incoming, file)
    return replace(prepared, announced=candidate.study_uid)


def _scanned(portal: Portal, incoming: Incoming) -> tuple[str, str] | None:
    """Why the virus scanner, where there is one, keeps a file out; nothing is parsed before it."""
    if not (clamd := portal.settings.clamd):
        return None
    try:
        found = scanning.found_in(clamd, incoming.path)
    except scanning.Unscanned as error:
        return "not scanned", f"the virus scanner did not look at it ({error})"
    except BaseException:  # nobody knows what it is: the import stops, and can be run again
        portal.objects.drop([incoming])
        raise
    return ("malware", f"the virus scanner found {found}") if found else None


def _to_parse(incoming: Incoming) -> BinaryIO:
    """The received bytes as a file: in memory where they are few, for a parser seeks a lot."""
    if incoming.stored.size <= IN_MEMORY:
        return io.BytesIO(incoming.path.read_bytes())
    return incoming.path.open("rb")


def _read(name: str, stored: Incoming, file: BinaryIO) -> _Prepared:
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


def _commit(portal: Portal, batch: list[_Prepared], sender: int | None) -> list[Outcome]:
    """A batch on disk, then in the tables; one that they refuse takes no others along."""
    refused = [prepared.incoming for prepared in batch if prepared.misplaced]
    portal.objects.drop([incoming for incoming in refused if incoming])
    portal.objects.keep(
        [prepared.incoming for prepared in batch if prepared.incoming and not prepared.misplaced]
    )
    try:
        return _tell(portal, batch, sender)
    except NOT_THE_FILES_FAULT:
        raise
    except Exception as error:
        log.warning("a batch could not be filed", files=len(batch), error=type(error).__name__)
    return [_commit_one(portal, prepared, sender) for prepared in batch]


def _commit_one(portal: Portal, prepared: _Prepared, sender: int | None) -> Outcome:
    try:
        return _tell(portal, [prepared], sender)[0]
    except NOT_THE_FILES_FAULT:
        raise
    except Exception as error:
        detail = f"it cannot be filed ({type(error).__name__})"
    with portal.transaction() as tx:
        return _quarantine(tx, prepared, "unfileable", detail)


def _tell(portal: Portal, batch: list[_Prepared], sender: int | None) -> list[Outcome]:
    with portal.transaction() as tx:
        headers = [prepared.header for prepared in batch if prepared.header]
        filing = Filing(tx, headers, sender, opening(portal.settings, tx.now))
        return [_settle(tx, filing, prepared) for prepared in batch]


def _settle(tx: Transaction, filing: Filing, prepared: _Prepared) -> Outcome:
    header = prepared.header
    if header is None:
        return _quarantine(tx, prepared, prepared.problem, prepared.detail)
    if header.sop_class == MediaStorageDirectoryStorage:
        return prepared.outcome(Fate.SKIPPED, "a DICOMDIR lists files; it is none itself")
    if prepared.misplaced:
        return prepared.outcome(Fate.REFUSED, "it belongs to another study", "other study")
    known = filing.known(header.sop_uid)
    if known is not None:
        if known.sha256 == prepared.stored.sha256:
            return prepared.outcome(Fate.ALREADY)
        return _quarantine(
            tx,
            prepared,
            "conflict",
            "another object with this SOP Instance UID is stored already; it stays",
            study_id=known.study_id,
        )
    problem = filing.file_away(header, prepared.stored)
    if problem:
        return _quarantine(tx, prepared, "conflict", problem)
    return prepared.outcome(Fate.STORED)


def _quarantine(
    tx: Transaction, prepared: _Prepared, reason: str, detail: str, study_id: int | None = None
) -> Outcome:
    query = select(Quarantine).where(
        Quarantine.object_sha256 == prepared.stored.sha256, Quarantine.reason == reason
    )
    there = tx.db.execute(query).scalar_one_or_none() if prepared.stored.sha256 else None
    if there is not None:
        there.resolved, there.outcome, there.settled_at = False, "", None  # it came again
        return prepared.outcome(Fate.QUARANTINED, detail, reason)
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
    return prepared.outcome(Fate.QUARANTINED, detail, reason)


def from_bytes(name: str, data: bytes) -> Candidate:
    """A candidate that is in memory already: what a program sends, a demonstration makes."""
    return Candidate(name, lambda: io.BytesIO(data))
