"""How an exam is hung when it is opened: which layout, and which images in which viewport."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

from imaging.modules import Projected
from services import access as decision
from services.access import Access
from services.errors import NotFound
from services.exam.exams import Exam, SeriesEntry
from services.language import _
from services.pictures.frames import Images
from services.portal import Portal
from services.viewer.viewports import Layout

PROJECTIONS = ("CR", "DX", "MG", "RG", "DR")
BREASTS = (("R", "CC"), ("L", "CC"), ("R", "MLO"), ("L", "MLO"))  # facing each other
FRONTAL = ("PA", "AP")
MOST_LOOKED_AT = 16  # images of an exam whose views are asked for


@dataclass(frozen=True, slots=True)
class Hung:
    """A series in a viewport, and the slice it begins with."""

    series: SeriesEntry
    slice: int = 0


@dataclass(frozen=True, slots=True)
class Hanging:
    """The layout, and what hangs in its viewports in reading order."""

    layout: Layout
    hung: tuple[Hung, ...]


@dataclass(frozen=True, slots=True)
class Shot:
    """A projection image of an exam: what hangs, and which side and view it is."""

    hung: Hung
    projected: Projected


def hanging(portal: Portal, images: Images, access: Access, exam: Exam) -> Hanging:
    """How to hang an exam with at least one series.

    Raises Expired once the exam may no longer be seen.
    """
    access = decision.renewed(portal, access)
    shots: list[Shot] = []
    for series in exam.series:
        if series.modality in PROJECTIONS and len(shots) + len(series.slices) <= MOST_LOOKED_AT:
            shots.extend(_shots(images, access, series))
    return hung(exam.series, shots)


def hung(series: Sequence[SeriesEntry], shots: Sequence[Shot]) -> Hanging:
    """Breasts face each other, X-rays of one region stand side by side; else the largest series
    alone: a localiser is not what a person wants to see first.
    """
    if breasts := _breasts(shots):
        return breasts
    images = sum(len(one.slices) for one in series)
    if 2 <= len(shots) <= 4 and len(shots) == images:
        layout = Layout.SIDE_BY_SIDE if len(shots) == 2 else Layout.FOUR
        return Hanging(layout, tuple(shot.hung for shot in sorted(shots, key=_from_the_front)))
    largest = max(series, key=lambda one: len(one.slices))
    return Hanging(Layout.ONE, (Hung(largest),))


def counterpart(of: SeriesEntry, among: Sequence[SeriesEntry]) -> SeriesEntry:
    """The series of another exam to put beside one: as alike as there is, then the largest."""
    modality, name = of.modality, of.description.casefold()

    def alike(other: SeriesEntry) -> tuple[bool, float, int]:
        likeness = SequenceMatcher(None, name, other.description.casefold()).ratio()
        return other.modality == modality, round(likeness, 1), len(other.slices)

    return max(among, key=alike)


def next_to_show(series: Iterable[SeriesEntry], there: Iterable[int]) -> list[SeriesEntry]:
    """The series not on the stage yet (`there`: the ids of those that are), the largest first."""
    seen = set(there)
    rest = [one for one in series if one.series_id not in seen]
    return sorted(rest, key=lambda one: -len(one.slices))


def _shots(images: Images, access: Access, series: SeriesEntry) -> list[Shot]:
    stored = images.images([where.instance_id for where in series.slices])
    if any(image.study_id != access.study_id for image in stored):
        raise NotFound(_(decision.NOT_FOUND))
    return [
        Shot(Hung(series, number), image.description.projected)
        for number, image in enumerate(stored)
    ]


def _breasts(shots: Sequence[Shot]) -> Hanging | None:
    """Right beside left, craniocaudal above oblique; None unless two of these are there."""
    first: dict[tuple[str, str], Hung] = {}
    for shot in shots:
        if shot.hung.series.modality == "MG":
            first.setdefault((shot.projected.side, shot.projected.view), shot.hung)
    found = [first[key] for key in BREASTS if key in first]
    if len(found) < 2:
        return None
    return Hanging(Layout.SIDE_BY_SIDE if len(found) == 2 else Layout.FOUR, tuple(found))


def _from_the_front(shot: Shot) -> bool:
    """Sorts frontal views first."""
    return shot.projected.view not in FRONTAL
