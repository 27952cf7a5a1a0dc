"""Reading overlays, shutters and segments of a data set."""

import math

from pydicom.dataset import Dataset
from pydicom.tag import Tag

from imaging.attributes import is_big_endian, items, number, numbers, text, texts, value, whole
from imaging.modules import Overlay, Segment, SegmentationType, Shutter

# together; more than the largest mammogram with a dozen planes, and bounded for what sits in a
# database
MAX_OVERLAY_BYTES = 1 << 25


def read_overlays(dataset: Dataset) -> tuple[tuple[Overlay, ...], tuple[tuple[Overlay, int], ...]]:
    """Overlay planes with their bits, and (plane without bits, bit of the pixel cell) for embedded
    ones.

    Source: DICOM PS3.3 C.9.2. Planes that are malformed, or beyond `MAX_OVERLAY_BYTES`, are left
        out.
    """
    planes: list[Overlay] = []
    embedded: list[tuple[Overlay, int]] = []
    budget = MAX_OVERLAY_BYTES
    for group in range(0x6000, 0x6020, 2):
        if Tag(group, 0x0010) not in dataset:
            continue
        block = _Repeated(dataset, group)
        rows, columns, frames = block.whole(0x10), block.whole(0x11), block.whole(0x15, 1)
        size = -(-rows * columns * frames // 8)
        if rows <= 0 or columns <= 0 or frames <= 0 or size > budget:
            continue
        row, column = block.origin()
        first = max(block.whole(0x51, 1), 1) - 1
        bits = block.bits()[: size + (size & 1)]
        plane = Overlay(
            rows,
            columns,
            row,
            column,
            first,
            frames,
            bits,
            block.text(0x1500),
            block.text(0x40) == "R",
        )
        if len(bits) >= size:
            planes.append(plane)
        elif not bits and block.whole(0x100, 1) > 1:
            embedded.append((plane, block.whole(0x102)))
        else:
            continue
        budget -= size
    return tuple(planes), tuple(embedded)


class _Repeated:
    """The elements of one repeating group."""

    def __init__(self, dataset: Dataset, group: int) -> None:
        self._dataset, self._group = dataset, group

    def _value(self, element: int) -> object:
        tag = Tag(self._group, element)
        try:
            return self._dataset[tag].value if tag in self._dataset else None
        except (ValueError, TypeError, NotImplementedError):
            return None

    def whole(self, element: int, default: int = 0) -> int:
        found = self._value(element)
        try:
            return int(str(found)) if found not in (None, "") else default
        except ValueError:
            return default

    def text(self, element: int) -> str:
        return str(self._value(element) or "").strip(" \0")

    def origin(self) -> tuple[int, int]:
        """Row and column of the first pixel, from 0; the image's first pixel when not given."""
        found = self._value(0x50)
        try:
            row, column = (int(part) for part in found)  # type: ignore[attr-defined]
        except (TypeError, ValueError):
            return 0, 0
        return row - 1, column - 1

    def bits(self) -> bytes:
        tag = Tag(self._group, 0x3000)
        found = self._value(0x3000)
        if not isinstance(found, bytes):
            return b""
        if is_big_endian(self._dataset) and self._dataset[tag].VR == "OW":
            swapped = bytearray(found[: len(found) & ~1])
            swapped[0::2], swapped[1::2] = swapped[1::2], swapped[0::2]
            return bytes(swapped)
        return found


def read_shutter(dataset: Dataset) -> Shutter | None:
    """The display shutter (DICOM PS3.3 C.7.6.11), or None when the file has none that covers
    anything.
    """
    shapes = texts(dataset, "ShutterShape")
    rectangle: tuple[int, ...] = ()
    circle: tuple[int, ...] = ()
    polygon: tuple[int, ...] = ()
    if "RECTANGULAR" in shapes:
        edges = [
            number(dataset, f"Shutter{edge}Edge", math.inf)
            for edge in ("LeftVertical", "UpperHorizontal", "RightVertical", "LowerHorizontal")
        ]
        if all(map(math.isfinite, edges)):
            rectangle = tuple(int(edge) - 1 for edge in edges)
    if "CIRCULAR" in shapes:
        center = numbers(dataset, "CenterOfCircularShutter", 2)
        radius = whole(dataset, "RadiusOfCircularShutter")
        if center and radius > 0:
            circle = (int(center[0]) - 1, int(center[1]) - 1, radius)
    if "POLYGONAL" in shapes:
        vertices = numbers(dataset, "VerticesOfThePolygonalShutter")
        if len(vertices) >= 6 and len(vertices) % 2 == 0:
            polygon = tuple(int(vertex) - 1 for vertex in vertices)
    if not (rectangle or circle or polygon):
        return None
    grey = min(max(whole(dataset, "ShutterPresentationValue"), 0), 65535)
    return Shutter(rectangle, circle, polygon, grey)


def read_segmentation(dataset: Dataset) -> tuple[SegmentationType, tuple[Segment, ...]]:
    """The kind of segmentation and its segments (DICOM PS3.3 C.8.20); ("", ()) for other images."""
    kinds: dict[str, SegmentationType] = {
        "BINARY": "BINARY",
        "FRACTIONAL": "FRACTIONAL",
        "LABELMAP": "LABELMAP",
    }
    kind = kinds.get(text(dataset, "SegmentationType"), "")
    if not kind:
        return "", ()
    segments = []
    for item in items(dataset, "SegmentSequence"):
        lab = value(item, "RecommendedDisplayCIELabValue")
        rgb = cielab_to_rgb(*(int(part) for part in lab)) if lab and len(lab) == 3 else ()
        segments.append(Segment(whole(item, "SegmentNumber"), text(item, "SegmentLabel"), rgb))
    return kind, tuple(segments)


def cielab_to_rgb(lightness: int, a: int, b: int) -> tuple[int, int, int]:
    """sRGB of a colour encoded as in DICOM PS3.3 C.10.7.1.1 (CIELab, D50, 16 bits each)."""
    scaled = lightness / 65535 * 100, a / 65535 * 255 - 128, b / 65535 * 255 - 128
    y = (scaled[0] + 16) / 116
    relative = [_from_lab(y + scaled[1] / 500), _from_lab(y), _from_lab(y - scaled[2] / 200)]
    x, y, z = (part * white for part, white in zip(relative, (0.9642, 1.0, 0.8249), strict=True))
    # XYZ under D50 to linear sRGB, Bradford adapted
    linear = (
        3.1338561 * x - 1.6168667 * y - 0.4906146 * z,
        -0.9787684 * x + 1.9161415 * y + 0.0334540 * z,
        0.0719453 * x - 0.2289914 * y + 1.4052427 * z,
    )
    red, green, blue = (round(255 * _gamma(min(max(part, 0.0), 1.0))) for part in linear)
    return red, green, blue


def _from_lab(part: float) -> float:
    return part**3 if part > 6 / 29 else 3 * (6 / 29) ** 2 * (part - 4 / 29)


def _gamma(linear: float) -> float:
    return 12.92 * linear if linear <= 0.0031308 else float(1.055 * linear ** (1 / 2.4) - 0.055)
