"""Finding a person in what somebody was sent: in every byte, and in every picture.

Texts are looked for in the bytes as they are and in all that is packed in them; names written into
pixels by comparing pictures with the rendered name at many sizes (normalised cross-correlation).
"""

from __future__ import annotations

import base64
import binascii
import html
import io
import json
import re
import warnings
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pydicom
import pypdfium2
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont, ImageSequence

from imaging.typeface import font_file
from tests.services.traced import TRACES, everything_in

WRITTEN = "ZWETSCHKE"  # what is rendered into pixels
MORE_TRACES = ("1947-06-21", "21/06/1947", "21 Jun 1947", "TRC-FILE", "TRC-PDF", "TRC-DOCTOR")
ENCODINGS = ("utf-8", "latin-1", "utf-16-le", "utf-16-be")
DATA_URL = re.compile(rb"data:[a-z]+/[a-z+.-]+;base64,([A-Za-z0-9+/=]+)")
INLINE = re.compile(rb'"InlineBinary": ?"([A-Za-z0-9+/=]+)"')
LONGEST = 420  # pixels; larger pictures are reduced before they are looked at
LOOKS_LIKE = 0.55  # correlation from which on a picture carries the name
SMALLEST, GROWTH = 50, 1.09  # pixels of the name's width, from size to size
Grey = NDArray[np.float64]


def texts(data: bytes) -> list[str]:
    """Which traces are in what was sent, and in which part of it."""
    found = []
    for place, part in _parts(data):
        folded = part.lower()
        for trace in (*TRACES, *MORE_TRACES):
            if any(trace.lower().encode(encoding) in folded for encoding in ENCODINGS):
                found.append(f"{trace} in {place or 'the bytes'}")
    return found


def pictures(data: bytes) -> Iterator[Grey]:
    """Every picture in what was sent, as grey values."""
    seen = set()
    for _, part in _parts(data):
        for picture in _decoded(part):
            small = picture[:: max(1, len(picture) // 64)].tobytes()
            if small not in seen and min(picture.shape) > 8:
                seen.add(small)
                yield picture


def likeness(picture: Grey) -> float:
    """How much the most similar place of a picture looks like the name, 0 to 1."""
    reduction = LONGEST / max(picture.shape)
    if reduction < 1:
        size = round(picture.shape[1] * reduction), round(picture.shape[0] * reduction)
        shrunk = Image.fromarray(picture.astype(np.float32)).resize(size, Image.Resampling.BOX)
        picture = np.asarray(shrunk, np.float64)
    best, width = 0.0, float(SMALLEST)
    spectrum = np.fft.rfft2(picture, _quick(picture.shape))
    while width <= picture.shape[1]:
        best = max(best, _correlation(picture, spectrum, _template(round(width))))
        width *= GROWTH
    return best


def rendered(width: int) -> Grey:
    """The name in white on black, so many pixels wide, as it is written into pixels."""
    font = ImageFont.truetype(io.BytesIO(font_file(bold=True)), 120)
    left, top, right, bottom = (round(n) for n in font.getbbox(WRITTEN))
    canvas = Image.new("L", (right - left + 8, bottom - top + 8))
    ImageDraw.Draw(canvas).text((4 - left, 4 - top), WRITTEN, 255, font)
    size = width, max(3, round(canvas.height * width / canvas.width))
    return np.asarray(canvas.resize(size, Image.Resampling.BOX), np.float64)


_template = cache(rendered)


def _quick(shape: tuple[int, ...]) -> tuple[int, ...]:
    """A size no smaller whose transform takes little time."""
    return tuple(-(-length // 32) * 32 for length in shape)


def _correlation(picture: Grey, spectrum: NDArray[np.complex128], template: Grey) -> float:
    rows, columns = template.shape
    height, width = picture.shape
    if rows > height or columns > width:
        return 0.0
    centred, shape = template - template.mean(), _quick(picture.shape)
    # what wraps around falls where the template does not lie wholly on the picture
    products = np.fft.irfft2(spectrum * np.fft.rfft2(centred[::-1, ::-1], shape), shape)
    products = products[rows - 1 : height, columns - 1 : width]
    count = rows * columns
    sums, squares = _windows(picture, rows, columns), _windows(picture**2, rows, columns)
    spread = np.sqrt(np.maximum(squares - sums**2 / count, 0))
    flat = spread < 3 * np.sqrt(count)  # as good as one grey: nothing is written there
    compared = np.where(flat, 0, products / np.where(flat, 1, spread))
    return float(np.abs(compared).max() / np.sqrt((centred**2).sum()))


def _windows(values: Grey, rows: int, columns: int) -> Grey:
    """Sums over every window of so many rows and columns."""
    total = np.pad(values, ((1, 0), (1, 0))).cumsum(0).cumsum(1)
    there = total[rows:, columns:] + total[:-rows, :-columns]
    return np.asarray(there - total[rows:, :-columns] - total[:-rows, columns:])


def _parts(data: bytes) -> Iterator[tuple[str, bytes]]:
    """All there is to look at in what was sent: packed files, pictures within texts, documents."""
    for place, part in everything_in(data):
        yield place, part
        if part[:1] in b"<[{4" or b"data:" in part[:1000]:
            yield f"{place} unescaped", _unescaped(part)
        for pattern in (DATA_URL, INLINE):
            for found in pattern.findall(part):
                try:
                    inner = base64.b64decode(found, validate=True)
                except binascii.Error:
                    continue
                yield from ((f"{place} > {name}", one) for name, one in _parts(inner))


def _unescaped(data: bytes) -> bytes:
    text = html.unescape(data.decode("utf-8", "replace"))
    return re.sub(r"\\u([0-9a-fA-F]{4})", lambda m: chr(int(m[1], 16)), text).encode(
        "utf-8", "replace"
    )


def _decoded(data: bytes) -> Iterator[Grey]:
    if data[:4] in (b"\x89PNG", b"GIF8", b"RIFF") or data[:2] == b"\xff\xd8":
        with Image.open(io.BytesIO(data)) as picture:
            for frame in ImageSequence.Iterator(picture):
                yield np.asarray(frame.convert("L"), np.float64)
    elif data[:4] == b"%PDF":
        for page in pypdfium2.PdfDocument(data):
            for drawn in page.get_objects(filter=[3]):  # images
                yield np.asarray(drawn.get_bitmap().to_pil().convert("L"), np.float64)
            yield np.asarray(page.render(scale=0.9).to_pil().convert("L"), np.float64)
    elif data[128:132] == b"DICM":
        yield from _dicom(data)


def _dicom(data: bytes) -> Iterator[Grey]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = pydicom.dcmread(io.BytesIO(data), force=True)
        if "PixelData" in dataset:
            yield from frames(dataset.pixel_array, int(dataset.get("SamplesPerPixel", 1)))
        for group in range(0x6000, 0x6020, 2):
            if (group, 0x3000) in dataset and (group, 0x0010) in dataset:
                yield from frames(dataset.overlay_array(group), 1)


def frames(pixels: NDArray[Any], samples: int) -> Iterator[Grey]:
    """Grey pictures of stored values, each stretched to its own range."""
    single = pixels.ndim - (samples > 1) == 2
    for frame in [pixels] if single else pixels:
        grey = np.asarray(frame, np.float64)
        grey = grey.mean(axis=-1) if samples > 1 else grey
        low, high = float(grey.min()), float(grey.max())
        yield (grey - low) * (255 / (high - low)) if high > low else grey * 0


def told(socket: list[str]) -> bytes:
    """The messages of a socket as one text, their JSON undone."""
    parts = []
    for frame in socket:
        parts.append(frame)
        start = frame.find("[")
        try:
            parts.append(json.dumps(json.loads(frame[start:]), ensure_ascii=False))
        except ValueError:
            continue
    return "\n".join(parts).encode()
