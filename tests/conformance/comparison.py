"""One image beside dcmtk's renderer and beside the standard's formulas, frame by frame."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from imaging.grayscale import Window, is_windowed, windows
from imaging.render import Look, render
from imaging.starting_window import Sample, robust_window
from tests.conformance import reference, renderer
from tests.conformance.corpus import Image
from tests.conformance.explanations import EXPLANATIONS, Difference

Array = NDArray[Any]
ALLOWED = 1  # grey level, or level of a colour


@dataclass
class Tally:
    """What came of all pictures of an image against one peer."""

    pictures: int = 0
    largest: int = 0
    samples: int = 0
    beyond: int = 0  # samples further apart than allowed
    unexplained: int = 0
    reasons: set[str] = field(default_factory=set)
    refused: str = ""

    @property
    def share(self) -> float:
        return self.beyond / self.samples if self.samples else 0.0

    def add(self, seen: Difference) -> None:
        """Count a picture; pixels too far apart need an explanation each."""
        ours, theirs = _alike(seen.ours, seen.theirs)
        self.pictures += 1
        self.samples += ours.size
        if ours.shape != theirs.shape:
            self.unexplained += ours.size
            return
        apart = np.abs(ours.astype(np.float64) - theirs)
        self.largest = max(self.largest, int(np.ceil(apart.max() - 1e-9)))
        # a level is rounded: half a level beyond what is allowed between rounded ones is the bound
        far = apart > ALLOWED + 1e-6
        self.beyond += int(far.sum())
        per_pixel = far if far.ndim == 2 else far.any(axis=2)
        for explanation in EXPLANATIONS:
            if per_pixel.any() and (covered := explanation.covers(seen)) is not None:
                if (per_pixel & covered).any():
                    self.reasons.add(explanation.name)
                per_pixel = per_pixel & ~covered
        self.unexplained += int(per_pixel.sum())


@dataclass(frozen=True)
class Outcome:
    image: Image
    dcmtk: Tally
    formulas: Tally


@dataclass(frozen=True)
class _Way:
    """A window to look through: ours, the file's to the letter, and its number in the data set."""

    window: Window | None
    literal: Window | None
    number: int | None = None


def compare(image: Image, *, with_dcmtk: bool = True) -> Outcome:
    """Every looked-at frame, through the file's windows, two computed ones and a sigmoid."""
    outcome = Outcome(image, Tally(), Tally())
    for frame in image.looked_at:
        values = image.pixels(frame)
        for way in _ways(image, frame, values):
            ours = render(image.description, frame, values, Look(way.window))
            if with_dcmtk and not outcome.dcmtk.refused:
                _beside_dcmtk(outcome, frame, way, values, ours)
            if not outcome.formulas.refused:
                # the formulas know no overlays: those are compared with dcmtk
                plain = render(image.description, frame, values, Look(way.window, overlays=False))
                _beside_formulas(outcome, frame, way, values, plain)
    return outcome


def _ways(image: Image, frame: int, values: Array) -> list[_Way]:
    description = image.description
    if not is_windowed(description):
        return [_Way(None, None)]
    tables = [_Way(w, w) for w in windows(description, frame) if w.function == "TABLE"]
    own = [w for w in windows(description, frame) if w.function != "TABLE"]
    literal = reference.proposed(image.dataset, frame)
    if len(literal) != len(own):
        literal = own
    at_root = "WindowCenter" in image.dataset
    named = [
        _Way(window, letter, number if at_root else None)
        for number, (window, letter) in enumerate(zip(own, literal, strict=True))
    ]
    robust = robust_window([Sample(description, frame, values)])
    least = 2 if robust.function == "LINEAR" else 1e-6
    steep = Window(robust.center, max(robust.width / 3, least), robust.function)
    sigmoid = Window(robust.center, robust.width, "SIGMOID")
    return [*tables, *named, _Way(robust, robust), _Way(steep, steep), _Way(sigmoid, sigmoid)]


def _beside_dcmtk(outcome: Outcome, frame: int, way: _Way, values: Array, ours: Array) -> None:
    image = outcome.image
    try:
        theirs = renderer.picture(
            image.path, image.description.transfer_syntax, frame, way.window, way.number
        )
    except renderer.Refused as reason:
        outcome.dcmtk.refused = str(reason)
        return
    outcome.dcmtk.add(Difference(image, frame, way.window, values, ours, theirs, "dcmtk"))


def _beside_formulas(outcome: Outcome, frame: int, way: _Way, values: Array, ours: Array) -> None:
    image = outcome.image
    try:
        stored = reference.stored(image.dataset, frame)
    except reference.NoReader as reason:
        outcome.formulas.refused = str(reason)
        return
    if way.literal is not None:
        theirs = reference.grey(image.dataset, frame, stored, way.literal)
    elif image.description.segmentation:
        theirs = stored.astype(np.float64) * 255
    else:
        theirs = reference.colour(image.dataset, stored)
    outcome.formulas.add(Difference(image, frame, way.window, values, ours, theirs, "formulas"))


def _alike(ours: Array, theirs: Array) -> tuple[Array, Array]:
    """Grey beside colour is the same grey three times."""
    if ours.ndim == theirs.ndim:
        return ours, theirs
    return tuple(  # type: ignore[return-value]
        np.repeat(part[..., None], 3, axis=2) if part.ndim == 2 else part for part in (ours, theirs)
    )
