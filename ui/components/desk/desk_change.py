"""A change at the staff desk: asked once more where it cannot be taken back, then the password."""

from __future__ import annotations

from collections.abc import Callable
from typing import Concatenate, ParamSpec

from nicegui import ui

from services.language import _
from services.portal import Portal
from services.signing_in.sessions import SignedIn
from ui.components.account.password_again import password_again
from ui.components.card import dialog_card
from ui.gate import Visit
from ui.problems import Field, tell, told

P = ParamSpec("P")
Service = Callable[Concatenate[Portal, SignedIn, P], object]


async def changed(
    visit: Visit, done: str, service: Service[P], *args: P.args, **kwargs: P.kwargs
) -> bool:
    """Call a service that changes something, once the password was given again.

    `done` is the sentence told afterwards. False when the person thought better of it, or when the
    service refused, which has been told.
    """
    return await changed_with((), visit, done, service, *args, **kwargs)


async def changed_with(
    fields: tuple[Field, ...], visit: Visit, done: str, service: Service[P],
    *args: P.args, **kwargs: P.kwargs,
) -> bool:  # fmt: skip
    """`changed`, with what is wrong said beside the field that it is about."""
    worked = False
    with told(*fields):
        if await password_again(visit):
            await visit.run(service, visit.portal, visit.who, *args, **kwargs)
            tell(done, good=True)
            worked = True
    return worked


async def sure(visit: Visit, title: str, sentence: str, yes: str) -> bool:
    """Whether the person wants something that cannot be taken back."""
    with visit.client.content:
        place = ui.element()
    with place:
        dialog = ui.dialog()
    with dialog_card(title, dialog, size="narrow"):
        ui.label(sentence)
        with ui.element("div").classes("row end"):
            no = ui.button(_("Cancel"), on_click=dialog.close, color=None).props("flat")
            no.classes("secondary")
            ui.button(yes, on_click=lambda: dialog.submit(True), color="accent").classes("primary")
    answer = bool(await dialog)
    for made in (dialog, place):
        if not made.is_deleted:
            made.delete()
    return answer


def secondary(name: str, icon: str, on_click: Callable[[], object]) -> ui.button:
    """A quiet button of the desk."""
    button = ui.button(name, icon=icon, on_click=on_click, color=None).props("flat")
    return button.classes("secondary")


def primary(name: str, on_click: Callable[[], object]) -> ui.button:
    """The one button that a form is for."""
    return ui.button(name, on_click=on_click, color="accent").classes("primary")
