"""Moving pictures that browsers and picture viewers show: GIF89a and animated WebP."""

from __future__ import annotations

import io
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from PIL import Image

LONGEST_SIDE = 640
MOST_FRAMES = 300
MOST_BYTES = 64 << 20  # of all frames uncompressed, which the encoders keep
SHORTEST = 20  # ms: browsers show shorter frames of a GIF much slower


def frame_size(width: int, height: int, frames: int, samples: int) -> tuple[int, int]:
    """The size frames of these dimensions have to be drawn in, so that all fit into memory."""
    scale = min(1.0, LONGEST_SIDE / max(width, height))
    scale = min(scale, (MOST_BYTES / (max(frames, 1) * samples * width * height)) ** 0.5)
    return max(1, round(width * scale)), max(1, round(height * scale))


def chosen(count: int) -> list[int]:
    """Which of `count` pictures are shown: all, or 300 of them in even steps."""
    shown = min(count, MOST_FRAMES)
    return [number * count // shown for number in range(shown)]


def animated(frames: Iterator[NDArray[np.uint8]], durations: list[int], form: str) -> bytes:
    """Frames of one size, grey (h, w) or RGB (h, w, 3), as "gif" or "webp", looping for ever.

    `durations` in ms, one a frame, no shorter than 20. A GIF has 256 colours.
    """
    pictures = (Image.fromarray(frame) for frame in frames)
    first = next(pictures)
    buffer = io.BytesIO()
    options: dict[str, object] = {"quality": 82, "method": 2} if form == "webp" else {}
    first.save(
        buffer, form.upper(), save_all=True, append_images=pictures, loop=0,
        duration=[max(SHORTEST, duration) for duration in durations], **options,
    )  # fmt: skip
    return buffer.getvalue()
