"""The paper letters are written on: the same words as plain text and as HTML for any screen.

The HTML stands on tables and inline styles, because that is what mail programs draw alike; the
few rules in its head adapt it to dark screens. It loads nothing and runs nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from html import escape
from string import Template
from typing import Concatenate, ParamSpec, cast

from services.language import _, speaking
from services.settings import Settings

P = ParamSpec("P")


@dataclass(frozen=True, slots=True)
class Letterhead:
    """Whose paper it is, and the language its reader reads (a BCP 47 tag)."""

    settings: Settings
    language: str = "en"

    def link(self, path: str) -> str:
        """An address of this portal."""
        return f"{self.settings.public_url}{path}"


@dataclass(frozen=True, slots=True)
class Letter:
    """What one message says; `kind` names which letter it is. A text message has no HTML."""

    kind: str
    subject: str
    text: str
    html: str = ""


@dataclass(frozen=True, slots=True)
class Code:
    """Something to be typed elsewhere."""

    text: str


@dataclass(frozen=True, slots=True)
class Button:
    """The one thing to do."""

    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Aside:
    """What matters to few."""

    text: str


Block = str | Code | Button | Aside


def in_the_readers_language(
    write: Callable[Concatenate[Letterhead, P], Letter],
) -> Callable[Concatenate[Letterhead, P], Letter]:
    """The letter is in the language of who reads it, whatever language its sender reads."""

    @wraps(write)
    def written(head: Letterhead, *args: P.args, **named: P.kwargs) -> Letter:
        with speaking(head.language):
            return write(head, *args, **named)

    return cast(Callable[Concatenate[Letterhead, P], Letter], written)


def compose(head: Letterhead, kind: str, subject: str, *blocks: Block) -> Letter:
    """The letter as text and HTML; ValueError for a link that leads out of this portal."""
    for block in blocks:
        if isinstance(block, Button) and not block.url.startswith(head.link("/")):
            raise ValueError("a letter links to this portal only")
    line = one_line(subject)
    return Letter(kind, line, _as_text(head, blocks), _as_html(head, line, blocks))


def one_line(text: str) -> str:
    """Without line ends and other control signs: safe as a header (RFC 5322 2.2)."""
    return " ".join("".join(sign if sign.isprintable() else " " for sign in text).split())


def written_name(name: str) -> str:
    """A person's name of which no mail program makes a link: names are whatever people typed."""
    plain = one_line(name.replace("://", " ").replace("@", " ").replace("/", " "))
    return plain.replace(". ", ".").replace(".", ". ").strip()[:80]


def written_text(text: str) -> str:
    """A sentence that somebody typed, on one line, of which no mail program makes a link."""
    return one_line(text.replace("://", " ").replace("www.", "www "))


def _help_desk(settings: Settings) -> str:
    return _("Help desk: {email}, {phone} ({hours})").format(
        email=settings.support_email, phone=settings.support_phone, hours=settings.support_hours
    )


def _as_text(head: Letterhead, blocks: tuple[Block, ...]) -> str:
    paragraphs = []
    for block in blocks:
        match block:
            case Code(text):
                paragraphs.append(f"    {text}")
            case Button(label, url):
                paragraphs.append(f"{label}:\n{url}")
            case Aside(text) | str(text):
                paragraphs.append(text)
    settings = head.settings
    foot = [settings.portal_name, settings.organisation, _help_desk(settings)]
    signed = "\n".join(line for line in foot if line)
    return "\n\n".join([*paragraphs, "-- \n" + signed]) + "\n"


def _as_html(head: Letterhead, subject: str, blocks: tuple[Block, ...]) -> str:
    settings = head.settings
    organisation = f'<div style="{UNDER}">{escape(settings.organisation)}</div>'
    return PAGE.substitute(
        language=escape(head.language),
        subject=escape(subject),
        primary=settings.primary_colour,
        on_primary=ink_on(settings.primary_colour),
        portal=escape(settings.portal_name),
        organisation=organisation if settings.organisation else "",
        body="\n".join(_block(settings, block) for block in blocks),
        help_desk=escape(_help_desk(settings)),
    )


def _block(settings: Settings, block: Block) -> str:
    match block:
        case Code(text):
            return f'<p class="code" style="{CODE}">{escape(text)}</p>'
        case Button(label, url):
            colour, address = settings.accent_colour, escape(url)
            button = f"background:{colour};color:{ink_on(colour)};{BUTTON}"
            hint = escape(_("If the button does nothing, open this address:"))
            return (
                f'<p style="margin:24px 0"><a href="{address}" style="{button}">'
                f'{escape(label)}</a></p><p class="quiet" style="{QUIET}">{hint}<br>'
                f'<a class="quiet" href="{address}" style="color:#52646c">{address}</a></p>'
            )
        case Aside(text):
            return f'<p class="quiet" style="{QUIET}">{escape(text)}</p>'
        case text:
            return f'<p style="margin:0 0 16px">{escape(text)}</p>'


def ink_on(colour: str) -> str:
    """White or black, whichever reads better on `#rrggbb` (WCAG 2.2, relative luminance)."""
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return "#ffffff" if 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.1791 else "#000000"


CODE = (
    "margin:0 0 16px;padding:14px 8px;background:#e4eff1;border-radius:10px;text-align:center;"
    "font:700 26px ui-monospace,Menlo,Consolas,monospace;letter-spacing:4px"
)
UNDER = "font-size:14px;font-weight:400"
BUTTON = (
    "display:block;padding:14px 20px;border-radius:10px;font-weight:700;text-align:center;"
    "text-decoration:none"
)
QUIET = "margin:0 0 16px;color:#52646c;font-size:14px;overflow-wrap:anywhere"
PAGE = Template("""<!doctype html>
<html lang="$language">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>$subject</title>
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark; }
@media (prefers-color-scheme: dark) {
  .ground { background: #0f171c !important; }
  .paper { background: #18232a !important; color: #e7eef0 !important; }
  .quiet { color: #a6b6bc !important; }
  .code { background: #24353d !important; color: #ffffff !important; }
}
</style>
</head>
<body class="ground" style="margin:0;padding:0;background:#eef3f4">
<table class="ground" role="presentation" width="100%" cellpadding="0" cellspacing="0"
 style="background:#eef3f4"><tr><td align="center" style="padding:16px 8px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0"
 style="max-width:560px;border-collapse:separate">
<tr><td style="background:$primary;color:$on_primary;padding:16px 22px;
border-radius:12px 12px 0 0;font:700 20px/1.3 system-ui,-apple-system,'Segoe UI',Roboto,
Arial,sans-serif">$portal$organisation</td></tr>
<tr><td class="paper" style="background:#ffffff;color:#16242b;padding:24px 22px 8px;
border-radius:0 0 12px 12px;text-align:left;
font:16px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif">
$body
</td></tr>
<tr><td class="quiet" style="color:#52646c;padding:14px 22px;
font:14px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif">$help_desk</td></tr>
</table>
</td></tr></table>
</body>
</html>
""")
