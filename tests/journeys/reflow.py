"""What a narrow page hides: what makes it scroll sideways, is cut off, or lies under another."""

from __future__ import annotations

from contextlib import suppress

from playwright.sync_api import Page, TimeoutError

# The picture scrolls nothing and is cut on purpose. What scrolls within a box of its own can be
# reached there; a label that is too long for an empty field ends in dots and is heard whole.
HIDDEN = """() => {
  if (document.activeElement.matches('.to-image')) document.activeElement.blur();
  const wide = document.documentElement.clientWidth, found = new Set();
  const named = e => e.tagName + ' ' + e.className + ' "'
    + (e.getAttribute('aria-label') || e.innerText || '').trim().slice(0, 40) + '"';
  if (document.scrollingElement.scrollWidth > wide) found.add('the page scrolls sideways');
  const root = document.querySelector('[role=dialog], [role=menu]') || document.body;
  for (const e of root.querySelectorAll('*')) {
    if (e.closest('.stage, .unseen, .q-tooltip, svg, .q-field__label')) continue;
    const says = [...e.childNodes].some(n => n.nodeType === Node.TEXT_NODE && n.data.trim());
    const works = e.matches('button, a[href], input, textarea, select, [tabindex="0"]');
    const r = e.getBoundingClientRect();
    if (!(says || works) || r.width < 2 || r.height < 2 || r.right < -200) continue;
    if (!e.checkVisibility({visibilityProperty: true, opacityProperty: true})) continue;
    const dots = getComputedStyle(e).textOverflow === 'ellipsis';
    if (says && !dots && getComputedStyle(e).overflowX === 'hidden'
        && e.scrollWidth > e.clientWidth + 1) found.add('cut: ' + named(e));
    let scrolls = false;
    for (let a = e.parentElement; a && a !== document.body; a = a.parentElement) {
      const s = getComputedStyle(a), b = a.getBoundingClientRect();
      const within = r.right <= b.right + 1.5 && r.left >= b.left - 1.5;
      if (/auto|scroll/.test(s.overflowX) && a.scrollWidth > a.clientWidth + 1) {
        scrolls = true; break;
      }
      if (/hidden|clip/.test(s.overflowX) && s.textOverflow !== 'ellipsis' && !within) {
        found.add('cut: ' + named(e)); break;
      }
      if (s.position === 'fixed') break;
    }
    if (!scrolls && (r.right > wide + 1 || r.left < -1)) found.add('outside: ' + named(e));
    if (!works || scrolls || e.closest('.desk-nav')) continue;
    e.scrollIntoView({block: 'center', inline: 'center'});
    const at = e.getBoundingClientRect();
    const hit = document.elementFromPoint(at.x + at.width / 2, at.y + at.height / 2);
    const whole = e.closest('.q-field, label, [role=checkbox], [role=radio]') || e;
    if (hit && !whole.contains(hit) && !hit.contains(e)) found.add(
      'under another: ' + named(e) + ' is under ' + named(hit));
  }
  window.scrollTo(0, 0);
  return [...found];
}"""
RESTLESS = """() => [...document.querySelectorAll('*')].filter(e => {
  const s = getComputedStyle(e);
  const times = (s.transitionDuration + ',' + s.animationDuration).split(',').map(parseFloat);
  return Math.max(...times) > 0.02 && !e.matches('.heart');
}).map(e => e.tagName + ' ' + e.className)"""


def hidden(page: Page) -> list[str]:
    """What cannot be seen or reached at the page's width, once the page has taken it up."""
    with suppress(TimeoutError):
        page.wait_for_function(f"() => ({HIDDEN})().length === 0", polling=200, timeout=4_000)
    found: list[str] = page.evaluate(HIDDEN)
    return found


def restless(page: Page) -> list[str]:
    """What moves for longer than a blink, except the heart, which has no size."""
    found: list[str] = page.evaluate(RESTLESS)
    return found
