"""The poster: an exam's first picture in the page's own HTML, on screen before any script has run.

It lies where the only viewport will be, in the same grid, and fits in as the canvas's first picture
does. It goes in the moment the page itself is there.
"""

from __future__ import annotations

from html import escape

from nicegui import ui

STYLE = """
.poster { position: fixed; inset: 0; }
.poster > i { grid-area: bar; height: 56px; background: PRIMARY; }
.poster > i + i { grid-area: tools; height: 50px; background: #131b20; }
.poster > img { grid-area: stage; width: 100%; height: 100%; min-height: 0; object-fit: contain;
  background: #000; }
.poster > u { grid-area: phone; height: 56px; }
body:has(#app > *) > .poster { display: none; }
@media (max-width: 1279px) { .poster > i + i { height: 93px; } }
@media (max-width: 1023px) { .poster > i { height: 70px; } .poster > i + i { height: 95px; } }
@media (min-width: 600px) { .poster > u { display: none; } }
@media (max-width: 599px) { .poster > i { height: 58px; } .poster > i + i { display: none; } }
"""


def put_poster(source: str) -> None:
    """Put a picture (a data URL) on the page that is being built."""
    picture = f'<img alt="" src="{escape(source)}">'
    ui.add_body_html(f'<div class="poster" aria-hidden="true"><i></i><i></i>{picture}<u></u></div>')
