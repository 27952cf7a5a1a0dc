"""Database, audit trail, objects and backups: whether what the portal holds is safe."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import make_url, select, text
from sqlalchemy.exc import SQLAlchemyError

from services import audit, dates
from services.keys import Keys
from services.language import _
from services.settings import Settings
from services.upkeep import backup
from services.upkeep.checkup.finding import Finding, bad, good, weak
from storage.database import Database, newest_version
from storage.models import AuditEvent
from storage.objects import room_to_write

LITTLE = 5 << 30  # bytes free, below which there should be more
TOO_LITTLE = 200 << 20  # below which imports will fail soon
BACKUP_AGE = timedelta(hours=26)  # a nightly one, with some time to run


def look_at_database(settings: Settings, *, deep: bool = False) -> Iterator[Finding]:
    """Whether it answers, at which version it is, and (deep) whether its file is sound."""
    subject = _("Database")
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        yield weak(
            subject,
            _("There is no database yet."),
            _("It is made when the portal starts for the first time."),
        )
        return
    try:
        database = Database(settings.database)
    except (SQLAlchemyError, ModuleNotFoundError):
        yield _unreachable(url.get_backend_name())
        return
    try:
        yield from _versions(database)
        if deep:
            yield from _soundness(database)
    except SQLAlchemyError:
        yield _unreachable(url.get_backend_name())
    finally:
        database.close()


def _unreachable(kind: str) -> Finding:
    return bad(
        _("Database"),
        _("The database ({kind}) does not answer.").format(kind=kind),
        _("Check MYIMAGING_DATABASE_URL, and that the server runs and lets the portal in."),
    )


def _versions(database: Database) -> Iterator[Finding]:
    subject, version, newest = _("Database"), database.version(), newest_version()
    kind = database.engine.dialect.name
    if version == newest:
        yield good(
            subject,
            _("It answers ({kind}), and its tables are up to date ({version}).").format(
                kind=kind, version=version
            ),
        )
        return
    yield weak(
        subject,
        _("Its tables are at version {version}; this portal works with {newest}.").format(
            version=version or "0", newest=newest
        ),
        _("Make a backup, then start the portal: it brings them up to date."),
    )


def _soundness(database: Database) -> Iterator[Finding]:
    if database.engine.dialect.name != "sqlite":
        return
    with database.read() as db:
        said = db.execute(text("PRAGMA quick_check(1)")).scalar_one()
    if said != "ok":
        yield bad(
            _("Database"),
            _("The database file is damaged."),
            _("Stop the portal, keep the file, and restore the newest backup."),
        )


def look_at_audit(settings: Settings) -> Iterator[Finding]:
    """Whether the newest events are linked and the trail's end is where it was."""
    subject = _("Audit trail")
    keys = Keys.load_or_make(settings.data_dir / "key").periods("audit")
    database = Database(settings.database)
    try:
        with database.read() as db:
            verdict = audit.verify_newest(db, keys)
    finally:
        database.close()
    if verdict.flaw:
        yield bad(
            subject,
            _("The audit trail is damaged: {flaw}.").format(flaw=verdict.flaw),
            _("Keep the machine as it is, tell the privacy team, and compare with a backup."),
        )
    else:
        yield good(
            subject, _("{count} events; the newest are linked as they were.").format(
                count=verdict.events
            )
        )  # fmt: skip


def look_at_objects(settings: Settings) -> Finding:
    """Whether exams can be stored, and how much room is left."""
    subject, folder = _("Storage"), settings.data_dir / "objects"
    if not folder.exists():
        return weak(
            subject, _("There is no folder for exams yet."),
            _("It is made when the portal starts for the first time."),
        )  # fmt: skip
    free = shutil.disk_usage(folder).free
    room = _("{free} GB are free.").format(free=f"{free / (1 << 30):.1f}")
    more = _("Make room on this disk, or move the data directory to a larger one.")
    if not room_to_write(folder):
        return bad(
            subject, _("Nothing can be written to {folder}.").format(folder=folder),
            _("Give the folder to the portal's user, and see whether the disk is full."),
        )  # fmt: skip
    if free < TOO_LITTLE:
        return bad(subject, room, more)
    return weak(subject, room, more) if free < LITTLE else good(subject, room)


def look_at_backups(settings: Settings, now: datetime) -> Finding:
    """When the last one was made."""
    subject = _("Backup")
    todo = _("Let a timer run: python main.py backup FILE, every night, to another machine's disk.")
    database = Database(settings.database)
    try:
        with database.read() as db:
            last = db.execute(backup.NEWEST).scalar_one_or_none()
    finally:
        database.close()
    if last is None:
        return weak(subject, _("No backup was ever made."), todo)
    when = dates.moment(last, settings.zone)
    said = _("The last backup was made on {when}.").format(when=when)
    return weak(subject, said, todo) if now - last > BACKUP_AGE else good(subject, said)


def has_tables(settings: Settings) -> bool:
    """Whether there is a database with an audit trail to ask."""
    url = make_url(settings.database)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return False
    try:
        database = Database(settings.database)
        with database.read() as db:
            db.execute(select(AuditEvent.seq).limit(1))
        database.close()
    except (SQLAlchemyError, ModuleNotFoundError):
        return False
    return (settings.data_dir / "key").exists()
