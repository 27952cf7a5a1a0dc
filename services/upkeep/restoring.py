"""Restoring a backup on an empty machine: the same rows, objects and key, or nothing at all.

Everything is unpacked beside the data directory, checked against its hashes, read into the
database, and the database is compared with the archive line by line. Only then does the folder
get its name, in one step.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy.exc import SQLAlchemyError

from services.errors import Invalid
from services.settings import Settings
from services.upkeep import archive
from services.upkeep.archive import HEAD, MEMBER, OBJECTS, SUMS, TABLES, Broken
from services.upkeep.backup import REFERRING
from storage.database import Database
from storage.dump import clear, is_empty, load, snapshot

CUT_OFF = "The backup is not whole: it was cut off. Nothing was restored."
CHANGED = "The backup is damaged: {name} is not what it was. Nothing was restored."
STRANGE = "This file is no backup of the portal. Nothing was restored."


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored; `lost` and `damaged` objects were so when the backup was made."""

    made_at: datetime
    rows: int
    objects: int
    lost: tuple[str, ...]
    damaged: tuple[str, ...]
    sha256: str  # of the archive's sums, which name everything that is in it


def restore(settings: Settings, file: Path) -> Restored:
    """Fill the empty place that `settings` name with a backup.

    Raises Invalid when the place is not empty, Broken when the archive is not whole.
    """
    place = settings.data_dir.resolve()
    _check_empty(place)
    database = Database(settings.database) if settings.database_url else None
    if database is not None and not is_empty(database):
        raise Invalid("The database has tables already: a backup is restored to an empty one only.")
    staging = place.with_name(f".{place.name}.restoring")
    if staging.exists():
        raise Invalid(f"A restore was broken off or is under way: please remove {staging} first.")
    place.parent.mkdir(parents=True, exist_ok=True)
    staging.mkdir(mode=0o700)
    filled = database or Database(f"sqlite:///{staging / 'portal.sqlite3'}")
    began = False
    try:
        sums, head = _unpack(file, staging)
        began = True
        rows = _read_in(filled, staging, head, sums)
        filled.migrate()
        filled.close()
        os.sync()
        with _said_plainly(place):
            staging.rename(place)
    except BaseException:
        if database is not None and began:
            clear(database)
        filled.close()
        shutil.rmtree(staging, ignore_errors=True)
        raise
    digest = hashlib.sha256(json.dumps(sums, sort_keys=True).encode()).hexdigest()
    return Restored(
        datetime.fromisoformat(head["made_at"]), rows, sums["objects"],
        tuple(sums["lost"]), tuple(sums["damaged"]), digest,
    )  # fmt: skip


def _check_empty(place: Path) -> None:
    if place.exists() and (not place.is_dir() or any(place.iterdir())):
        raise Invalid(
            f"{place} is not empty. A backup is restored to an empty place only: name another "
            "MYIMAGING_DATA_DIR, or move what is there away."
        )


def _unpack(file: Path, staging: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """Write everything that the archive holds, checked; its sums and its head."""
    found: dict[str, str] = {}
    objects = 0
    spoilt: set[str] = set()
    sums: dict[str, Any] | None = None
    try:
        with tarfile.open(file) as tar:
            for info in tar:
                if not info.isreg() or not MEMBER.fullmatch(info.name) or sums is not None:
                    raise Broken(STRANGE)
                stream = tar.extractfile(info)
                if stream is None:  # no regular member
                    raise Broken(STRANGE)
                if info.name == SUMS:
                    sums = json.loads(stream.read())
                elif info.name.startswith(OBJECTS):
                    name = info.name.removeprefix(OBJECTS)
                    target = staging / "objects" / name[:2] / name[2:4] / name
                    objects += 1
                    if archive.extract(stream, target) != name:  # type: ignore[arg-type]
                        spoilt.add(name)
                else:
                    found[info.name] = archive.extract(stream, staging / info.name)  # type: ignore[arg-type]
    except FileNotFoundError:
        raise Invalid(f"There is no file {file}.") from None
    except (tarfile.ReadError, EOFError):
        raise Broken(CUT_OFF if found else STRANGE) from None
    except (FileExistsError, ValueError):
        raise Broken(STRANGE) from None
    except OSError as error:
        raise Invalid(f"The backup could not be unpacked: {error.strerror}.") from error
    if sums is None:
        raise Broken(CUT_OFF if found else STRANGE)
    _compare(found, sums, objects, spoilt)
    return sums, _head(staging)


def _compare(found: dict[str, str], sums: dict[str, Any], objects: int, spoilt: set[str]) -> None:
    for name in sorted(found.keys() | sums["sums"].keys()):
        if found.get(name) != sums["sums"].get(name):
            raise Broken(CHANGED.format(name=name))
    if fresh := sorted(spoilt - set(sums["damaged"])):
        raise Broken(CHANGED.format(name=f"object {fresh[0]}"))
    if objects != sums["objects"]:
        raise Broken(CHANGED.format(name="the number of objects"))


def _head(staging: Path) -> dict[str, Any]:
    head: dict[str, Any] = json.loads((staging / HEAD).read_bytes())
    if head["form"] != archive.FORM:
        raise Broken("This backup was made by a newer version of the portal. Please update first.")
    (staging / HEAD).unlink()
    (staging / "objects" / "incoming").mkdir(parents=True, exist_ok=True)
    return head


def _read_in(database: Database, staging: Path, head: dict[str, Any], sums: dict[str, Any]) -> int:
    """Fill the database from the unpacked tables and compare; the number of rows."""
    folder = staging / TABLES
    try:
        load(database, head["version"], ((n, _lines(folder / n)) for n in head["tables"]))
    except SQLAlchemyError as error:
        raise Broken(
            f"The database does not take what the backup holds ({type(error).__name__}). "
            "Nothing was restored."
        ) from error
    rows = 0
    with snapshot(database) as taken:
        for name in head["tables"]:
            digest = hashlib.sha256()
            for line in taken.lines(name):
                digest.update(line)
                rows += 1
            rows -= 1
            if digest.hexdigest() != sums["sums"][TABLES + name]:
                raise Broken(f"Table {name} came out different. Nothing was restored.")
        for table in REFERRING:
            for name in taken.values(table, "object_sha256"):
                stored = staging / "objects" / name[:2] / name[2:4] / name
                if name and not stored.exists() and name not in sums["lost"]:
                    raise Broken(CHANGED.format(name=f"object {name} is missing, the backup"))
    shutil.rmtree(folder)
    return rows


def _lines(file: Path) -> Iterator[bytes]:
    with file.open("rb") as lines:
        yield from lines


@contextmanager
def _said_plainly(place: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Invalid(
            f"{place} could not be put in place ({error.strerror}): if a disk is mounted there, "
            "let MYIMAGING_DATA_DIR name a folder on it that does not exist yet."
        ) from error
