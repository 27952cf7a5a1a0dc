"""Settings that are weak: http in the open, nobody's contact, no time zone, secrets to be read."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from services.language import _
from services.settings import Settings
from services.upkeep.checkup.finding import Finding, bad, good, weak

LOOPBACK = ("127.0.0.1", "localhost", "::1")
CONTACTS = ("support_email", "support_phone", "support_hours")


def look(settings: Settings) -> Iterator[Finding]:
    """The settings and the files they lie in."""
    yield _address(settings)
    yield _contact(settings)
    yield _time_zone(settings)
    yield from _files(settings)


def _address(settings: Settings) -> Finding:
    subject, url = _("Address"), settings.public_url
    host = urlsplit(url).hostname or ""
    if settings.secure:
        return good(subject, _("People reach the portal over https: {url}").format(url=url))
    if host in LOOPBACK and settings.host in LOOPBACK:
        return weak(
            subject,
            _("Only this machine reaches the portal: {url}").format(url=url),
            _("Set MYIMAGING_BASE_URL to the https address that people type."),
        )
    return bad(
        subject,
        _("The portal is reached over http in the open: {url}").format(url=url),
        _("Put a proxy that speaks TLS in front, and set MYIMAGING_BASE_URL to https://…"),
    )


def _contact(settings: Settings) -> Finding:
    subject = _("Contact")
    fields = type(settings).model_fields
    if unset := [n for n in CONTACTS if getattr(settings, n) == fields[n].default]:
        names = ", ".join(f"MYIMAGING_{name.upper()}" for name in unset)
        return weak(
            subject,
            _("People are told to ask an invented help desk."),
            _("Set {names} to your own.").format(names=names),
        )
    return good(subject, _("The help desk is {email}.").format(email=settings.support_email))


def _time_zone(settings: Settings) -> Finding:
    subject, zone = _("Time zone"), settings.time_zone
    if "time_zone" in settings.model_fields_set:
        return good(subject, _("Every date is told in {zone}.").format(zone=zone))
    return weak(
        subject,
        _("No time zone is set; this machine's is taken: {zone}").format(zone=zone),
        _("Set MYIMAGING_TIME_ZONE, such as Europe/Rome."),
    )


def _files(settings: Settings) -> Iterator[Finding]:
    subject, folder = _("Files"), settings.data_dir
    if not folder.exists():
        yield weak(
            subject,
            _("There is no folder {folder} yet.").format(folder=folder),
            _("It is made when the portal starts for the first time."),
        )
        return
    open_ones = [str(path) for path in (folder, folder / "key", Path(".env")) if _readable(path)]
    if open_ones:
        yield bad(
            subject,
            _("Other users of this machine may read {files}.").format(files=", ".join(open_ones)),
            _("Take it from them: chmod -R go-rwx {files}").format(files=" ".join(open_ones)),
        )
    elif not os.access(folder, os.W_OK):
        yield bad(
            subject,
            _("The portal may not write to {folder}.").format(folder=folder),
            _("Give the folder to the user that runs the portal."),
        )
    else:
        yield good(subject, _("Nobody else may read the data directory and its keys."))


def _readable(path: Path) -> bool:
    return path.exists() and bool(path.stat().st_mode & 0o077)
