"""Images by their DICOM UIDs, in scrolling order; looked up once and remembered."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass

from sqlalchemy import select

from services import access as decision
from services.access import Access
from services.errors import NotFound
from services.exam.exams import in_order
from services.hiding.disguise import grant_of, told_uids
from services.language import _
from services.pictures.frames import Images, StoredImage
from services.portal import Portal
from storage.models import Instance, Series

MOST_REMEMBERED = 4000  # images; each has a description of a few kB


@dataclass(frozen=True, slots=True)
class StoredSeries:
    """The images of one series along the way a person scrolls, and each one's place there."""

    study_id: int
    images: tuple[StoredImage, ...]
    places: dict[str, int]  # by SOP Instance UID, as it is told


class Instances:
    """The images of the portal by UID: their own, or a pseudonym where details are hidden."""

    def __init__(self, portal: Portal, images: Images) -> None:
        self._portal = portal
        self._images = images
        self._known: OrderedDict[tuple[int, int, str], StoredSeries] = OrderedDict()
        self._lock = threading.Lock()

    def remembered(self, access: Access, series_uid: str, sop_uid: str = "") -> StoredSeries | None:
        """The series of the access's exam, if it is known with that image; asks no database."""
        known = self._known.get((access.study_id, grant_of(access), series_uid))
        return known if known is not None and (not sop_uid or sop_uid in known.places) else None

    def series(self, access: Access, series_uid: str, sop_uid: str = "") -> StoredSeries:
        """The series of the access's exam; NotFound when it has none such, or not that image."""
        found = self._load(access, series_uid)
        if sop_uid and sop_uid not in found.places:
            raise NotFound(_(decision.NOT_FOUND))
        key = access.study_id, grant_of(access), series_uid
        with self._lock:
            self._known.pop(key, None)
            self._known[key] = found
            total = sum(len(known.images) for known in self._known.values())
            while total > MOST_REMEMBERED and len(self._known) > 1:
                total -= len(self._known.popitem(last=False)[1].images)
        return found

    def first_series(self, access: Access) -> str:
        """The UID of the exam's first series with images; NotFound when it has none."""
        query = (
            select(Series.series_uid)
            .join(Instance)
            .where(Series.study_id == access.study_id, Instance.content == "image")
            .order_by(Series.number.nulls_last(), Series.id)
            .limit(1)
        )
        with self._portal.reading() as db:
            uid = db.execute(query).scalar_one_or_none()
        if uid is None:
            raise NotFound(_("This exam has no images."))
        return told_uids(self._portal, access)(uid)

    def _load(self, access: Access, series_uid: str) -> StoredSeries:
        told = told_uids(self._portal, access)
        all_series = select(Series.id, Series.series_uid).where(Series.study_id == access.study_id)
        with self._portal.reading() as db:
            named = [n for n, uid in db.execute(all_series) if told(uid) == series_uid]
            query = (
                select(Instance)
                .where(Instance.series_id.in_(named), Instance.content == "image")
                .order_by(Instance.number, Instance.id)
            )
            rows = list(db.execute(query).scalars())
        if not rows:
            raise NotFound(_(decision.NOT_FOUND))
        ordered = [rows[place] for place in in_order(rows)]
        images = self._images.images([row.id for row in ordered])
        places = {told(row.sop_uid): place for place, row in enumerate(ordered)}
        return StoredSeries(access.study_id, tuple(images), places)
