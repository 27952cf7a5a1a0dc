"""Asking a signed-in person for their password again, before something grave."""

from __future__ import annotations

from nicegui import ui

from services.language import _
from services.signing_in import step_up
from ui.components.card import dialog_card, text_field
from ui.gate import Visit
from ui.problems import Field, told


async def password_again(visit: Visit, why: str = "") -> bool:
    """Whether the password was given again, now or within the last five minutes.

    `why` is a sentence for the person. A handler asks `if not await password_again(visit): return`
    and then calls a service that begins with `step_up.require`: the dialog is a courtesy, the
    service decides.
    """
    if await visit.run(step_up.stands, visit.portal, visit.who):
        return True
    with visit.client.content:
        place = ui.element()
    with place:
        dialog = ui.dialog()
    with dialog_card(_("Your password again"), dialog, size="narrow"):
        ui.label(why or _("This is a change that nobody else should make in your name."))
        ui.label(visit.who.email).classes("quiet")
        password = text_field(_("Password"), autocomplete="current-password", kind="password")
        password.props["autofocus"] = True

        async def give() -> None:
            button.props["loading"] = True
            try:
                with told(otherwise=Field("password", password)):
                    typed = password.value or ""
                    new = await visit.run(step_up.confirm, visit.portal, visit.who, typed)
                    await visit.doorstep.bring(new)
                    dialog.submit(True)
            finally:
                button.props["loading"] = False

        password.on("keydown.enter", give)
        with ui.element("div").classes("row end"):
            ui.button(_("Cancel"), on_click=dialog.close, color=None).props("flat").classes(
                "secondary"
            )
            button = ui.button(_("Continue"), on_click=give, color="accent").classes("primary")
    given = bool(await dialog)
    for made in (dialog, place):
        if not made.is_deleted:
            made.delete()
    return given
