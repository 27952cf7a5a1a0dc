"""What annotations say: lengths, angles, areas and values, read off the images under an Access."""

from __future__ import annotations

import math
from dataclasses import dataclass

from imaging import measure
from imaging.decode import Undecodable
from imaging.grayscale import is_windowed
from imaging.instance import ImageDescription
from services import access as decision
from services.access import Access
from services.annotation import Kind, Shape
from services.errors import NotFound
from services.frames import Images, StoredImage, Withheld
from services.portal import Portal

OUTSIDE = "outside the image"


@dataclass(frozen=True, slots=True)
class Reading:
    """The lines that stand beside a shape, and what must be known to trust them (empty:
    nothing).
    """

    lines: tuple[str, ...]
    note: str = ""


class Measuring:
    """Measures shapes. Every way in takes an `Access` and asks whether it still holds.

    Raises Expired, with a sentence, once the exam may no longer be seen; NotFound for an image of
    another exam.
    """

    def __init__(self, portal: Portal, images: Images) -> None:
        self._portal = portal
        self._images = images

    def read(self, access: Access, shape: Shape) -> Reading:
        """What a shape measures; on an image that is withheld, why it measures nothing."""
        access = decision.renewed(self._portal, access)
        image = self._images.image(shape.where.instance_id)
        if image.study_id != access.study_id:
            raise NotFound(decision.NOT_FOUND)
        if shape.kind.worded:
            return Reading(tuple(shape.text.splitlines()))
        if access.hidden and image.identity_rule["do"] == "withhold":
            return Reading((), str(image.identity_rule["reason"]))
        try:
            return self._measured(image, shape, hidden=access.hidden)
        except (Withheld, Undecodable) as reason:
            return Reading((), str(reason))

    def _measured(self, image: StoredImage, shape: Shape, *, hidden: bool) -> Reading:
        described, frame = image.description, shape.where.frame
        match shape.kind, shape.points:
            case Kind.LENGTH, (a, b):
                return _told(measure.length(described, frame, a, b))
            case Kind.ANGLE, (a, vertex, b):
                return _told(measure.angle(described, frame, a, vertex, b))
            case Kind.PROBE, (at,):
                pixels = self._images.pixels(image, frame, hidden=hidden)
                return _value(described, frame, measure.probe(described, frame, pixels, at))
            case Kind.RECTANGLE, (a, b):
                return self._region(image, frame, "rectangle", a, b, hidden=hidden)
            case Kind.ELLIPSE, (a, b):
                return self._region(image, frame, "ellipse", a, b, hidden=hidden)
        return Reading(())

    def _region(
        self,
        image: StoredImage,
        frame: int,
        form: measure.AreaShape,
        a: measure.Point,
        b: measure.Point,
        *,
        hidden: bool,
    ) -> Reading:
        described = image.description
        area = measure.area(described, frame, form, a, b)
        pixels = self._images.pixels(image, frame, hidden=hidden)
        found = measure.statistics(described, frame, pixels, form, a, b)
        if found is None:
            return Reading((f"area {area}",), area.note)
        digits = _digits(found.maximum - found.minimum)
        mean, deviation = (f"{n:z.{digits + 1}f}" for n in (found.mean, found.deviation))
        low, high = (f"{n:z.{digits}f}" for n in (found.minimum, found.maximum))
        values = f"mean {mean} ± {deviation} {found.unit}", f"{low} to {high} {found.unit}"
        return Reading((f"area {area}", *values), area.note)


def _digits(spread: float) -> int:
    """Digits after the point that tell a hundredth of a spread of values; 0 for HU and grey."""
    return min(max(0, 2 - math.floor(math.log10(spread))), 6) if spread else 0


def _told(quantity: measure.Quantity) -> Reading:
    return Reading((str(quantity),), quantity.note)


def _value(described: ImageDescription, frame: int, values: tuple[float, ...]) -> Reading:
    if not values:
        return Reading((), OUTSIDE)
    numbers = ", ".join(f"{value:.6g}" for value in values)
    if len(values) > 1:
        return Reading((f"colour {numbers}",))
    unit = measure.value_unit(described, frame) if is_windowed(described) else ""
    return Reading((f"{numbers} {unit}".strip(),))
