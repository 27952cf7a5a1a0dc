"""What annotations say: lengths, angles, areas and values, read off the images under an Access."""

from __future__ import annotations

import math
from dataclasses import dataclass

from imaging import measure
from imaging.decode import Undecodable
from imaging.grayscale import is_windowed
from imaging.instance import ImageDescription
from imaging.measure import Quantity
from services import access as decision
from services.access import Access
from services.errors import NotFound
from services.hiding.identity_rules import refusal
from services.language import N_, _, said
from services.pictures.frames import Images, StoredImage, Withheld
from services.portal import Portal
from services.viewer.annotation import Kind, Shape

OUTSIDE = N_("outside the image")
COLOURS = ("red", "green", "blue")


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
        """What a shape says; on an image that is withheld, why it says nothing."""
        if shape.kind.worded:
            self._image(access, shape)
            return Reading(tuple(shape.text.splitlines()))
        try:
            found = self.quantities(access, shape)
        except (Withheld, Undecodable) as reason:
            return Reading((), said(reason))
        notes = [quantity.note for quantity in found.values() if quantity.note]
        return Reading(_lines(found), said(notes[0]) if notes else "" if found else _(OUTSIDE))

    def quantities(self, access: Access, shape: Shape) -> dict[str, Quantity]:
        """What a shape measures: length, angle, area, mean, deviation, minimum, maximum, value, or
        red, green and blue; nothing outside the image, nor of an arrow or a text.

        Raises Withheld and Undecodable where the pixels are not to be had.
        """
        access, image = self._image(access, shape)
        if access.hidden and image.identity_rule["do"] == "withhold":
            raise Withheld(refusal(image.identity_rule["reason"]))
        described, frame = image.description, shape.where.frame
        match shape.kind, shape.points:
            case Kind.LENGTH, (a, b):
                return {"length": measure.length(described, frame, a, b)}
            case Kind.ANGLE, (a, vertex, b):
                return {"angle": measure.angle(described, frame, a, vertex, b)}
            case Kind.PROBE, (at,):
                pixels = self._images.pixels(image, frame, hidden=access.hidden)
                return _value(described, frame, measure.probe(described, frame, pixels, at))
            case Kind.RECTANGLE | Kind.ELLIPSE, (a, b):
                pixels = self._images.pixels(image, frame, hidden=access.hidden)
                form: measure.AreaShape = "ellipse" if shape.kind is Kind.ELLIPSE else "rectangle"
                area = {"area": measure.area(described, frame, form, a, b)}
                return area | _spread(measure.statistics(described, frame, pixels, form, a, b))
        return {}

    def _image(self, access: Access, shape: Shape) -> tuple[Access, StoredImage]:
        access = decision.renewed(self._portal, access)
        image = self._images.image(shape.where.instance_id)
        if image.study_id != access.study_id:
            raise NotFound(_(decision.NOT_FOUND))
        return access, image


def _spread(found: measure.Statistics | None) -> dict[str, Quantity]:
    if found is None:
        return {}
    values = found.mean, found.deviation, found.minimum, found.maximum
    names = ("mean", "deviation", "minimum", "maximum")
    return {name: Quantity(n, found.unit) for name, n in zip(names, values, strict=True)}


def _value(
    described: ImageDescription, frame: int, values: tuple[float, ...]
) -> dict[str, Quantity]:
    if len(values) == len(COLOURS):
        return {name: Quantity(n, "") for name, n in zip(COLOURS, values, strict=True)}
    unit = measure.value_unit(described, frame) if is_windowed(described) else ""
    return {"value": Quantity(values[0], unit)} if values else {}


def _lines(found: dict[str, Quantity]) -> tuple[str, ...]:
    match found:
        case {"red": red, "green": green, "blue": blue}:
            return (
                _("colour {red:.6g}, {green:.6g}, {blue:.6g}").format(
                    red=red.value, green=green.value, blue=blue.value
                ),
            )
        case {"value": value}:
            return (f"{value.value:.6g} {_unit(value)}".strip(),)
        case {"area": area, "mean": mean, "deviation": deviation, "minimum": low, "maximum": high}:
            digits = _digits(high.value - low.value)
            middle = f"{mean.value:z.{digits + 1}f} ± {deviation.value:z.{digits + 1}f}"
            ends = _("{lowest} to {highest}").format(
                lowest=f"{low.value:z.{digits}f}", highest=f"{high.value:z.{digits}f}"
            )
            average = _("mean {value}").format(value=f"{middle} {_unit(mean)}")
            return _area(area), average, f"{ends} {_unit(mean)}"
        case {"area": area}:
            return (_area(area),)
    return tuple(str(quantity) for quantity in found.values())


def _area(area: Quantity) -> str:
    return _("area {area}").format(area=area)


def _unit(quantity: Quantity) -> str:
    return _("grey") if quantity.unit == "grey" else quantity.unit


def _digits(spread: float) -> int:
    """Digits after the point that tell a hundredth of a spread of values; 0 for HU and grey."""
    return min(max(0, 2 - math.floor(math.log10(spread))), 6) if spread else 0
