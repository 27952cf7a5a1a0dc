"""A value with its past, for undo and redo."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Generic, TypeVar

T = TypeVar("T")
MOST_STEPS = 200


@dataclass(frozen=True, slots=True)
class History(Generic[T]):
    """What is now, what was before (newest last), what was undone (newest last)."""

    now: T
    past: tuple[T, ...] = ()
    future: tuple[T, ...] = ()

    def then(self, value: T) -> History[T]:
        """A step further; what was undone is forgotten. The same value is no step."""
        if value == self.now:
            return self
        return History(value, (*self.past, self.now)[-MOST_STEPS:])

    def undone(self) -> History[T]:
        """A step back, if there is one."""
        if not self.past:
            return self
        return History(self.past[-1], self.past[:-1], (*self.future, self.now))

    def redone(self) -> History[T]:
        """The last step that was undone, done again."""
        if not self.future:
            return self
        return replace(
            self, now=self.future[-1], past=(*self.past, self.now), future=self.future[:-1]
        )
