"""A new password, typed twice, with an estimate of how hard it is to guess while it is typed."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from services.language import _
from services.persons import accounts
from services.signing_in.password_strength import strength
from services.signing_in.passwords import SHORTEST
from ui.components.card import text_field
from ui.gate import Visit
from ui.problems import Field


class NewPassword:
    """Two fields and a meter; `about` tells what an attacker knows of the person by now."""

    def __init__(self, visit: Visit, about: Callable[[], tuple[str, ...]]) -> None:
        self._visit = visit
        self._about = about
        self._asked = 0
        self._first = text_field(
            _("New password"), autocomplete="new-password", kind="password"
        ).on_value_change(self._judge)
        self._meter = ui.element("div").classes("meter").props("role=meter aria-valuemin=0")
        self._meter.props["aria-valuemax"] = 4
        self._meter.props["aria-label"] = _("Strength of the password")
        with self._meter:
            for _part in range(5):
                ui.element("i")
        self._words = ui.label().classes("quiet").props("role=status")
        self._again = text_field(
            _("New password again"), autocomplete="new-password", kind="password"
        )
        self._show(-1, self._advice())

    @property
    def fields(self) -> tuple[Field, Field]:
        """Where a problem with the password is told."""
        return Field("password", self._first), Field("again", self._again)

    @property
    def value(self) -> str:
        """What was typed, twice the same; Invalid when not."""
        accounts.check_same(self._first.value or "", self._again.value or "")
        return self._first.value or ""

    def clear(self) -> None:
        """Forget what was typed."""
        self._first.value = self._again.value = ""

    async def _judge(self) -> None:
        self._asked += 1
        asked, typed = self._asked, str(self._first.value or "")
        if not typed:
            self._show(-1, self._advice())
            return
        found = await self._visit.run(strength, typed, *self._about())
        if asked == self._asked:  # nothing more was typed meanwhile
            self._show(found.level, f"{found.words}. {found.problem}".strip())

    def _show(self, level: int, words: str) -> None:
        self._meter.props["data-level"] = level
        self._meter.props["aria-valuenow"] = max(level, 0)
        self._meter.props["aria-valuetext"] = words
        self._words.set_text(words)

    @staticmethod
    def _advice() -> str:
        return _(
            "At least {shortest} characters. Three or four unrelated words are easy to remember."
        ).format(shortest=SHORTEST)
