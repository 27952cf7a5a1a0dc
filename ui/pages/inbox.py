"""The demonstration's inbox: the e-mails a portal without a mail server keeps as files."""

from __future__ import annotations

import email
import re
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from zoneinfo import ZoneInfo

from nicegui import ui
from starlette.requests import Request

from services import dates
from services.language import _
from ui.components.header import bar
from ui.components.text import words
from ui.gate import PATIENCE, look_in

SHOWN = 30
LINK = re.compile(r"(https?://\S+)")
# Nothing in the frame runs, and it belongs to no origin; a pressed link opens outside of it.
SANDBOX = "allow-popups allow-popups-to-escape-sandbox"
STYLE = """
.mail-head { display: block; width: 100%; min-height: 44px; padding: 8px 0; border: 0;
  background: none; color: var(--ink); font: inherit; text-align: left; cursor: pointer; }
.mail-head b, .mail-head small { display: block; overflow-wrap: anywhere; }
.mail-head small { color: var(--quiet); }
.mail-frame { display: block; width: 100%; height: 580px; margin: 8px 0 12px; border: 0;
  border-radius: 10px; color-scheme: light dark; }
"""


@dataclass(frozen=True, slots=True)
class Mail:
    """One kept e-mail."""

    name: str
    to: str
    subject: str
    when: str
    text: str
    html: str


def register() -> None:
    """Add the page; only the demonstration does."""
    ui.page("/demo/inbox", response_timeout=PATIENCE)(inbox_page)


async def inbox_page(request: Request) -> None:
    """Newest first, refreshed as they arrive."""
    visit = await look_in(request)
    title = _("Demonstration inbox")
    ui.page_title(title)
    ui.add_css(STYLE)
    with bar():
        pass
    with ui.element("div").classes("wide"):
        words("h1", title)
        ui.label(
            _("In the demonstration e-mails are not sent: everybody's mail is shown here.")
        ).classes("lead")
        inbox = Inbox(visit.portal.settings.data_dir / "mail", visit.portal.settings.zone)
    inbox.fill()
    ui.timer(1.0, inbox.fill)


class Inbox:
    """The mails of a folder; the newest is open, others once their subject is pressed."""

    def __init__(self, folder: Path, zone: ZoneInfo) -> None:
        self._folder, self._zone = folder, zone
        self._names: list[Path] | None = None
        self._open: set[str] = set()
        self._designed = True
        self._place = ui.element("div").classes("list")

    def fill(self) -> None:
        """Show what came since; mails once opened stay open."""
        names = sorted(self._folder.glob("*.eml"), reverse=True)[:SHOWN]
        if names == self._names:
            return
        self._names = names
        if names:
            self._open.add(names[0].name)
        self._draw()

    def _draw(self) -> None:
        self._place.clear()
        with self._place:
            if not self._names:
                ui.label(_("No mail yet.")).classes("quiet")
                return
            self._choice()
            for name in self._names:
                self._show(_read(name, self._zone))

    def _choice(self) -> None:
        with ui.element("div").classes("row").props("role=group"):
            for name, designed in ((_("As designed"), True), (_("Plain text"), False)):
                chosen = designed is self._designed
                button = ui.button(
                    name, on_click=lambda designed=designed: self._choose(designed), color=None
                )
                button.props("flat").classes("secondary")
                button.props["aria-pressed"] = "true" if chosen else "false"
                if chosen:
                    button.style("box-shadow: inset 0 -3px 0 var(--accent)")

    def _choose(self, designed: bool) -> None:
        self._designed = designed
        self._draw()

    def _show(self, mail: Mail) -> None:
        is_open = mail.name in self._open
        with ui.element("article").classes("card").style("padding: 6px 18px"):
            head = ui.element("button").classes("mail-head").props("type=button")
            head.props["aria-expanded"] = "true" if is_open else "false"
            head.on("click", lambda: self._toggle(mail.name))
            with head:
                words("b", mail.subject)
                words("small", _("To: {to}").format(to=mail.to) + f" · {mail.when}")
            if not is_open:
                return
            if self._designed and mail.html:
                _frame(mail)
            else:
                _plain(mail.text)

    def _toggle(self, name: str) -> None:
        self._open ^= {name}
        self._draw()


def _read(path: Path, zone: ZoneInfo) -> Mail:
    message = email.message_from_bytes(path.read_bytes(), policy=default)
    sent = message["Date"].datetime
    return Mail(
        path.name,
        str(message["To"]),
        str(message["Subject"]),
        dates.moment(sent, zone),
        _body(message, "plain"),
        _body(message, "html"),
    )


def _body(message: EmailMessage, kind: str) -> str:
    body = message.get_body((kind,))
    return str(body.get_content()) if body is not None else ""


def _frame(mail: Mail) -> None:
    frame = ui.element("iframe").classes("mail-frame")
    frame.props["sandbox"] = SANDBOX
    frame.props["title"] = mail.subject
    frame.props["srcdoc"] = mail.html.replace("<head>", '<head><base target="_blank">', 1)


def _plain(text: str) -> None:
    with ui.element("p").style("white-space: pre-wrap; margin: 10px 0"):
        for part in LINK.split(text):
            if LINK.fullmatch(part):
                ui.link(part, part).style("overflow-wrap: anywhere")
            else:
                words("span", part)
