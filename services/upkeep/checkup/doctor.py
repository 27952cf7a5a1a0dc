"""Everything that is looked at, in order; a portal that is not running is looked at as well."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy.exc import SQLAlchemyError

from services.language import _
from services.settings import Settings
from services.upkeep.checkup import configuration, holding, listening, reaching
from services.upkeep.checkup.finding import Finding, bad
from storage.database import Database


def examine(settings: Settings, now: datetime, *, deep: bool = True) -> Iterator[Finding]:
    """Look at everything; changes nothing, makes no file and no table, sends no message."""
    yield from configuration.look(settings)
    yield from holding.look_at_database(settings, deep=deep)
    if holding.has_tables(settings):
        try:
            yield from holding.look_at_audit(settings)
            yield holding.look_at_backups(settings, now)
            yield from _outbox(settings, now)
        except (SQLAlchemyError, ValueError) as error:
            yield bad(
                _("Database"),
                _("Its tables cannot be read ({reason}).").format(reason=type(error).__name__),
                _("Start the portal once, so that they are brought up to date; then ask again."),
            )
    yield holding.look_at_objects(settings)
    yield reaching.look_at_mail(settings)
    yield reaching.look_at_sms(settings)
    yield listening.look_at_dicom()
    yield listening.look_at_scanner(settings)


def _outbox(settings: Settings, now: datetime) -> Iterator[Finding]:
    database = Database(settings.database)
    try:
        with database.read() as db:
            yield from reaching.look_at_outbox(db, now)
    finally:
        database.close()
