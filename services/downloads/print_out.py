"""A print: images laid out on pages under the exam's title, then the reports."""

from __future__ import annotations

from collections.abc import Iterator

from imaging import encode
from services.downloads.paper import FOOT, HEAD, MARGIN, Paper
from services.downloads.permit import Permit
from services.downloads.report_files import add_reports, foot_of
from services.downloads.stills import SeriesLook, Stills
from services.downloads.wanted import PER_PAGE, Print
from services.errors import Unshowable
from services.exam.exams import Exam
from services.language import _
from services.portal import Portal

MOST_IMAGES = 480
GAP = 3.0  # mm between images
DENSITY = 180 / 25.4  # pixels a mm
QUALITY = 88
Box = tuple[float, float, float, float]  # left, top, width, height in mm


def print_out(
    portal: Portal, stills: Stills, permit: Permit, exam: Exam, wanted: Print
) -> Iterator[bytes]:
    """The PDF. It is sent when it is whole; before, an empty piece follows each image."""
    under = ", ".join(filter(None, (exam.patient_line, exam.description)))
    paper = Paper(exam.title, under, foot_of(portal, permit))
    looks = [
        stills.look(permit.still(), series, number)
        for number, series in enumerate(exam.series, 1)
        if wanted.series in (0, number)
    ]
    every = [(look, place) for look in looks for place in range(len(look.series.slices))]
    shown = evenly(len(every), MOST_IMAGES)
    for at, chosen in enumerate(shown):
        place = at % wanted.per_page
        if not place:
            paper.add_page()
        _add(paper, stills, permit, exam, wanted, *every[chosen], boxes(wanted.per_page)[place])
        yield b""
    if len(shown) < len(every):
        paper.sentence(
            _("{shown} of {count} images are printed, in even steps.").format(
                shown=len(shown), count=len(every)
            )
        )
    if wanted.report:
        for _page in add_reports(paper, portal, permit, exam):
            yield b""
    permit.still()
    yield paper.finished()


def boxes(per_page: int) -> list[Box]:
    """Where the images of an A4 page stand, row by row."""
    across, down = PER_PAGE[per_page]
    width = (210 - 2 * MARGIN - GAP * (across - 1)) / across
    height = (297 - HEAD - FOOT - GAP * (down - 1)) / down
    return [
        (MARGIN + column * (width + GAP), HEAD + row * (height + GAP), width, height)
        for row in range(down)
        for column in range(across)
    ]


def evenly(count: int, most: int) -> list[int]:
    """All of `count` places, or `most` of them in even steps."""
    shown = min(count, most)
    return [number * count // shown for number in range(shown)]


def _add(
    paper: Paper,
    stills: Stills,
    permit: Permit,
    exam: Exam,
    wanted: Print,
    look: SeriesLook,
    place: int,
    box: Box,
) -> None:
    access = permit.still()
    longest = round(max(box[2:]) * DENSITY)
    try:
        picture = stills.draw(access, look, place, longest=longest)
    except Unshowable as reason:
        paper.instead(str(reason), box)
        return
    if wanted.texts:
        picture = stills.captioned(access, look, place, picture, exam)
    series = look.series
    caption = _("Series {series}, image {number} of {count}").format(
        series=look.number, number=place + 1, count=len(series.slices)
    )
    paper.picture(encode.jpeg(picture, QUALITY), box, caption)
