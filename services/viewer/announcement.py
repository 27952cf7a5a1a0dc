"""What a person who cannot see the image is told when it changes."""

from __future__ import annotations

from services.language import _
from services.viewer.view_state import ViewState


def announcement(before: ViewState | None, now: ViewState) -> str:
    """`slice 41 of 120, window 400 at 40`, then what else is new since `before`.

    Empty when nothing is worth saying: zoom and movement are for the eye alone.
    """
    told = _place_and_window(now)
    news = _turned(now) if before is None or _turned(before) != _turned(now) else []
    if before is not None and not news and told == _place_and_window(before):
        return ""
    return ", ".join([*told, *news])


def _place_and_window(state: ViewState) -> list[str]:
    told = [_("slice {number} of {total}").format(number=state.slice + 1, total=state.stack.slices)]
    if state.stack.slices == 1:
        told = [_("one image")]
    if state.window is not None:
        width, center = f"{state.window.width:.0f}", f"{state.window.center:.0f}"
        told.append(_("window {width} at {center}").format(width=width, center=center))
    return told


def _turned(state: ViewState) -> list[str]:
    """How the image differs from how it was taken."""
    told = []
    if state.invert:
        told.append(_("black and white exchanged"))
    if state.flipped:
        told.append(_("mirrored"))
    if state.quarter_turns:
        told.append(_("turned by {angle} degrees").format(angle=90 * state.quarter_turns))
    return told
