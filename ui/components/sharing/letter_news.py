"""What became of a share's letter, beside the share: news changes it where it stands.

A letter leaves while its share is looked at; a button that were made anew for that would lose the
click that was on its way to it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from nicegui import ui

from services import dates
from services.language import _
from services.settings import Settings
from services.shares.manage_sharing import Share
from ui.components.text import words


class LetterNews:
    """Whether the person has looked, whether the letter arrived; else it can be sent again."""

    def __init__(
        self, settings: Settings, share: Share, send_again: Callable[[Share], Awaitable[None]]
    ) -> None:
        self._settings = settings
        with ui.element("div").classes("letter-news"):
            self._state = words("span", "").classes("quiet")
            self._fate = words("span", "").classes("quiet")
            self._again = words("button", _("Send again")).classes("plain-link")
        self._again.props("type=button").on("click", lambda: send_again(share), args=[])
        self._again.props["aria-label"] = _("Send again to {name}").format(name=share.shared_with)
        self.tell(share)

    def tell(self, share: Share) -> None:
        """Say what is known now."""
        news = share.news
        if news.opened_on is not None:
            at = dates.moment(news.opened_on, self._settings.zone)
            state = _("opened on {when}").format(when=at)
        else:
            state = _("Not opened yet") if share.opened else _("Has not set up an account yet")
        self._state.set_text(state)
        self._fate.set_text(news.fate)
        self._fate.set_visibility(bool(news.fate) and news.opened_on is None)
        self._fate.classes(add="bad" if news.failed else "", remove="" if news.failed else "bad")
        self._again.set_visibility(news.opened_on is None)


def only_news(before: list[Share], now: list[Share]) -> bool:
    """Whether nothing but the news of letters has changed between two lists."""
    return len(before) == len(now) and all(
        old == replace(new, news=old.news, opened=old.opened)
        for old, new in zip(before, now, strict=True)
    )
