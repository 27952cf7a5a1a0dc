"""The sign of a modality: its icon with its abbreviation, told in plain words."""

from __future__ import annotations

from nicegui import ui

from services.exam import plain_names
from ui.components.text import words

ICONS = {
    "CT": "layers",
    "MR": "blur_on",
    "US": "graphic_eq",
    "PT": "flare",
    "NM": "flare",
    "MG": "filter_b_and_w",
    "ES": "videocam",
    "OP": "visibility",
    "OPT": "visibility",
    "SR": "description",
    "DOC": "description",
    "BMD": "equalizer",
    **dict.fromkeys(("CR", "DX", "RG", "PX", "IO", "RF", "XA"), "accessibility_new"),
}


def modality_mark(code: str) -> None:
    """A tile with icon and abbreviation; its plain name is what a screen reader says."""
    with ui.element("span").classes("modality").props("role=img") as mark:
        mark.props["aria-label"] = plain_names.modality(code)
        ui.icon(ICONS.get(code, "photo_camera"))
        words("b", code or "OT").props("aria-hidden=true")
