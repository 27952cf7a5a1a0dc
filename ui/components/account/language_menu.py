"""Choosing the language of the portal, each named in itself."""

from __future__ import annotations

from functools import partial

from nicegui import ui

from services.language import LANGUAGES, _, spoken
from ui.components.menu import Menu, join
from ui.components.text import words


def language_menu() -> None:
    """A button with the languages, for pages of nobody yet."""
    with ui.button(icon="translate", color=None).props("flat no-caps") as button:
        button.props["aria-label"] = _("Language: {language}").format(language=LANGUAGES[spoken()])
        words("span", LANGUAGES[spoken()]).classes("language")
        with Menu():
            language_entries()


def language_entries() -> None:
    """The languages as entries of a menu; choosing one shows this page again in it.

    A plain form, because only the answer to a form can keep a cookie.
    """
    address = ui.context.client.request.url
    here = f"{address.path}?{address.query}" if address.query else address.path
    with ui.element("form").props('method="post" action="/language"').classes("languages"):
        back = ui.element("input").props('type="hidden" name="next"')
        back.props["value"] = here
        for tag, name in LANGUAGES.items():
            choice = words("button", name).props(f'type="submit" name="language" value="{tag}"')
            choice.props(f'lang="{tag}" role="menuitemradio"')
            join(choice)
            choice.on("keyup.enter", partial(choice.run_method, "click"), args=[])
            choice.props["aria-checked"] = "true" if tag == spoken() else "false"
