"""Backup while serving: one archive of the database at one moment, its objects and the key."""

from __future__ import annotations

import json
import os
import shutil
import tarfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import select

from services.audit import Action
from services.errors import Invalid
from services.keys import written
from services.portal import Portal
from services.upkeep import archive
from storage.dump import Snapshot, snapshot
from storage.models import AuditEvent

REFERRING = ("instances", "quarantine")  # the tables that name objects
ROOM = 1.1  # of what the objects need: the tables come on top
NEWEST = (
    select(AuditEvent.at)
    .where(AuditEvent.action == str(Action.BACKED_UP))
    .order_by(AuditEvent.seq.desc())
    .limit(1)
)

Progress = Callable[[int, int], None]  # objects done, bytes done


@dataclass(frozen=True, slots=True)
class Made:
    """What a backup has; the objects that were lost or damaged on disk before are named."""

    file: Path
    bytes: int
    objects: int
    rows: int
    lost: tuple[str, ...]
    damaged: tuple[str, ...]


def back_up(portal: Portal, file: Path, progress: Progress = lambda *_: None) -> Made:
    """Write a whole backup to `file`, or nothing.

    The portal may serve meanwhile: the database is read at one moment, and objects are complete
    before a row names them and never change. Raises Invalid when the file cannot be written.
    """
    if file.exists():
        raise Invalid(f"{file} exists already. Please name a new file.")
    if not file.parent.is_dir():
        raise Invalid(f"There is no folder {file.parent}. Please make it, or name another.")
    unfinished = file.with_name(f"{file.name}.unfinished")
    try:
        made = _write(portal, unfinished, progress)
        unfinished.replace(file)
        _sync_folder(file.parent)
    except OSError as error:
        raise Invalid(f"The backup could not be written: {error.strerror}. Nothing is left.") from (
            error
        )
    finally:
        unfinished.unlink(missing_ok=True)
    with portal.transaction() as tx:
        tx.record(
            Action.BACKED_UP, account_id=None, bytes=made.bytes, objects=made.objects,
            lost=len(made.lost), damaged=len(made.damaged),
        )  # fmt: skip
    return Made(file, made.bytes, made.objects, made.rows, made.lost, made.damaged)


def last(portal: Portal) -> datetime | None:
    """When the newest backup was finished."""
    with portal.reading() as db:
        return db.execute(NEWEST).scalar_one_or_none()


def _write(portal: Portal, file: Path, progress: Progress) -> Made:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w+b") as out, snapshot(portal.database) as taken:
        needed = sum(taken.total(table, "size") for table in REFERRING)
        if shutil.disk_usage(file.parent).free < needed * ROOM:
            raise Invalid(
                f"There is not enough room in {file.parent}: the objects alone need "
                f"{needed >> 20} MB. Please name another place."
            )
        with tarfile.open(fileobj=out, mode="w", format=tarfile.PAX_FORMAT) as tar:
            made = _fill(portal, tar, taken, file, progress)
        out.flush()
        os.fsync(out.fileno())
        return Made(file, out.tell(), *made)


def _fill(
    portal: Portal, tar: tarfile.TarFile, taken: Snapshot, file: Path, progress: Progress
) -> tuple[int, int, tuple[str, ...], tuple[str, ...]]:
    sums: dict[str, str] = {}
    rows = 0

    def counted(lines: Iterator[bytes]) -> Iterator[bytes]:
        nonlocal rows
        for line in lines:
            yield line
            rows += 1
        rows -= 1  # the first line names the columns

    head = {"form": archive.FORM, "version": taken.version, "tables": taken.tables,
            "made_at": datetime.now(UTC).isoformat(timespec="seconds")}  # fmt: skip
    sums[archive.HEAD] = archive.add_bytes(tar, archive.HEAD, json.dumps(head).encode())
    # a key that came after this moment of the database is none of this backup
    newest = taken.total("audit_head", "seq")
    roots = [r for n, r in enumerate(portal.keys.roots) if n == 0 or r.since <= newest]
    sums[archive.KEY] = archive.add_bytes(tar, archive.KEY, written(roots).encode())
    spool = file.with_name(f"{file.name}.table")
    for table in taken.tables:
        name = archive.TABLES + table
        sums[name] = archive.add_lines(tar, name, counted(taken.lines(table)), spool)
    objects, lost, damaged = 0, [], []
    for sha256 in _objects(taken):
        try:
            with portal.objects.open(sha256) as stored:
                size = os.fstat(stored.fileno()).st_size
                if not archive.add_object(tar, sha256, stored, size):
                    damaged.append(sha256)
        except FileNotFoundError:
            lost.append(sha256)
            continue
        objects += 1
        progress(objects, tar.offset)
    ending = {"sums": sums, "objects": objects, "lost": lost, "damaged": damaged}
    archive.add_bytes(tar, archive.SUMS, json.dumps(ending).encode())
    return objects, rows, tuple(lost), tuple(damaged)


def _objects(taken: Snapshot) -> Iterator[str]:
    """Every object that a row names, once, in order: two sorted lists made one."""
    named = [iter(taken.values(table, "object_sha256")) for table in REFERRING]
    heads = [next(names, None) for names in named]
    while waiting := [head for head in heads if head is not None]:
        least = min(waiting)
        if least:
            yield least
        for number, head in enumerate(heads):
            if head == least:
                heads[number] = next(named[number], None)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
