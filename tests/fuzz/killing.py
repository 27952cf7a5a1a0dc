"""Imports that are killed at any moment, and what must then be true of the portal."""

from __future__ import annotations

import hashlib
import random
import select
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func
from sqlalchemy import select as query

from services import audit
from services.pictures.frames import Images
from storage.models import AuditEvent, Instance, Series, Study
from tests.dicom import as_bytes, ct_slice
from tests.factories import open_house
from tests.fuzz.running import ROOT

FILES = 60
LONGEST_LIFE = 0.6  # seconds from the first word of an import to its death, at most


@dataclass
class Import:
    """An import into a portal, run again after every death until it comes to its end."""

    folder: Path
    acknowledged: dict[str, str] = field(default_factory=dict)  # file name -> fate
    deaths: int = 0

    def __post_init__(self) -> None:
        self._files, self._data = self.folder / "files", self.folder / "data"
        self._files.mkdir(parents=True)
        self._digests = {}
        for number in range(FILES):
            # several studies and series, so that a death may fall between any two tables
            study = f"1.2.826.0.1.3680043.10.7777.{number // 7}"
            data = as_bytes(ct_slice(study=study, number=number, patient_id=f"P{number // 14}"))
            name = str(self._files / f"{number:03d}")
            Path(name).write_bytes(data)
            self._digests[name] = hashlib.sha256(data).hexdigest()

    def run(self, lifetime: float | None, batch: int) -> bool:
        """Import, killed after so many seconds; whether it came to its end before."""
        with subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz.importer", self._data, self._files, str(batch)],
            cwd=ROOT, stdout=subprocess.PIPE, text=True,
        ) as process:  # fmt: skip
            assert process.stdout is not None
            assert process.stdout.readline() == "begun\n"
            if lifetime is not None and not _ends_within(process, lifetime):
                self.deaths += 1
                process.kill()
            # what it had said before it died is in the pipe
            for line in process.stdout:
                if line.endswith("\n"):
                    fate, name = line.rstrip("\n").split("\t")
                    self.acknowledged[name] = fate
        return process.returncode == 0

    def faults(self) -> Iterator[str]:
        """What is not as it must be: acknowledged and absent, unreadable, half there."""
        portal = open_house(self._data).portal
        with portal.reading() as db:
            rows = {row.object_sha256: row for row in db.execute(query(Instance)).scalars()}
            for table, within in ((Study, Series.study_id), (Series, Instance.series_id)):
                empty = query(func.count()).where(table.id.not_in(query(within)))
                if db.execute(empty).scalar_one():
                    yield f"an empty {table.__name__.lower()}"
            imported = query(func.count()).where(AuditEvent.action == audit.Action.IMPORTED)
            studies = db.execute(query(func.count()).select_from(Study)).scalar_one()
            if db.execute(imported).scalar_one() != studies:
                yield "a study without its audit event, or an event without its study"
            if flaw := audit.verify(db, portal.keys.key("audit")).flaw:
                yield f"the audit trail: {flaw}"
        for name, fate in self.acknowledged.items():
            if fate not in ("stored", "already there") or self._digests[name] not in rows:
                yield f"{name} was acknowledged ({fate}) and is not there"
        images = Images(portal)
        for digest, row in rows.items():
            if hashlib.sha256(portal.objects.path(digest).read_bytes()).hexdigest() != digest:
                yield f"the object {digest} is not what its name says"
            if images.pixels(images.image(row.id), 0, hidden=False).shape != (64, 64):
                yield f"the image {row.id} cannot be read"
        portal.database.close()

    def complete(self) -> bool:
        """Whether every file was acknowledged as stored."""
        return len(self.acknowledged) == FILES


def _ends_within(process: subprocess.Popen[str], lifetime: float) -> bool:
    """Whether a process closes its output within so many seconds."""
    # as much as an import says fits in a pipe: nobody has to read meanwhile
    poll = select.poll()
    poll.register(process.stdout, 0)  # only told of a hang-up
    return bool(poll.poll(lifetime * 1000))


def killed_imports(folder: Path, deaths: int, seed: int) -> Iterator[str]:
    """Kill imports until so many have died; yields every fault, nothing when all is well."""
    chance = random.Random(seed)  # noqa: S311, the same lifetimes every time
    died = number = 0
    while died < deaths:
        current = Import(folder / str(number))
        number += 1
        ended = False
        while not ended and died + current.deaths < deaths:
            ended = current.run(chance.uniform(0, LONGEST_LIFE), chance.choice((1, 3, 8, 64)))
            yield from current.faults()
        if not current.run(None, 64):
            yield "the import does not come to its end"
        yield from current.faults()
        if not current.complete():
            yield "the import came to its end and files are missing"
        died += current.deaths
