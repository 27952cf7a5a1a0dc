"""Looking at an exam: its series as stacks of slices, its priors, and the frame for a view."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from imaging.decode import Undecodable
from imaging.grayscale import Window
from imaging.placeholder import placeholder
from imaging.redaction import redact
from imaging.render import Look, render
from numpy.typing import NDArray
from sqlalchemy import select

from imaging import encode, geometry, grayscale
from services import access as decision
from services import dates, reports, titles
from services.access import Access
from services.audit import Action
from services.errors import NotFound
from services.frames import Images, StoredImage, Withheld
from services.portal import Portal
from services.reports import ReportEntry
from services.view_state import Stack, ViewState
from storage.models import Instance, Series, Study

MOVING_LONGEST = 1024  # image pixels a moving picture has along its longer side, at most
RESTING_MOST = 3_000_000  # pixels of a resting picture, at most
JPEG_QUALITY = 88
THUMBNAIL = 128


@dataclass(frozen=True, slots=True)
class Slice:
    """One picture of a stack: a frame of a stored image."""

    instance_id: int
    frame: int


@dataclass(frozen=True, slots=True)
class SeriesEntry:
    """A series that has pictures, in the order a person scrolls through them."""

    series_id: int
    number: str
    modality: str
    description: str
    slices: tuple[Slice, ...]


@dataclass(frozen=True, slots=True)
class Prior:
    """Another exam of the same patient that this account may see."""

    study_id: int
    label: str
    description: str
    age: str  # "3 years earlier"


@dataclass(frozen=True, slots=True)
class Exam:
    """An opened exam, as far as its viewer may know it."""

    access: Access
    title: str
    page_title: str
    patient_line: str
    description: str
    series: tuple[SeriesEntry, ...]
    reports: tuple[ReportEntry, ...]
    priors: tuple[Prior, ...]
    others: int  # objects with nothing to look at


@dataclass(frozen=True, slots=True)
class Picture:
    """An encoded picture of a frame, or of a part of it."""

    data: bytes
    media_type: str
    lossy: bool
    region: tuple[int, int, int, int]  # left, top, width, height in image pixels
    note: str  # why something else than the image is shown; empty: the image


def newest(portal: Portal, account_id: int) -> Access | None:
    """The access to the most recent exam; None when there is nothing to see."""
    found = decision.visible(portal, account_id, limit=1)
    return found[0][1] if found else None


def newest_of(portal: Portal, account_id: int, patient_id: int) -> Access | None:
    """The access to a patient's most recent exam; None when there is none to see."""
    found = decision.visible(portal, account_id, patient_id=patient_id, limit=1)
    return found[0][1] if found else None


def open_exam(portal: Portal, access: Access) -> Exam:
    """The exam with its series, reports and priors; the look is recorded."""
    with portal.transaction() as tx:
        study = tx.db.get_one(Study, access.study_id)
        tx.record(
            Action.EXAM_VIEWED,
            account_id=access.account_id,
            patient_id=access.patient_id,
            study_id=access.study_id,
            why=str(access.why),
            hidden=access.hidden,
        )
        rows = tx.db.execute(
            select(Series, Instance)
            .join(Instance)
            .where(Series.study_id == study.id)
            .order_by(Series.number.nulls_last(), Series.id, Instance.number, Instance.id)
        ).all()
        clean = _cleaner(portal, access)
    grouped: dict[int, tuple[Series, list[Instance]]] = {}
    for series, instance in rows:
        if instance.content == "image":
            grouped.setdefault(series.id, (series, []))[1].append(instance)
    entries = tuple(
        SeriesEntry(
            series.id,
            "" if series.number is None else str(series.number),
            series.modality,
            clean(series.description) or series.modality,
            _in_order(instances),
        )
        for series, instances in grouped.values()
    )
    title = titles.hidden_title(study) if access.hidden else titles.exam_title(study)
    return Exam(
        access=access,
        title=title,
        page_title=titles.what_and_when(study),
        patient_line=_patient_line(study, access),
        description=clean(study.description),
        series=entries,
        reports=tuple(reports.listed(portal, access)),
        priors=_priors(portal, access, study),
        others=sum(1 for _, i in rows if i.content == "other"),
    )


class Viewer:
    """Frames for views: knows the portal's images, asks for an `Access` with every one."""

    def __init__(self, portal: Portal, images: Images) -> None:
        self._portal = portal
        self._images = images

    def stack(self, access: Access, series: SeriesEntry) -> Stack:
        """What the reducer needs of a series; its window suits every slice alike."""
        middle = series.slices[len(series.slices) // 2]
        image = self._image(access, middle)
        description = image.description
        return Stack(
            series.series_id,
            len(series.slices),
            description.columns,
            description.rows,
            description.aspect,
            self._starting_window(access, image, middle.frame),
        )

    def presets(self, access: Access, series: SeriesEntry) -> tuple[Window, ...]:
        """Windows to choose from: the file's own, then those usual for the modality."""
        first = series.slices[0]
        description = self._image(access, first).description
        return (
            *grayscale.windows(description, first.frame),
            *grayscale.presets(description.modality),
        )

    def moving(self, access: Access, series: SeriesEntry, state: ViewState) -> Picture:
        """The whole slice as JPEG, no larger than a screen needs while things move."""
        where = series.slices[state.slice]

        def draw(image: StoredImage) -> Picture:
            description = image.description
            reduction = min(1.0, MOVING_LONGEST / max(description.columns, description.rows))
            size = (
                max(1, round(description.columns * reduction)),
                max(1, round(description.rows * reduction)),
            )
            picture = self._render(access, image, where.frame, state, None, size)
            return Picture(
                encode.jpeg(picture, JPEG_QUALITY), "image/jpeg", True, _whole(image), ""
            )

        return self._or_placeholder(access, where, draw)

    def resting(self, access: Access, series: SeriesEntry, state: ViewState) -> Picture:
        """What is on screen of the slice, without loss, at full resolution where that helps."""
        where = series.slices[state.slice]

        def draw(image: StoredImage) -> Picture:
            region = _whole(image)
            if region[2] * region[3] > RESTING_MOST:
                region = state.visible_region()
            if not (region[2] and region[3]):
                region = _whole(image)
            reduction = min(1.0, (RESTING_MOST / (region[2] * region[3])) ** 0.5)
            size = (max(1, round(region[2] * reduction)), max(1, round(region[3] * reduction)))
            picture = self._render(access, image, where.frame, state, region, size)
            lossy = image.description.lossy or reduction < 1
            return Picture(encode.png(picture), "image/png", lossy, region, "")

        return self._or_placeholder(access, where, draw)

    def thumbnail(self, access: Access, series: SeriesEntry) -> Picture:
        """A small picture of the middle of a series."""
        middle = series.slices[len(series.slices) // 2]

        def draw(image: StoredImage) -> Picture:
            description = image.description
            tall = description.rows * description.aspect
            reduction = THUMBNAIL / max(description.columns, tall)
            size = (
                max(1, round(description.columns * reduction)),
                max(1, round(tall * reduction)),
            )
            window = self._starting_window(access, image, middle.frame)
            pixels = self._images.pixels(image, middle.frame, hidden=access.hidden)
            picture = render(description, middle.frame, pixels, Look(window), size=size)
            return Picture(encode.jpeg(picture, 80), "image/jpeg", True, _whole(image), "")

        return self._or_placeholder(access, middle, draw)

    def corner_texts(
        self, access: Access, series: SeriesEntry, state: ViewState
    ) -> dict[str, list[str]]:
        """What stands in the corners: slice and place, window, and orientation letters."""
        where = series.slices[state.slice]
        description = self._image(access, where).description
        bottom_left = [f"Image {state.slice + 1} of {len(series.slices)}"]
        if (location := geometry.slice_location(description, where.frame)) is not None:
            bottom_left.append(f"Position {location:.1f} mm")
        bottom_right = []
        if state.window is not None:
            named = f" ({state.window.name})" if state.window.name else ""
            bottom_right.append(
                f"Window {state.window.width:.0f} at {state.window.center:.0f}{named}"
            )
        bottom_right.append(f"Zoom {state.scale * 100:.0f} %")
        return {"bottom_left": bottom_left, "bottom_right": bottom_right}

    def orientation(
        self, access: Access, series: SeriesEntry, state: ViewState
    ) -> tuple[str, str, str, str]:
        """Letters at the left, right, top and bottom edge of the view; empty where unknown."""
        where = series.slices[state.slice]
        description = self._image(access, where).description
        letters = geometry.frame_letters(description, where.frame)
        if letters is None:
            return "", "", "", ""
        left, right, top, bottom = letters
        if state.flipped:
            left, right = right, left
        for _ in range(state.quarter_turns):
            left, right, top, bottom = bottom, top, left, right
        return left, right, top, bottom

    def _image(self, access: Access, where: Slice) -> StoredImage:
        image = self._images.image(where.instance_id)
        if image.study_id != access.study_id:
            raise NotFound(decision.NOT_FOUND)
        return image

    def _starting_window(self, access: Access, image: StoredImage, frame: int) -> Window | None:
        if not grayscale.is_windowed(image.description):
            return None
        try:
            pixels = self._images.pixels(image, frame, hidden=access.hidden)
        except (Withheld, Undecodable):
            return Window(128, 256)
        values = grayscale.modality_values(image.description, frame, pixels)
        return grayscale.default_window(image.description, frame, values)

    def _render(
        self,
        access: Access,
        image: StoredImage,
        frame: int,
        state: ViewState,
        region: tuple[int, int, int, int] | None,
        size: tuple[int, int],
    ) -> NDArray[np.uint8]:
        pixels = self._images.pixels(image, frame, hidden=access.hidden)
        look = Look(state.window, invert=state.invert, overlays=not access.hidden)
        return render(image.description, frame, pixels, look, region=region, size=size)

    def _or_placeholder(
        self, access: Access, where: Slice, draw: Callable[[StoredImage], Picture]
    ) -> Picture:
        image = self._image(access, where)
        try:
            return draw(image)
        except Withheld as reason:
            note = str(reason)
        except Undecodable as reason:
            note = f"This image cannot be shown: {reason}"
        picture = placeholder(image.description.columns, image.description.rows)
        return Picture(encode.png(picture), "image/png", False, _whole(image), note)


def _whole(image: StoredImage) -> tuple[int, int, int, int]:
    return 0, 0, image.description.columns, image.description.rows


def _in_order(instances: list[Instance]) -> tuple[Slice, ...]:
    """Along the slice normal where every image tells its place, else as numbered."""
    order = geometry.spatial_order(
        [
            geometry.SlicePlace(i.number, _vector(i.position), _vector(i.orientation))
            for i in instances
        ]
    )
    return tuple(
        Slice(instances[n].id, frame) for n in order for frame in range(instances[n].frames)
    )


def _vector(value: Any) -> tuple[float, ...] | None:
    return None if value is None else tuple(value)


def _patient_line(study: Study, access: Access) -> str:
    patient = study.patient
    if access.hidden:
        born, at = patient.birth_date, study.performed_at
        return f"{dates.age(born, at.date())} years at the exam" if born and at else ""
    parts = []
    if patient.birth_date:
        parts.append(f"born {dates.day(patient.birth_date)}")
    parts.append(f"ID {patient.patient_id}")
    return ", ".join(parts)


def _cleaner(portal: Portal, access: Access) -> Callable[[str], str]:
    """Takes the patient's details out of free text where they are hidden."""
    if not access.hidden:
        return lambda text: text
    with portal.reading() as db:
        identity = reports.study_identity(db, access)
    return lambda text: redact(text, identity)


def _priors(portal: Portal, access: Access, current: Study) -> tuple[Prior, ...]:
    found = decision.visible(portal, access.account_id, patient_id=access.patient_id)
    return tuple(
        Prior(
            study.id,
            titles.what_and_when(study),
            _cleaner(portal, its)(study.description),
            _how_long(current, study),
        )
        for study, its in found
        if study.id != current.id
    )


def _how_long(current: Study, other: Study) -> str:
    if current.performed_at is None or other.performed_at is None:
        return ""
    days = (current.performed_at - other.performed_at).days
    word = "earlier" if days >= 0 else "later"
    for length, unit in ((365.25, "year"), (30.44, "month"), (1, "day")):
        if (count := int(abs(days) / length)) >= 1:
            return f"{count} {unit}{'s' if count > 1 else ''} {word}"
    return "the same day"
