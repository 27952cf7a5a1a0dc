"""Where errors become sentences on screen: once, for every page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from nicegui import ui

from services.errors import Invalid, PortalError
from services.language import _

log = structlog.get_logger()


def tell(sentence: str, *, good: bool = False) -> None:
    """Show a sentence for a while; screen readers read it out."""
    ui.notify(
        sentence,
        type="positive" if good else "warning",
        position="top",
        timeout=6000 if good else 10000,
        close_button=_("Close"),
        multi_line=True,
    )


class Field:
    """A control that can say what is wrong with what was typed."""

    def __init__(self, name: str, control: ui.input | ui.number | ui.textarea) -> None:
        self.name, self.control = name, control


@contextmanager
def told(*fields: Field, otherwise: Field | None = None) -> Iterator[None]:
    """Turn a portal error into a sentence: beside the field it is about, else beside `otherwise`.

    Without that it stands at the top for a while.
    """
    asked = (*fields, otherwise) if otherwise else fields
    for field in asked:
        field.control.props["error"] = False
    try:
        yield
    except PortalError as error:
        about = error.field if isinstance(error, Invalid) else ""
        beside = next((field for field in fields if field.name == about), otherwise)
        if beside is None:
            tell(str(error))
            return
        beside.control.props["error"] = True
        beside.control.props["error-message"] = str(error)
        beside.control.run_method("focus")
