"""One damaged file on its real way: taken in, described, decoded, rendered, encoded, read."""

from __future__ import annotations

import hashlib
import json
import traceback
from dataclasses import dataclass, field
from pathlib import Path

from sqlalchemy import func, select

from imaging.decode import Undecodable
from imaging.encode import jpeg, png
from imaging.render import Look, render
from services import access as decision
from services import audit
from services.errors import Invalid, NotFound
from services.exam import exams, reports
from services.intake import ingest
from services.intake.ingest import Fate
from services.pictures.frames import Images, Withheld
from services.programs.dicomweb.metadata import metadata
from services.viewer.view_events import Resize
from services.viewer.view_state import ViewState
from services.viewer.viewing import Viewer
from storage.models import Instance, Quarantine, Series, Study
from tests.factories import House, open_house

SCREEN = (256, 256)


@dataclass
class Verdict:
    """What became of a file: its fate, how often a frame was shown or refused, what went wrong."""

    fate: str = ""
    reason: str = ""
    shown: int = 0
    refused: int = 0
    faults: list[str] = field(default_factory=list)


class Trial:
    """A portal of its own that damaged files are put through."""

    def __init__(self, folder: Path) -> None:
        self.house: House = open_house(folder, pixel_cache_mb=64)
        self._staff = self.house.account(kind="staff", role="administrator")

    def close(self) -> None:
        """Close the portal; raises AssertionError when its audit trail is damaged."""
        with self.house.portal.reading() as db:
            verdict = audit.verify(db, self.house.portal.keys.key("audit"))
        self.house.portal.database.close()
        assert not verdict.flaw, verdict.flaw

    def run(self, name: str, data: bytes) -> Verdict:
        """Put one file through; whatever it does, only `faults` tell of it."""
        verdict = Verdict()
        try:
            (outcome,) = ingest.take_in(self.house.portal, [ingest.from_bytes(name, data)])
            verdict.fate, verdict.reason = outcome.fate.value, outcome.reason
            self._is_whole_or_nothing(data, outcome.fate)
            if outcome.fate is Fate.QUARANTINED:
                assert outcome.reason, "quarantined without a reason"
            if outcome.fate is Fate.STORED:
                self._look(verdict)
        except BaseException:
            verdict.faults.append(traceback.format_exc())
        return verdict

    def _is_whole_or_nothing(self, data: bytes, fate: Fate) -> None:
        portal = self.house.portal
        with portal.reading() as db:
            newest = db.execute(select(Instance).order_by(Instance.id.desc()).limit(1)).scalar()
            with_series, with_instances = select(Series.study_id), select(Instance.series_id)
            for table, inside in ((Study, with_series), (Series, with_instances)):
                empty = select(func.count()).where(table.id.not_in(inside))
                assert db.execute(empty).scalar_one() == 0, f"an empty {table.__name__}"
            if fate is Fate.STORED:
                assert newest is not None
                kept = portal.objects.path(newest.object_sha256)
                assert kept.stat().st_size == newest.size
            if fate is Fate.QUARANTINED:
                digest = hashlib.sha256(data).hexdigest()
                rows = select(Quarantine).where(Quarantine.object_sha256 == digest)
                assert db.execute(rows).scalars().first() is not None
                assert portal.objects.path(digest).stat().st_size == len(data)

    def _look(self, verdict: Verdict) -> None:
        portal = self.house.portal
        with portal.reading() as db:
            query = select(Instance, Series).join(Series).order_by(Instance.id.desc()).limit(1)
            instance, series = db.execute(query).one()
        images = Images(portal)
        if instance.content == "image":
            self._look_at_image(images, instance.id, verdict)
        access = decision.decide(portal, self._staff, series.study_id)
        exam = exams.open_exam(portal, access)
        viewer = Viewer(portal, images)
        for entry in exam.series[:3]:
            state = ViewState.start(viewer.stack(access, entry)).after(Resize(300, 200))
            for picture in (
                viewer.thumbnail(access, entry),
                viewer.moving(access, entry, state),
                viewer.resting(access, entry, state),
            ):
                assert picture.data
            viewer.presets(access, entry)
            viewer.corner_texts(access, entry, state)
            viewer.orientation(access, entry, state)
            viewer.standing(access, entry)
        json.loads(b"".join(metadata(portal, images, access, "here")))
        for report in exam.reports[:3]:
            try:
                view = reports.read(portal, access, report.report_id)
                for page in range(min(view.pages, 2)):
                    reports.page(portal, access, report.report_id, page, 400)
                verdict.shown += 1
            except (Invalid, NotFound) as reason:
                assert str(reason)
                verdict.refused += 1

    def _look_at_image(self, images: Images, instance_id: int, verdict: Verdict) -> None:
        image = images.image(instance_id)
        described = image.description
        for frame in sorted({0, described.frames // 2, described.frames - 1}):
            for hidden in (False, True):
                try:
                    pixels = images.pixels(image, frame, hidden=hidden)
                except Withheld:
                    continue
                except (Undecodable, Invalid) as reason:
                    assert str(reason)
                    verdict.refused += 1
                    continue
                jpeg(render(described, frame, pixels, Look(), size=SCREEN), 88)
                png(render(described, frame, pixels, Look(invert=True), size=SCREEN))
                verdict.shown += 1
