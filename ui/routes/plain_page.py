"""A sentence as a page of its own, for routes that people reach by a link."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from services.language import _, spoken
from services.settings import Settings

_PAGE = """<!DOCTYPE html>
<html lang="{language}">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
body {{ font: 17px/1.5 system-ui, sans-serif; margin: 0; color: #16242b; background: #eef3f4; }}
header {{ background: {colour}; padding: 14px 16px; }}
header a {{ color: #fff; font-size: 19px; font-weight: 700; text-decoration: none; }}
main {{ max-width: 32rem; margin: 8vh auto; padding: 22px 26px; background: #fff;
  border: 1px solid #cfdadd; border-radius: 14px; }}
h1 {{ font-size: 23px; line-height: 1.3; margin: 0 0 12px; }}
main a {{ color: {colour}; margin-right: 20px; }}
main a.first {{ display: inline-block; padding: 10px 18px; border-radius: 8px; color: #fff;
  background: {accent}; text-decoration: none; font-weight: 600; }}
@media (max-width: 36rem) {{ main {{ margin: 16px 12px; }} }}
@media (prefers-color-scheme: dark) {{ body {{ color: #e7eef0; background: #0f171c; }}
  main {{ background: #18232a; border-color: #33434c; }} main a {{ color: #6fd0de; }} }}
</style>
</head>
<body>
<header><a href="/">{portal_name}</a></header>
<main>
<h1>{title}</h1>
<p role="alert">{sentence}</p>
<p><a class="first" href="{back}">{to_back}</a> <a href="/support">{to_help}</a></p>
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
        colour=settings.primary_colour, accent=settings.accent_colour, language=spoken(),
        portal_name=escape(settings.portal_name),
        to_back=escape(back_name or _("Back to the exam")), to_help=escape(_("Help and support")),
    )  # fmt: skip
    return HTMLResponse(page, status)


def broken_route(
    settings: Settings,
) -> Callable[[Request, Exception], Awaitable[Response]]:
    """What people read when a route failed; the error itself is raised on, and so logged."""

    async def broken(request: Request, _error: Exception) -> Response:
        sentence = _(
            "This page could not be shown. Please try again in a minute. If that does not help, "
            "the help desk does."
        )
        return sentence_page(
            settings, 500, sentence, title=_("Something went wrong"), back=request.url.path,
            back_name=_("Try again"),
        )  # fmt: skip

    return broken
