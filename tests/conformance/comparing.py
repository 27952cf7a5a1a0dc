"""One file of the corpus against its other readers: how far the grey levels are apart."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pydicom
from numpy.typing import NDArray

from imaging import grayscale
from imaging import transfer_syntax as syntaxes
from imaging.decode import Undecodable, decode
from imaging.description import ImageDescription, Undescribable, describe
from imaging.grayscale import Window
from imaging.render import Look, render
from tests.conformance import peer, reference

CORPUS = Path(__file__).parents[3] / "shared" / "corpus"


@dataclass(frozen=True, slots=True)
class Difference:
    """The largest difference in levels, and the share of pixels that differ by more than one."""

    largest: int
    beyond_one: float

    @property
    def within(self) -> bool:
        """Whether no pixel differs by more than one level."""
        return self.largest <= 1


@dataclass(frozen=True, slots=True)
class Comparison:
    """A file, what it holds, and how each other reader's pictures differ (or why there is none)."""

    name: str
    what: str
    syntax: str
    dcmtk: Difference | str
    formula: Difference | str
    refused: str  # why we show nothing; empty: shown


def names() -> list[str]:
    """Every file of the corpus's manifest."""
    lines = (CORPUS / "MANIFEST.tsv").read_text().splitlines()[1:]
    return [line.split("\t")[0] for line in lines]


def compare(name: str) -> Comparison:
    """Render first, middle and last frame of a file, wide and narrow, and ask the others."""
    path = CORPUS / name
    data = path.read_bytes()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            dataset = pydicom.dcmread(io.BytesIO(data), force=True)
            description = describe(dataset, data)
    except (Undescribable, pydicom.errors.InvalidDicomError, AttributeError, OSError) as error:
        return Comparison(name, "", "", "", "", str(error) or "no image")
    syntax = syntaxes.name(description.transfer_syntax)
    theirs: list[Difference | str] = []
    formula: list[Difference | str] = []
    try:
        for frame in sorted({0, description.frames // 2, description.frames - 1}):
            pixels = decode(description, frame, lambda at, length: data[at : at + length])
            for window in _windows(description, frame, pixels):
                ours = render(description, frame, pixels, Look(window))
                theirs.append(_against_dcmtk(path, description, frame, window, ours))
                bare = render(description, frame, pixels, Look(window, overlays=False))
                formula.append(_against_formula(dataset, description, frame, window, bare))
    except Undecodable as error:
        return Comparison(name, _what(description), syntax, "", "", str(error))
    return Comparison(name, _what(description), syntax, _worst(theirs), _worst(formula), "")


def _windows(
    description: ImageDescription, frame: int, pixels: NDArray[Any]
) -> tuple[Window | None, ...]:
    if not grayscale.is_windowed(description):
        return (None,)
    first = grayscale.default_window(
        description, frame, grayscale.modality_values(description, frame, pixels)
    )
    if first.function == "TABLE":
        return (first,)
    return first, replace(first, width=max(first.width / 3, 2.0))


def _against_dcmtk(
    path: Path,
    description: ImageDescription,
    frame: int,
    window: Window | None,
    ours: NDArray[np.uint8],
) -> Difference | str:
    if not peer.renderer(description.transfer_syntax):
        return "dcmtk is absent"
    if window is not None and window.function == "LINEAR_EXACT":
        return "dcmtk has no LINEAR_EXACT"
    theirs = peer.rendered(path, description.transfer_syntax, frame, window)
    return theirs if isinstance(theirs, str) else _difference(ours, theirs)


def _against_formula(
    dataset: pydicom.Dataset,
    description: ImageDescription,
    frame: int,
    window: Window | None,
    ours: NDArray[np.uint8],
) -> Difference | str:
    if window is None or window.function == "TABLE" or ours.ndim == 3:
        return "not windowed by a formula"
    values = reference.values(dataset, frame)
    if isinstance(values, str):
        return values
    exact = reference.levels(values, window, inverse=description.inverse)
    return _difference(ours, exact)


def _difference(ours: NDArray[Any], theirs: NDArray[Any]) -> Difference | str:
    if theirs.ndim == 3 and ours.ndim == 2:
        ours = np.repeat(ours[..., None], 3, axis=2)
    if theirs.ndim == 2 and ours.ndim == 3:
        theirs = np.repeat(theirs[..., None], 3, axis=2)
    if ours.shape != theirs.shape:
        return f"another size: {theirs.shape[1]} × {theirs.shape[0]}"
    apart = np.floor(np.abs(ours.astype(np.float64) - theirs))
    return Difference(int(apart.max()), float((apart > 1).mean()))


def _worst(found: list[Difference | str]) -> Difference | str:
    compared = [one for one in found if isinstance(one, Difference)]
    if compared:
        return max(compared, key=lambda one: (one.largest, one.beyond_one))
    return next((one for one in found if isinstance(one, str)), "")


def _what(description: ImageDescription) -> str:
    frames = f" × {description.frames}" if description.frames > 1 else ""
    sign = " signed" if description.signed else ""
    kind = description.photometric.replace("MONOCHROME", "MONO")
    return (
        f"{description.modality or '–'} {description.columns} × {description.rows}{frames}, "
        f"{description.bits_stored} in {description.bits_allocated} bits{sign}, {kind}"
    )
