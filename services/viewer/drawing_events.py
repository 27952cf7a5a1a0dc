"""What can happen to drawings, beside what happens to a view."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Hover:
    """The mouse moves with no button pressed; CSS pixels."""

    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Keep:
    """What is complete becomes an annotation under this key, with what its author wrote."""

    key: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Discard:
    """What is under way is not wanted."""


@dataclass(frozen=True, slots=True)
class Select:
    """Choose the annotation with this key; empty: none."""

    key: str


@dataclass(frozen=True, slots=True)
class Erase:
    """Delete the annotation with this key; empty: the selected one."""

    key: str = ""


@dataclass(frozen=True, slots=True)
class Undo:
    """Take the last change of annotations back."""


@dataclass(frozen=True, slots=True)
class Redo:
    """Do again what was taken back."""


@dataclass(frozen=True, slots=True)
class Press:
    """A key instead of a click: at first it brings the cross, then it sets a point there, or takes
    one up, or puts it down.
    """


@dataclass(frozen=True, slots=True)
class Nudge:
    """Move the cross; CSS pixels."""

    x: float
    y: float


DrawEvent = Hover | Keep | Discard | Select | Erase | Undo | Redo | Press | Nudge
