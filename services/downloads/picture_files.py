"""The exam's images as picture files, still or moving, in a zip."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import numpy as np
from PIL import Image

from imaging import animation, encode
from imaging.captions import SMALLEST
from imaging.instance import ImageDescription
from services.access import Access
from services.downloads.permit import Permit
from services.downloads.readme import readme
from services.downloads.stills import SeriesLook, Still, Stills
from services.downloads.wanted import Form, Pictures
from services.downloads.zip_stream import ZipStream
from services.errors import Unshowable
from services.exam.exams import Exam
from services.language import N_, _
from services.portal import Portal

QUALITY = 92
STACK_PACE = 100  # ms an image of a stack is shown
CONTENTS = N_(
    "Pictures of the exam, a folder for each series. They are for looking at; for a diagnosis, "
    "download the DICOM files."
)


class PictureFiles:
    """One download; `pieces` is a zip file."""

    def __init__(
        self, portal: Portal, stills: Stills, permit: Permit, exam: Exam, wanted: Pictures
    ) -> None:
        self._portal, self._stills, self._permit = portal, stills, permit
        self._exam, self._wanted = exam, wanted
        self._zip = ZipStream()
        self._left_out: Counter[str] = Counter()

    def pieces(self) -> Iterator[bytes]:
        """The pictures, then the readme."""
        for number, series in enumerate(self._exam.series, 1):
            if self._wanted.series in (0, number):
                look = self._stills.look(self._permit.still(), series, number)
                if self._wanted.form.moves and len(series.slices) > 1:
                    yield from self._moving(look)
                else:
                    yield from self._still(look)
        text = readme(
            self._portal, self._exam, hidden=self._permit.hidden, contents=CONTENTS,
            left_out=self._left_out,
        )  # fmt: skip
        yield from self._zip.member("README.TXT", [text])
        yield self._zip.end()

    def _still(self, look: SeriesLook) -> Iterator[bytes]:
        form = Form.PNG if self._wanted.form is Form.PNG else Form.JPEG
        ending = {Form.PNG: "png"}.get(form, "jpg")
        for place in range(len(look.series.slices)):
            try:
                picture = self._drawn(self._permit.still(), look, place)
            except Unshowable as reason:
                self._left_out[str(reason)] += 1
                continue
            data = encode.png(picture) if form is Form.PNG else encode.jpeg(picture, QUALITY)
            yield from self._zip.member(
                f"series-{look.number:02d}/image-{place + 1:04d}.{ending}", [data]
            )

    def _moving(self, look: SeriesLook) -> Iterator[bytes]:
        places = animation.chosen(len(look.series.slices))
        if len(places) < len(look.series.slices):
            some = _("in series {series}, {shown} of {count} images in even steps").format(
                series=look.number, shown=len(places), count=len(look.series.slices)
            )
            self._left_out[some] += 1
        access = self._permit.still()
        pace = [self._pace(access, look, place) for place in places]
        try:
            data = animation.animated(self._frames(look, places), pace, str(self._wanted.form))
        except Unshowable as reason:
            self._left_out[str(reason)] += 1
            return
        yield from self._zip.member(f"series-{look.number:02d}.{self._wanted.form}", [data])

    def _frames(self, look: SeriesLook, places: list[int]) -> Iterator[Still]:
        """Pictures of one size; an image that cannot be shown ends the series with its reason."""
        size: tuple[int, int] | None = None
        for place in places:
            access = self._permit.still()
            description = self._stills.description(access, look, place)
            if size is None:
                size = self._size(description, len(places))
            picture = self._drawn(access, look, place, longest=max(size))
            image = Image.fromarray(picture).convert("RGB" if description.samples > 1 else "L")
            yield np.asarray(image if image.size == size else image.resize(size))

    def _size(self, description: ImageDescription, frames: int) -> tuple[int, int]:
        across, down = description.columns, round(description.rows * description.aspect)
        if self._wanted.texts and max(across, down) < SMALLEST:
            scale = SMALLEST / max(across, down)
            across, down = round(across * scale), round(down * scale)
        return animation.frame_size(max(across, 1), max(down, 1), frames, description.samples)

    def _drawn(self, access: Access, look: SeriesLook, place: int, *, longest: int = 4096) -> Still:
        still = self._stills.draw(access, look, place, longest=longest)
        if not self._wanted.texts:
            return still
        return self._stills.captioned(access, look, place, still, self._exam)

    def _pace(self, access: Access, look: SeriesLook, place: int) -> int:
        """How long a frame is shown, in ms: as the file says, or ten a second."""
        description = self._stills.description(access, look, place)
        return round(description.frame_time(look.series.slices[place].frame)) or STACK_PACE
