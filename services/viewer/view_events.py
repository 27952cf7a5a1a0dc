"""What can happen to a view: turns of the wheel, pointers, choices. Lengths are CSS pixels."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from imaging.grayscale import Window


class Tool(StrEnum):
    """What a drag with the main button or one finger does."""

    SCROLL = "Scroll"
    WINDOW = "Brightness and contrast"
    ZOOM = "Zoom"
    PAN = "Move"
    MAGNIFIER = "Magnifier"
    LENGTH = "Length"
    ANGLE = "Angle"
    ELLIPSE = "Ellipse"
    RECTANGLE = "Rectangle"
    PROBE = "Value"
    ARROW = "Arrow"
    TEXT = "Text"
    CROSSHAIR = "Crosshair"


@dataclass(frozen=True, slots=True)
class Pointer:
    """A pressed mouse button or a finger, where it is now."""

    pointer_id: int
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Wheel:
    """A turn of the wheel; positive: down, towards later slices."""

    delta: float
    x: float
    y: float
    zooming: bool  # with Ctrl, or a pinch on a touch pad


@dataclass(frozen=True, slots=True)
class Down:
    """A pointer was pressed. `button` 0 main, 1 middle, as in the DOM's PointerEvent.

    `at` is when, in milliseconds of any clock; None where nobody knows.
    """

    pointer: Pointer
    button: int
    touch: bool
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Move:
    """A pointer moved."""

    pointer: Pointer


@dataclass(frozen=True, slots=True)
class Up:
    """A pointer was released or lost."""

    pointer_id: int


@dataclass(frozen=True, slots=True)
class Resize:
    """The viewport has a new size."""

    width: float
    height: float


@dataclass(frozen=True, slots=True)
class GoTo:
    """Show this slice, counted from 0."""

    slice: int


@dataclass(frozen=True, slots=True)
class Step:
    """So many slices on (negative: back)."""

    slices: int


@dataclass(frozen=True, slots=True)
class Choose:
    """Take another tool in hand; `meant`: a person chose it, so that a finger uses it too."""

    tool: Tool
    meant: bool = False


@dataclass(frozen=True, slots=True)
class SetWindow:
    """Show with this window."""

    window: Window


@dataclass(frozen=True, slots=True)
class Brighten:
    """Move centre and width by shares of the starting width: keys."""

    brightness: float = 0.0
    contrast: float = 0.0


@dataclass(frozen=True, slots=True)
class Balance:
    """Brightness and contrast as they shall be, 0 as the series starts: sliders."""

    brightness: float
    contrast: float


@dataclass(frozen=True, slots=True)
class Magnify:
    """Zoom by a factor around the middle of the viewport."""

    factor: float


@dataclass(frozen=True, slots=True)
class Fit:
    """Show the whole image, as large as it fits; turned and mirrored as it is."""


@dataclass(frozen=True, slots=True)
class ActualSize:
    """Show an image pixel as a CSS pixel."""


@dataclass(frozen=True, slots=True)
class Invert:
    """Swap black and white."""


@dataclass(frozen=True, slots=True)
class Rotate:
    """Quarter turns clockwise."""

    quarter_turns: int = 1


@dataclass(frozen=True, slots=True)
class Flip:
    """Mirror left and right, or top and bottom, as they are on screen."""

    vertical: bool = False


@dataclass(frozen=True, slots=True)
class Reset:
    """Fit, upright, with the window the series starts with."""


@dataclass(frozen=True, slots=True)
class Play:
    """Play the slices as a moving picture, or pause; None: whichever it is not doing."""

    on: bool | None = None


@dataclass(frozen=True, slots=True)
class Tick:
    """While it plays: the next picture."""


@dataclass(frozen=True, slots=True)
class SetRate:
    """Play so many frames a second; 0: as the object asks for."""

    rate: float


@dataclass(frozen=True, slots=True)
class Faster:
    """Play so many steps faster (negative: slower)."""

    by: int


@dataclass(frozen=True, slots=True)
class Swing:
    """Play to and fro, or in a loop."""


Event = (
    Wheel | Down | Move | Up | Resize | GoTo | Step | Choose | SetWindow | Brighten | Balance
    | Magnify | Fit | ActualSize | Invert | Rotate | Flip | Reset | Play | Tick | SetRate | Faster
    | Swing
)  # fmt: skip
