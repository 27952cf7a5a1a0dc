"""What was looked at since an exam was opened: which images of which series were on screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Progress:
    """A value: images are the bits of a number a series, so that adding one is quick."""

    seen: Mapping[int, int] = field(default_factory=dict)

    def after(self, series_id: int, slice: int) -> Progress:
        """With one more image looked at, by its place (from 0) in its series."""
        before = self.seen.get(series_id, 0)
        now = before | 1 << slice
        return self if now == before else Progress({**self.seen, series_id: now})

    def count(self, series_id: int) -> int:
        """How many images of the series were on screen."""
        return self.seen.get(series_id, 0).bit_count()
