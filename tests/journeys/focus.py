"""What the tab key reaches on a page, and how clearly one sees that it did."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from PIL import Image
from playwright.sync_api import Page

from tests.journeys.people import Person

MARGIN = 8  # CSS pixels around an element in which its ring may lie
CLEAR = 3.0  # WCAG 2.2, 1.4.11: contrast of what shows a state to what is there without it
STOP = """async () => {
  const dialog = document.querySelector('[role=dialog]');
  const frame = () => new Promise(done => requestAnimationFrame(done));
  await frame();
  if (dialog) { await frame(); await frame(); }  // it takes the focus back
  const e = document.activeElement;
  if (!e || e === document.body || e === document.documentElement || e.tabIndex < 0) return null;
  e.dataset.stop = e.dataset.stop || String(document.querySelectorAll('[data-stop]').length + 1);
  const r = (e.closest('.q-field__control') || e).getBoundingClientRect();
  const named = e.getAttribute('aria-label') || (e.labels && e.labels[0] || e).innerText || '';
  const above = [e, e.parentElement, e.parentElement.parentElement].map(a => a.className);
  const grounds = [];
  for (let a = e; a; a = a.parentElement) grounds.push(getComputedStyle(a).backgroundColor);
  const kind = [e.tagName, ...above, ...grounds.filter(g => g !== 'rgba(0, 0, 0, 0)')].join(' ');
  return [e.dataset.stop, kind, named.trim().split('\\n').pop(), !dialog || dialog.contains(e),
          r.x, r.y, r.width, r.height];
}"""


@dataclass(frozen=True)
class Stop:
    """An element that has the focus: a number of its own, its name and its box in CSS pixels."""

    number: str
    kind: str  # what it is styled by, with what it lies in
    name: str
    reachable: bool  # it is not beneath a dialog
    x: float
    y: float
    width: float
    height: float


def now(page: Page) -> Stop | None:
    """Where the focus is; None: nowhere on the page."""
    found = page.evaluate(STOP)
    return Stop(*found) if found else None


def stops(page: Page, most: int = 200) -> Iterator[Stop]:
    """Every element the tab key reaches, once around. Fails when it does not come around."""
    seen: set[str] = set()
    nowhere = 0
    for _ in range(most):
        page.keyboard.press("Tab")
        stop = now(page)
        if stop is None:
            nowhere += 1  # the browser's own bars, between the last element and the first
            if nowhere >= (2 if seen else 4):
                return
        elif stop.number in seen:
            return
        else:
            seen.add(stop.number)
            yield stop
    raise AssertionError(f"after {most} tabs still not around: {stop}")


def clearness(person: Person, stop: Stop) -> float:
    """Pixels that differ clearly while the element has the focus, for one of its circumference."""
    page = person.page
    size = page.viewport_size
    assert size is not None
    left, top = max(stop.x - MARGIN, 0), max(stop.y - MARGIN, 0)
    right = min(stop.x + stop.width + MARGIN, size["width"])
    bottom = min(stop.y + stop.height + MARGIN, size["height"])
    if right <= left or bottom <= top:
        return 0.0
    clip = {"x": left, "y": top, "width": right - left, "height": bottom - top}
    mark = f"[data-stop='{stop.number}']"
    with_it = _light(page.screenshot(clip=clip, animations="disabled", caret="hide"))  # type: ignore[arg-type]
    page.eval_on_selector(mark, "e => e.blur()")
    without = _light(page.screenshot(clip=clip, animations="disabled", caret="hide"))  # type: ignore[arg-type]
    page.eval_on_selector(mark, "e => e.focus({preventScroll: true, focusVisible: true})")
    lighter, darker = np.maximum(with_it, without), np.minimum(with_it, without)
    clear = int(np.count_nonzero((lighter + 0.05) / (darker + 0.05) >= CLEAR))
    return clear / (2 * (right - left + bottom - top - 4 * MARGIN))


def _light(png: bytes) -> np.ndarray:
    """Relative luminance of each pixel (WCAG 2.2), 0 to 1."""
    with Image.open(io.BytesIO(png)) as picture:
        colour = np.asarray(picture.convert("RGB"), dtype=np.float64) / 255
    linear = np.where(colour <= 0.04045, colour / 12.92, ((colour + 0.055) / 1.055) ** 2.4)
    return linear @ np.array([0.2126, 0.7152, 0.0722])
