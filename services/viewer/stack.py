"""What a series is to its viewport: a stack of slices, some of them moving pictures."""

from __future__ import annotations

from dataclasses import dataclass

from imaging.grayscale import Window


@dataclass(frozen=True, slots=True)
class Clip:
    """Slices `first` to `last`, counted from 0, that were taken as one moving picture.

    `rate` is what its object asks for in frames a second, 0 where it asks for none.
    """

    first: int
    last: int
    rate: float = 0.0


@dataclass(frozen=True, slots=True)
class Stack:
    """What the reducer must know of the series shown."""

    series_id: int
    slices: int
    columns: int
    rows: int
    aspect: float  # height of an image pixel over its width
    window: Window | None  # where the series starts; None: colour, nothing to window
    plane: str = ""  # of pictures cut out of a volume; empty: as they were taken
    clips: tuple[Clip, ...] = ()

    def clip(self, slice: int) -> Clip:
        """What plays where this slice is: its moving picture, or else the whole stack."""
        whole = Clip(0, self.slices - 1)
        return next((clip for clip in self.clips if clip.first <= slice <= clip.last), whole)
