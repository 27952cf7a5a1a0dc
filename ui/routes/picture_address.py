"""Addresses of rendered pictures and thumbnails (DICOM PS3.18 10.4.1)."""

from __future__ import annotations

import re
from dataclasses import dataclass

from services.errors import Invalid

ROOT = "/dicomweb"
MOST_FRAMES = 100  # in one answer
_UID = r"([0-9.]{1,64})"
_ADDRESS = re.compile(
    rf"{ROOT}/studies/{_UID}(?:/series/{_UID}(?:/instances/{_UID}(?:/frames/([^/]+))?)?)?"
    r"/(rendered|thumbnail)"
)


@dataclass(frozen=True, slots=True)
class Target:
    """What a picture is asked of; empty UIDs and no frames: the portal chooses."""

    study: str
    series: str
    instance: str
    frames: tuple[int, ...]  # counted from 0
    thumbnail: bool


def target(path: str) -> Target | None:
    """What the address names, None when it is no picture's.

    Raises Invalid for frame numbers that are none.
    """
    found = _ADDRESS.fullmatch(path)
    if found is None:
        return None
    study, series, instance, frames, kind = found.groups()
    numbers = _frames(frames) if frames else ()
    if kind == "thumbnail" and len(numbers) > 1:
        raise Invalid("A thumbnail is of one frame.")
    return Target(study, series or "", instance or "", numbers, kind == "thumbnail")


def _frames(written: str) -> tuple[int, ...]:
    parts = written.split(",")
    if len(parts) > MOST_FRAMES:
        raise Invalid(f"Please ask for at most {MOST_FRAMES} frames at once.")
    for part in parts:
        if not (part.isascii() and part.isdigit() and len(part) < 10 and int(part)):
            raise Invalid("Frames are whole numbers from 1, with commas between them.")
    return tuple(int(part) - 1 for part in parts)
