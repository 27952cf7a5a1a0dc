"""Playing slices as a moving picture: how fast, which way, and what comes next."""

from __future__ import annotations

from dataclasses import dataclass, replace

from services.viewer.stack import Clip

USUAL = 10.0  # frames a second where the object asks for nothing
SLOWEST, FASTEST = 1.0, 60.0
STEPS = (1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 60.0)


@dataclass(frozen=True, slots=True)
class Cine:
    """Nothing plays until a person says so."""

    playing: bool = False
    chosen: float = 0.0  # frames a second; 0: as the object asks for
    swinging: bool = False  # to and fro; else from the end back to the beginning
    backwards: bool = False

    def rate(self, clip: Clip) -> float:
        """Frames a second."""
        return min(max(self.chosen or clip.rate or USUAL, SLOWEST), FASTEST)

    def faster(self, by: int, clip: Clip) -> Cine:
        """So many steps faster (negative: slower)."""
        now = self.rate(clip)
        others = [step for step in STEPS if (step > now if by > 0 else step < now)]
        if not others:
            return self
        place = min(by, len(others)) - 1 if by > 0 else max(by, -len(others))
        return replace(self, chosen=others[place])

    def next(self, slice: int, clip: Clip) -> tuple[int, Cine]:
        """The slice that follows, and the cine once it is shown."""
        if clip.last <= clip.first:
            return slice, self
        if not self.swinging:
            following = slice + 1 if clip.first <= slice < clip.last else clip.first
            return following, replace(self, backwards=False)
        turned = clip.last <= slice or (self.backwards and slice > clip.first)
        return slice + (-1 if turned else 1), replace(self, backwards=turned)
