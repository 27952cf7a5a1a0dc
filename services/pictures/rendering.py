"""Rendered pictures of single frames, as programs ask for them (DICOM PS3.18 8.3.5)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from imaging import encode
from imaging.decode import Undecodable
from imaging.grayscale import Window
from imaging.instance import ImageDescription
from imaging.render import Look, render
from services import access as decision
from services.access import Access
from services.errors import Invalid, NotFound, Unshowable
from services.language import _, said
from services.pictures.frames import Images, StoredImage, Withheld
from services.portal import Portal
from storage.pictures import PictureCache

QUALITY = 90
# counts up with whatever changes the bytes of a picture, so that none of before counts as the same
EDITION = "2"


@dataclass(frozen=True, slots=True)
class Viewport:
    """The area a picture has to fit, and which part of the image it shows (8.3.5.1.3).

    `left`, `top`, `width` and `height` are image pixels; None: from the corner, or to the edge.
    """

    across: int
    down: int
    left: float = 0.0
    top: float = 0.0
    width: float | None = None
    height: float | None = None
    flipped_across: bool = False
    flipped_down: bool = False


@dataclass(frozen=True, slots=True)
class Rendering:
    """How a frame is to be rendered; without a window as the file proposes."""

    media_type: str = "image/jpeg"
    quality: int = QUALITY
    window: Window | None = None
    viewport: Viewport | None = None


@lru_cache(4096)
def _name(rendering: Rendering) -> str:
    return repr(rendering)


class Renderings:
    """Rendered frames, kept while there is room. Every way in takes an `Access` that was renewed
    for this request.

    What is kept is shared by everybody who may see it; only what is visible tells pictures apart.
    """

    def __init__(self, portal: Portal, images: Images, budget: int | None = None) -> None:
        self._images = images
        # beside the decoded frames: an eighth of what those may take
        self._pictures = PictureCache(budget or (portal.settings.pixel_cache_mb << 20) // 8)

    def tag(self, access: Access, image: StoredImage, frame: int, rendering: Rendering) -> str:
        """A strong entity tag (RFC 9110 8.8.3): it names these very bytes, before they are made."""
        _check(access, image)
        parts = (EDITION, image.sha256, str(frame), str(access.hidden), _name(rendering))
        return f'"{hashlib.sha256("|".join(parts).encode()).hexdigest()[:40]}"'

    def kept(
        self, access: Access, image: StoredImage, frame: int, rendering: Rendering
    ) -> bytes | None:
        """The picture if it is in memory."""
        _check(access, image)
        return self._pictures.kept((image.sha256, frame, access.hidden, rendering))

    def picture(
        self, access: Access, image: StoredImage, frame: int, rendering: Rendering
    ) -> bytes:
        """The encoded picture of a frame, counted from 0.

        Raises NotFound beyond the last frame, Invalid for a region outside of the image, and
        Unshowable with the reason when no picture can be made of it.
        """
        _check(access, image)

        def make() -> bytes:
            try:
                pixels = self._images.pixels_once(image, frame, hidden=access.hidden)
            except (Undecodable, Withheld) as reason:
                raise Unshowable(
                    _("This image cannot be shown: {reason}").format(reason=said(reason))
                ) from None
            return _encoded(_drawn(image.description, frame, pixels, rendering, access), rendering)

        return self._pictures.get((image.sha256, frame, access.hidden, rendering), make)


def _check(access: Access, image: StoredImage) -> None:
    if image.study_id != access.study_id:
        raise NotFound(_(decision.NOT_FOUND))


def _drawn(
    description: ImageDescription,
    frame: int,
    pixels: NDArray[np.generic],
    rendering: Rendering,
    access: Access,
) -> NDArray[np.uint8]:
    look = Look(rendering.window, overlays=not access.hidden)
    viewport = rendering.viewport
    if viewport is None:
        tall = max(1, round(description.rows * description.aspect))
        return render(description, frame, pixels, look, size=(description.columns, tall))
    region = _region(description, viewport)
    across, down = region[2], region[3] * description.aspect
    scale = min(viewport.across / across, viewport.down / down)
    size = max(1, round(across * scale)), max(1, round(down * scale))
    picture = render(description, frame, pixels, look, region=region, size=size)
    if viewport.flipped_across:
        picture = picture[:, ::-1]
    return picture[::-1] if viewport.flipped_down else picture


def _region(description: ImageDescription, viewport: Viewport) -> tuple[int, int, int, int]:
    """The viewport's part of the image in whole pixels; Invalid when it is not inside."""
    left, top = round(viewport.left), round(viewport.top)
    width = description.columns - left if viewport.width is None else round(viewport.width)
    height = description.rows - top if viewport.height is None else round(viewport.height)
    if not (
        0 <= left < left + width <= description.columns
        and 0 <= top < top + height <= description.rows
    ):
        raise Invalid(
            _(
                "The region of the viewport is not inside this image of {columns} by {rows} pixels."
            ).format(columns=description.columns, rows=description.rows)
        )
    return left, top, width, height


def _encoded(picture: NDArray[np.uint8], rendering: Rendering) -> bytes:
    match rendering.media_type:
        case "image/png":
            return encode.png(picture)
        case "image/webp":
            return encode.webp(picture, rendering.quality)
        case _:
            return encode.jpeg(picture, rendering.quality)
