"""Reference lines as an SVG over a viewport's picture.

Each line ends with the number of the viewport whose image it stands for. Nothing but numbers of
our own goes into it.
"""

from __future__ import annotations

from services.viewer.reference_lines import ReferenceLine, middle
from services.viewer.view_state import ViewState

INWARDS = 16.0  # CSS pixels from the end of a line to its number
RING = 7.0  # CSS pixels, radius


def svg(lines: tuple[ReferenceLine, ...], view: ViewState) -> str:
    """The lines over a viewport; empty when there are none."""
    if not lines or view.width < 2:
        return ""
    drawn = "".join(_line(line, view) for line in lines)
    if (met := middle(lines)) is not None:
        x, y = view.on_screen(*met)
        drawn += f'<circle class="shade" cx="{x:.1f}" cy="{y:.1f}" r="{RING}"/>'
        drawn += f'<circle class="ring" cx="{x:.1f}" cy="{y:.1f}" r="{RING}"/>'
    size = f'width="{view.width:.0f}" height="{view.height:.0f}"'
    return f'<svg xmlns="http://www.w3.org/2000/svg" aria-hidden="true" {size}>{drawn}</svg>'


def _line(line: ReferenceLine, view: ViewState) -> str:
    (x1, y1), (x2, y2) = view.on_screen(*line.start), view.on_screen(*line.end)
    path = f"M{x1:.1f} {y1:.1f} L{x2:.1f} {y2:.1f}"
    kind = "edge-line" if line.edge else f"from-{line.place + 1}"
    number = "" if line.edge else _number(line, (x1, y1), (x2, y2), view)
    return f'<g class="{kind}"><path class="shade" d="{path}"/><path d="{path}"/>{number}</g>'


def _number(
    line: ReferenceLine, a: tuple[float, float], b: tuple[float, float], view: ViewState
) -> str:
    """The number near the line's end, kept on screen; lines that coincide have theirs apart."""
    length = max(abs(b[0] - a[0]) + abs(b[1] - a[1]), 1e-6)
    back = min(INWARDS * (1.2 + line.place), length) / length
    x, y = b[0] + (a[0] - b[0]) * back, b[1] + (a[1] - b[1]) * back
    x = min(max(x + 4, 4), view.width - 14)
    y = min(max(y - 5, 14), view.height - 6)
    return f'<text x="{x:.1f}" y="{y:.1f}">{line.place + 1}</text>'
