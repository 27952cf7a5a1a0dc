"""Usual shares above the options of the share dialog: one press chooses, everything can change."""

from __future__ import annotations

from collections.abc import Callable

from nicegui import ui

from services.language import _
from services.shares.share_presets import PRESETS, Preset, meaning, within
from services.shares.sharing import Offer, Options
from ui.components.text import words
from ui.gate import Visit


class SharePresets:
    """Buttons; `choose` is given the options, as far as this person holds them."""

    def __init__(self, visit: Visit, offer: Offer, choose: Callable[[Options], None]) -> None:
        self._visit, self._offer, self._choose = visit, offer, choose
        ui.label(_("Choose a usual share, or what you like under Sharing options:")).classes(
            "quiet"
        )
        with ui.element("div").classes("chips").props("role=group") as group:
            group.props["aria-label"] = _("Usual shares")
            self._buttons = [self._button(preset) for preset in PRESETS if self._fits(preset)]
        self._said = ui.label().classes("quiet").props("role=status")
        self._said.set_visibility(False)

    def _fits(self, preset: Preset) -> bool:
        return self._offer.portfolio or not preset.options.portfolio

    def _button(self, preset: Preset) -> ui.element:
        button = words("button", preset.name()).props("type=button aria-pressed=false")
        button.on("click", lambda: self._press(preset, button))
        return button

    def _press(self, preset: Preset, pressed: ui.element) -> None:
        portal = self._visit.portal
        limit = portal.settings.share_days_limit
        options = within(preset.options, self._offer, portal.clock(), limit)
        self._choose(options)
        for button in self._buttons:
            button.props["aria-pressed"] = "true" if button is pressed else "false"
        self._said.set_text(meaning(options, preset.options))
        self._said.set_visibility(True)
