"""Whether what is on screen is what was to be seen: a picture, and the coloured strokes over it.

Pictures are (rows, columns, 3) of uint8. What is expected is worked out, never kept: no picture
here can go out of date, and none depends on the fonts of a machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from services.viewer.framing import Framing

Picture = NDArray[np.uint8]
Mask = NDArray[np.bool_]
Point = tuple[float, float]
NEAR = 24  # grey levels that browsers and Pillow may interpolate apart
MOST_FAR = 0.005  # of the pixels: along hard edges they differ by more
MOST_ON_AVERAGE = 2.5  # grey levels: what is a little darker everywhere is another window
COLOURED = 40  # levels between a stroke's strongest and weakest colour; greys have none
MOST_MISSING, MOST_STRAY = 0.03, 0.03  # of a stroke's pixels: where lines end and cross


@dataclass(frozen=True)
class Scene:
    """What is to be seen in a canvas: a picture, lines over it, and what is not looked at."""

    picture: Picture
    strokes: tuple[tuple[Point, ...], ...] = ()
    unseen: Mask | None = None
    colour: bool = False  # the picture has colours of its own: strokes cannot be told from it


@dataclass
class Verdict:
    """What differs; empty sentences: nothing that a person would see."""

    sentences: list[str] = field(default_factory=list)
    difference: Picture | None = None

    @property
    def alike(self) -> bool:
        return not self.sentences


def judged(actual: Picture, scene: Scene) -> Verdict:
    """Compare what is on screen with what was to be seen."""
    expected = scene.picture
    if actual.shape != expected.shape:
        return Verdict([f"{actual.shape[:2]} pixels are on screen, not {expected.shape[:2]}"])
    apart: Picture = np.abs(actual.astype(np.int16) - expected).max(axis=2).astype(np.uint8)
    strokes = drawn(scene.strokes, expected.shape[:2])
    looked_at = ~grown(strokes, 5)
    if scene.unseen is not None:
        looked_at &= ~scene.unseen
        strokes &= ~scene.unseen
    verdict = Verdict(difference=np.where(looked_at, apart, 0).astype(np.uint8))
    far = float((apart[looked_at] > NEAR).mean())
    if far > MOST_FAR:
        verdict.sentences.append(f"{far:.2%} of the picture's pixels are of another grey")
    average = float(apart[looked_at].mean())
    if average > MOST_ON_AVERAGE:
        verdict.sentences.append(f"greys are {average:.1f} levels apart on average")
    if not scene.colour:
        _judge_strokes(actual, strokes, scene.unseen, verdict)
    return verdict


def _judge_strokes(actual: Picture, strokes: Mask, unseen: Mask | None, verdict: Verdict) -> None:
    coloured = np.ptp(actual.astype(np.int16), axis=2) > COLOURED
    if unseen is not None:
        coloured &= ~unseen
    missing = strokes & ~grown(coloured, 1)
    stray = coloured & ~grown(strokes, 3)
    length = max(int(strokes.sum()), 100)
    if missing.sum() > MOST_MISSING * length:
        verdict.sentences.append(f"{missing.sum()} of {length} pixels of lines are not there")
    if stray.sum() > MOST_STRAY * length:
        verdict.sentences.append(f"{stray.sum()} pixels of lines are where none should be")


def placed(picture: NDArray[np.uint8], view: Framing) -> Picture:
    """A picture of the whole image as its viewport shows it, on black."""
    a, b, c, d, e, f = view.transform
    over = a * d - b * c
    back = (d / over, -c / over, (c * f - d * e) / over,
            -b / over, a / over, (b * e - a * f) / over)  # fmt: skip
    coloured = Image.fromarray(picture).convert("RGB")
    size = round(view.width), round(view.height)
    shown = coloured.transform(size, Image.Transform.AFFINE, back, Image.Resampling.BILINEAR)
    return np.asarray(shown)


def drawn(strokes: Sequence[Sequence[Point]], shape: tuple[int, ...]) -> Mask:
    """Where lines a pixel wide go."""
    paper = Image.new("L", (shape[1], shape[0]))
    pen = ImageDraw.Draw(paper)
    for stroke in strokes:
        pen.line([(x - 0.5, y - 0.5) for x, y in stroke], fill=255)
    mask: Mask = np.asarray(paper) > 0
    return mask


def grown(mask: Mask, by: int) -> Mask:
    """Where a pixel of the mask is at most so many pixels away, in either direction."""
    paper = Image.fromarray(mask.astype(np.uint8) * 255)
    wide: Mask = np.asarray(paper.filter(ImageFilter.MaxFilter(2 * by + 1))) > 0
    return wide


def kept(name: str, actual: Picture, scene: Scene, verdict: Verdict, folder: Path) -> str:
    """Leave what was and what should have been in a folder, and say where and what."""
    paper = Image.fromarray(scene.picture.copy())
    pen = ImageDraw.Draw(paper)
    for stroke in scene.strokes:
        pen.line([*stroke], fill=(255, 216, 77), width=2)
    pictures = {"actual": Image.fromarray(actual), "expected": paper}
    if verdict.difference is not None:
        pictures["difference"] = Image.fromarray(verdict.difference)
    for kind, picture in pictures.items():
        picture.save(folder / f"{name}-{kind}.png")
    where = folder / f"{name}-{{{','.join(pictures)}}}.png"
    return f"{name}: {'; '.join(verdict.sentences)}. Look at {where}"
