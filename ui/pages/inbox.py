"""The demonstration's inbox: the e-mails a portal without a mail server keeps as files."""

from __future__ import annotations

import email
import re
from dataclasses import dataclass
from email.policy import default
from pathlib import Path

from nicegui import ui
from starlette.requests import Request

from services.language import _
from ui.components.header import bar
from ui.components.text import words
from ui.gate import look_in

SHOWN = 30
LINK = re.compile(r"(https?://\S+)")


@dataclass(frozen=True, slots=True)
class Mail:
    """One kept e-mail."""

    to: str
    subject: str
    text: str


def register() -> None:
    """Add the page; only the demonstration does."""
    ui.page("/demo/inbox")(inbox_page)


async def inbox_page(request: Request) -> None:
    """Newest first, refreshed as they arrive."""
    visit = await look_in(request)
    folder = visit.portal.settings.data_dir / "mail"
    ui.page_title(_("Demonstration inbox"))
    with bar(title=_("Demonstration inbox")):
        pass
    shown: dict[str, int] = {"count": -1}
    with ui.element("div").classes("wide"):
        words("h1", _("Demonstration inbox"))
        ui.label(
            _("In the demonstration e-mails are not sent: everybody's mail is shown here.")
        ).classes("lead")
        place = ui.element("div").classes("list")

    def fill() -> None:
        names = sorted(folder.glob("*.eml"), reverse=True)
        if len(names) == shown["count"]:
            return
        shown["count"] = len(names)
        place.clear()
        with place:
            if not names:
                ui.label(_("No mail yet.")).classes("quiet")
            for name in names[:SHOWN]:
                _show(_read(name))

    fill()
    ui.timer(1.0, fill)


def _read(path: Path) -> Mail:
    message = email.message_from_bytes(path.read_bytes(), policy=default)
    body = message.get_body(("plain",))
    text = body.get_content() if body is not None else ""
    return Mail(str(message["To"]), str(message["Subject"]), text)


def _show(mail: Mail) -> None:
    with ui.element("article").classes("card"):
        ui.label(mail.subject).style("font-weight: 700")
        ui.label(_("To: {to}").format(to=mail.to)).classes("quiet")
        with ui.element("p").style("white-space: pre-wrap; margin-top: 10px"):
            for part in LINK.split(mail.text):
                if LINK.fullmatch(part):
                    ui.link(part, part).style("overflow-wrap: anywhere")
                else:
                    words("span", part)
