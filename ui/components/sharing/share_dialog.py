"""The dialog "Share Exam": whom, how long, what, and the confirmation."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import timedelta

from nicegui import ui

from services import access as decision
from services import dates
from services.access import Access
from services.language import N_, _
from services.shares import sharing
from services.shares.share_offer import ONLY_THIS_EXAM, Offer, Options, offer
from services.shares.sharing import Shared
from ui.components.card import dialog_card, text_field
from ui.components.sharing.share_presets import SharePresets
from ui.components.text import words, words_with_link
from ui.gate import Visit
from ui.problems import Field, told

SECURITY = (
    N_(
        "Whoever you share with can see the images and the report until the time you choose is "
        "over or you end it."
    ),
    N_(
        "They sign in with a password and a one-time password, but nobody checks who they are: "
        "please make sure the address is right."
    ),
    N_("What they download stays with them. You can switch downloading off under Sharing options."),
    N_(
        "You see under 'Who has looked' when they looked, and under 'Manage existing sharing' "
        "whether they shared on; there you can end everything at any time."
    ),
)
HELP = N_(
    "Enter the email address of the person or practice. They get an e-mail with a link. People "
    "without an account make a guest account first."
)
FUTURE = N_(
    "Every exam there is now, and future exams: each one that arrives while the share lasts can "
    "be seen as soon as it is here. After the last day nothing can."
)
UNDERSTOOD = N_("I understand the {implications} of sharing medical information")


class ShareDialog:
    """Opened from the share icon and from the right-click menu."""

    def __init__(
        self,
        visit: Visit,
        access: Access,
        title: str,
        on_manage: Callable[[], Awaitable[None]],
    ) -> None:
        self._visit = visit
        self._access = access
        self._title = title
        self._on_manage = on_manage
        self._dialog = ui.dialog()

    async def open(self) -> None:
        """Ask what may be offered, and show the form."""
        with told():
            offered = await self._visit.run(self._offered)
            self._dialog.clear()
            with dialog_card(_("Share Exam"), self._dialog):
                self._head()
                self._contact()
                presets = ui.element("div").classes("presets")
                with ui.expansion(_("Sharing options")).classes("full").props("dense"):
                    self._options = ShareOptions(self._visit, offered, self._look_for_existing)
                with presets:
                    SharePresets(self._visit, offered, self._options.show)
                self._existing = ui.label().classes("info")
                self._existing.set_visibility(False)
                self._consent()
            self._dialog.open()

    def _offered(self) -> Offer:
        """What may be offered now: the dialog may be opened long after the page."""
        portal = self._visit.portal
        return offer(decision.renewed(portal, self._access))

    def _head(self) -> None:
        with ui.element("div").classes("row between"):
            ui.label(self._title).style("font-weight: 700")
            help_button = ui.button(icon="help_outline", color=None).props("flat round dense")
            help_button.props["aria-label"] = _("Help")
            with help_button, ui.menu(), ui.element("div").style("padding:14px;max-width:320px"):
                ui.label(_(HELP))
        with ui.element("div").classes("steps"):
            ui.label(_("Sharing Method"))
            ui.label(">").props("aria-hidden=true")
            ui.label(_("Contact Information")).classes("now")

    def _contact(self) -> None:
        ui.label(_("Please fill in the email address of the person with whom you wish to share:"))
        self._email = text_field(_("Email address"), kind="email")
        self._email.on("blur", self._look_for_existing)
        ui.label(_("Enter mobile number:"))
        self._mobile = text_field(_("Mobile number"), kind="tel")

    def _consent(self) -> None:
        implications_name = _("security implications")
        with ui.element("div").classes("row").style("gap: 0; flex-wrap: nowrap"):
            understood = ui.checkbox("")
            understood.props["aria-label"] = _(UNDERSTOOD).format(implications=implications_name)
            with ui.element("span"):
                link = words_with_link(_(UNDERSTOOD), "implications", implications_name)
        implications = ui.element("ul").classes("info").style("padding-left: 30px; margin: 0")
        implications.set_visibility(False)
        with implications:
            for sentence in SECURITY:
                words("li", _(sentence))
        link.on("click.prevent", lambda: implications.set_visibility(True))
        with ui.element("div").classes("row end"):
            ui.button(_("Cancel"), on_click=self._dialog.close, color=None).props("flat").classes(
                "secondary"
            )
            self._next = ui.button(_("Next"), on_click=self._share, color="accent").classes(
                "primary"
            )
            self._next.bind_enabled_from(understood, "value")

    async def _look_for_existing(self) -> None:
        """The same address twice changes the share that is there: show it."""
        there = await self._visit.run(
            sharing.existing_share,
            self._visit.portal,
            self._access,
            self._email.value or "",
            self._options.chosen().portfolio,
        )
        self._existing.set_visibility(there is not None)
        self._options.keep(there)
        if there is not None:
            self._existing.set_text(
                _(
                    "You share this with them already. 'Next' changes that share to what you "
                    "choose here."
                )
            )
            self._options.show(there)

    async def _share(self) -> None:
        self._next.props["loading"] = True
        try:
            with told(
                Field("email", self._email),
                Field("mobile", self._mobile),
                Field("days", self._options.days),
            ):
                shared = await self._visit.run(
                    sharing.share,
                    self._visit.portal,
                    self._access,
                    self._email.value or "",
                    self._mobile.value or "",
                    self._options.chosen(),
                )
                self._confirm(shared)
        finally:
            self._next.props["loading"] = False

    def _confirm(self, shared: Shared) -> None:
        until = dates.moment(shared.until, self._visit.portal.settings.zone)
        self._dialog.clear()
        with dialog_card(_("Share Exam"), self._dialog):
            ui.label(self._title).style("font-weight: 700")
            with ui.element("div").classes("info").props("role=status"):
                ui.label(
                    _("The exam information will be available until {until}").format(until=until)
                )
            if shared.shortened:
                ui.label(_("That is when your own access ends.")).classes("quiet")
            for sentence in shared.left_out:
                ui.label(sentence).classes("quiet")
            with ui.element("p"):
                sentence = _(
                    "To discontinue this sharing, use the {manage} option from the right-click "
                    "menu."
                )
                link = words_with_link(sentence, "manage", _("Manage Existing Sharing"))
            link.on("click.prevent", self._manage)
            with ui.element("div").classes("row end"):
                ui.button(_("Done"), on_click=self._dialog.close, color="accent").classes("primary")

    async def _manage(self) -> None:
        self._dialog.close()
        await self._on_manage()


class ShareOptions:
    """The folded part: for how long, how much, and what the other person may do."""

    def __init__(
        self, visit: Visit, offered: Offer, on_scope: Callable[[], Awaitable[None]]
    ) -> None:
        settings = visit.portal.settings
        self._offered = offered
        self._there: Options | None = None
        most = min(settings.share_days_limit, _days_left(visit, offered))
        with ui.element("div").classes("row"):
            name = _("Allow access to the exam for the next [n] days")
            before, after = name.split("[n]")
            ui.label(before.strip())
            self.days = ui.number(value=min(settings.share_days, most), min=1, max=most, step=1)
            self.days.props("outlined dense").style("width: 96px")
            self.days.props["aria-label"] = name
            ui.label(after.strip())
        if offered.latest is not None:
            end = dates.moment(offered.latest, settings.zone)
            _why(_("Your own access ends on {end}; a share cannot last longer.").format(end=end))
        self._portfolio = _option(_("Share entire patient portfolio"), False, offered.portfolio)
        _why(_(FUTURE) if offered.portfolio else _(ONLY_THIS_EXAM))
        self._portfolio.on_value_change(on_scope)
        self._onward = _option(
            _("Allow user to share exam with additional users"), False, offered.may_share
        )
        self._hide = _option(_("Hide patient details"), offered.must_hide, not offered.must_hide)
        if offered.must_hide:
            _why(_("They are hidden from you, so they stay hidden."))
        self._download = _option(
            _("Allow download and print"), offered.may_download, offered.may_download
        )
        if not offered.may_download:
            _why(_("You may only look at it yourself, so others can only look as well."))

    def chosen(self) -> Options:
        """What is ticked now."""
        days = int(self.days.value or 0)
        there = self._there
        return Options(
            days=days,
            portfolio=bool(self._portfolio.value),
            may_share=bool(self._onward.value),
            hide_details=bool(self._hide.value),
            may_download=bool(self._download.value),
            until=there.until if there is not None and there.days == days else None,
        )

    def keep(self, there: Options | None) -> None:
        """The share that is there: its end stays while the days are as shown."""
        self._there = there

    def show(self, options: Options) -> None:
        """Tick what an existing share or a preset has."""
        self.days.value = min(options.days, int(self.days.max or options.days))
        self._portfolio.value = options.portfolio
        self._onward.value = options.may_share
        self._hide.value = options.hide_details or self._offered.must_hide
        self._download.value = options.may_download and self._offered.may_download


def _days_left(visit: Visit, offered: Offer) -> int:
    """Days until the sharer's own access ends, the last one begun; without an end: no limit."""
    if offered.latest is None:
        return visit.portal.settings.share_days_limit
    left = offered.latest - visit.portal.clock()
    return max(1, -(-left // timedelta(days=1)))


def _why(sentence: str) -> None:
    ui.label(sentence).classes("quiet").style("margin-left: 40px")


def _option(name: str, ticked: bool, offered: bool) -> ui.checkbox:
    box = ui.checkbox(name, value=ticked).classes("full")
    box.set_enabled(offered)
    return box
