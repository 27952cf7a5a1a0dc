"""The teal bar at the top of every page."""

from __future__ import annotations

import base64
import mimetypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from nicegui import ui

from services.language import _
from services.settings import Settings
from ui.components.account.language_menu import language_entries, language_menu
from ui.components.menu import Menu, entry, line
from ui.components.sharing.whose import NOBODY, Whose, address, switch
from ui.components.text import words
from ui.gate import Visit, house


def named_button(
    icon: str, name: str, on_click: Callable[[], object] | None = None, *, caption: str = ""
) -> ui.button:
    """An icon button whose accessible name is also its tooltip, which the style draws; `caption`
    stands under the icon where there is room.
    """
    button = ui.button(caption, icon=icon, on_click=on_click, color=None).classes("tip")
    button.props("flat round stack no-caps" if caption else "flat round")
    button.props["aria-label"] = name
    return button


@contextmanager
def bar(
    visit: Visit | None = None, *, title: str = "", under: str = "", whose: Whose = NOBODY
) -> Iterator[None]:
    """The bar with the portal's name and a title; what the block makes stands at the right."""
    settings = house().portal.settings
    with ui.element("header").classes("bar"):
        _name(settings)
        with ui.element("div").classes("title"):
            if title:
                ui.label(title).props("role=heading aria-level=1")
            if under:
                words("small", under)
        if visit is not None:
            switch(visit, whose)
        yield
        if visit is not None and visit.who.kind == "staff":
            _to_desk()
        if visit is not None:
            _account_menu(visit, whose)
        else:
            language_menu()


def _to_desk() -> None:
    with ui.element("a").classes("desk-link").props('href="/staff"'):
        ui.icon("admin_panel_settings").props("aria-hidden=true")
        words("span", _("Staff desk"))


def _name(settings: Settings) -> None:
    with ui.element("a").classes("name").props('href="/"'):
        if settings.logo:
            image = ui.element("img").classes("logo")
            image.props["src"], image.props["alt"] = logo(settings.logo), settings.portal_name
        else:
            words("span", settings.portal_name)
            if settings.organisation:
                words("small", settings.organisation)


@cache
def logo(path: str) -> str:
    """The organisation's logo as a source that needs no further request; read once."""
    media_type = mimetypes.guess_type(path)[0] or "image/png"
    content = base64.b64encode(Path(path).read_bytes()).decode()
    return f"data:{media_type};base64,{content}"


def _account_menu(visit: Visit, whose: Whose) -> None:
    who = visit.who

    def to(path: str) -> Callable[[], None]:
        return lambda: ui.navigate.to(address(visit, path, whose.chosen))

    with named_button("account_circle", _("Account")), Menu():
        with ui.element("div").style("padding: 12px 16px 6px"):
            ui.label(who.name or who.email).style("font-weight: 700")
            ui.label(who.email).classes("quiet")
        entry(whose.title, to("/studies"))
        if who.kind != "breakglass":
            entry(_("Manage existing sharing"), to("/sharing"))
        entry(_("Who has looked"), to("/looks"))
        entry(_("My account"), lambda: ui.navigate.to("/account"))
        entry(_("Change password"), lambda: ui.navigate.to("/password"))
        entry(_("Support"), lambda: ui.navigate.to("/support"))
        line()
        language_entries()
        line()
        entry(_("Sign out"), visit.sign_out)
