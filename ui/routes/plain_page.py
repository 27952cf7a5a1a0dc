"""A sentence as a page of its own, for routes that people reach by a link."""

from __future__ import annotations

from html import escape

from starlette.responses import HTMLResponse

from services.language import _, spoken
from services.settings import Settings

_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 17px/1.5 system-ui, sans-serif; margin: 12vh auto; max-width: 34rem;
  padding: 0 1rem; color: #16242b; background: #fff; }}
a {{ color: {colour}; }}
@media (prefers-color-scheme: dark) {{ body {{ color: #e7eef0; background: #0f171c; }}
  a {{ color: #6fd0de; }} }}
</style>
</head>
<body>
<main>
<h1>{title}</h1>
<p role="alert">{sentence}</p>
<p><a href="{back}">{to_back}</a></p>
<p><a href="/support">{to_help}</a></p>
</main>
</body>
</html>
"""


def sentence_page(
    settings: Settings,
    status: int,
    sentence: str,
    *,
    title: str,
    back: str,
    back_name: str = "",
) -> HTMLResponse:
    """The page; it holds no name and no script."""
    page = _PAGE.format(
        title=escape(title), sentence=escape(sentence), back=escape(back),
        colour=settings.primary_colour, language=spoken(),
        to_back=escape(back_name or _("Back to the exam")), to_help=escape(_("Help and support")),
    )  # fmt: skip
    return HTMLResponse(page, status)
