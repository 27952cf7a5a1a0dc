"""What a person sees, measured in Chromium the same way for every viewer.

A probe hears when a viewer has loaded, turned or rendered something (an `img`'s load, the attribute
that turns our two pictures round, Cornerstone's rendered event) and, just before the next paint,
reads a patch from the middle of the picture that is on the page. The picture is on screen at the
first paint whose patch has an image's contrast; a slice is on screen at the first paint whose patch
has changed. The probe does nothing in between: one that looked before every paint made wheel events
wait for a frame. It is the measuring instrument and runs in the benchmark's browser only.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.bench.figures import Missing
from tests.browser_needed import find_browser, main
from tests.journeys.people import FRONT

FLAGS = [
    "--no-sandbox", "--disable-gpu", "--enable-unsafe-swiftshader", "--disable-quic",
    "--no-first-run", "--disable-background-networking", "--disable-component-update",
    "--disable-sync",
]  # fmt: skip
SCREEN = {"width": 1440, "height": 900}
OURS, OHIF = f"{FRONT}, .layers > .detail", "canvas.cornerstone-canvas"
OUR_FIRST = f".poster img, {FRONT}"  # the first picture comes with the page, before its scripts
PACE = 0.1  # seconds between wheel steps: ten slices a second, below what counts as resting
PROBE = """
(selector) => {
  const pad = document.createElement('canvas'); pad.width = pad.height = 32;
  const pen = pad.getContext('2d', {willReadFrequently: true});
  const probe = window.__probe = {wheel: 0, seen: 0};
  probe.expect = (what, patience) => {
    probe.wheel = 0;
    probe.next = new Promise((found, lost) => {
      probe.found = found;
      setTimeout(() => lost(new Error('waited in vain for ' + what)), patience);
    });
  };
  probe.expect('the first image', 60000);
  probe.first = probe.next;
  probe.next.catch(() => 0);
  addEventListener('wheel', e => { probe.wheel ||= e.timeStamp; }, {capture: true, passive: true});
  const look = () => {
    const found = [...document.querySelectorAll(selector)].filter(p =>
      p.isConnected && (p.tagName === 'CANVAS' ? p.width > 1 : p.complete && p.naturalWidth > 1));
    const picture = found.at(-1);
    if (!picture) return;
    const w = picture.naturalWidth || picture.width, h = picture.naturalHeight || picture.height;
    try { pen.drawImage(picture, w * 3 / 8, h * 3 / 8, w / 4, h / 4, 0, 0, 32, 32); }
    catch { return; }
    const data = pen.getImageData(0, 0, 32, 32).data;
    let hash = 7, low = 255, high = 0;
    for (let i = 0; i < data.length; i += 4) {
      hash = (Math.imul(hash, 31) + data[i]) | 0;
      low = Math.min(low, data[i]); high = Math.max(high, data[i]);
    }
    if (high - low < 20 || hash === probe.seen) return;
    const first = !probe.seen;
    probe.seen = hash;
    if (first) probe.found(performance.timeOrigin + performance.now());
    else if (probe.wheel) probe.found(performance.now() - probe.wheel);
  };
  const soon = () => requestAnimationFrame(look);
  document.addEventListener('load', e => { if (e.target.tagName === 'IMG') soon(); }, true);
  new MutationObserver(soon)
    .observe(document, {subtree: true, attributes: true, attributeFilter: ['data-turned']});
  document.addEventListener('CORNERSTONE_IMAGE_RENDERED', soon, true);
}
"""


@dataclass(frozen=True)
class Look:
    """A page with an exam on it."""

    page: Page
    first_image: float  # ms from asking for the page to its first image on screen


@contextmanager
def chromium() -> Iterator[Browser]:
    """A browser of our own; Missing where there is none."""
    main()
    if not (path := find_browser()):
        raise Missing("no Chromium here; install Debian's package chromium")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=path, args=FLAGS)
        try:
            yield opened
        finally:
            opened.close()


@contextmanager
def fresh(browser: Browser, url: str, cookies: Mapping[str, str]) -> Iterator[BrowserContext]:
    """A context with an empty cache, signed in by cookies."""
    context = browser.new_context(viewport=SCREEN, locale="en-AU")  # type: ignore[arg-type]
    context.set_default_timeout(60_000)
    context.add_cookies([{"name": n, "value": v, "url": url} for n, v in cookies.items()])
    try:
        yield context
    finally:
        context.close()


def open_exam(context: BrowserContext, address: str, selector: str) -> Look:
    """Open an exam's address and wait for its first image."""
    page = context.new_page()
    page.add_init_script(f"({PROBE})({selector!r})")
    asked = time.time()
    page.goto(address, wait_until="commit")
    seen: float = page.evaluate("window.__probe.first")
    return Look(page, seen - asked * 1000)


def settle(look: Look) -> None:
    """Two seconds to finish loading, and OHIF's guided tour, which covers the image, put away."""
    tour = look.page.get_by_text("Skip all")
    look.page.wait_for_timeout(2000)
    if tour.count():
        tour.click()
        tour.wait_for(state="hidden")


def point_at(look: Look, selector: str) -> None:
    """Put the mouse onto the middle of the picture."""
    box = look.page.locator(selector).filter(visible=True).last.bounding_box()
    assert box is not None
    look.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def wheel(look: Look) -> float:
    """Turn the wheel by one notch; ms from the wheel event to the next slice on screen."""
    page = look.page
    began = time.perf_counter()
    page.evaluate("window.__probe.expect('the next slice', 10000)")
    page.mouse.wheel(0, 100)
    taken: float = page.evaluate("window.__probe.next")
    page.wait_for_timeout(max(0.0, PACE - (time.perf_counter() - began)) * 1000)
    return taken


def wheel_through(look: Look, selector: str, steps: int) -> list[float]:
    """Scroll slice by slice; ms for each step."""
    point_at(look, selector)
    return [wheel(look) for _ in range(steps)]
