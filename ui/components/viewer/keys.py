"""What the keys mean: the commands' keys, and those that move the cross that keys draw with."""

from __future__ import annotations

from nicegui.events import KeyEventArguments

from services.viewer.drawing_events import Nudge
from ui.components.viewer.commands import Doing, groups

STRIDE, SHORT_STRIDE = 10.0, 1.0  # CSS pixels that a key moves the cross by; with Shift
KEYS: dict[str, Doing] = {
    key: command.does for group in groups() for command in group.commands for key in command.keys
}
WAYS = {"ArrowLeft": (-1, 0), "ArrowRight": (1, 0), "ArrowUp": (0, -1), "ArrowDown": (0, 1)}


def pressed(event: KeyEventArguments) -> Doing | None:
    """What a key means; None: nothing here, or it was let go."""
    if not event.action.keydown or event.modifiers.alt:
        return None
    name = str(event.key.name)
    if len(name) == 1:  # caps lock turns no command into another
        name = name.upper() if event.modifiers.shift else name.lower()
    ctrl = event.modifiers.ctrl or event.modifiers.meta
    return KEYS.get(f"Ctrl+{name}" if ctrl else name)


def nudged(event: KeyEventArguments) -> Nudge | None:
    """How far a key moves the cross that keys draw with; None: it is none of those that do."""
    held = event.modifiers
    way = WAYS.get(str(event.key.name))
    if way is None or not event.action.keydown or held.alt or held.ctrl or held.meta:
        return None
    stride = SHORT_STRIDE if held.shift else STRIDE
    return Nudge(way[0] * stride, way[1] * stride)
