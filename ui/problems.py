"""Where errors become sentences on screen: once, for every page."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import structlog
from nicegui import ui

from services.errors import Invalid, PortalError

log = structlog.get_logger()


def tell(sentence: str, *, good: bool = False) -> None:
    """Show a sentence for a while; screen readers read it out."""
    ui.notify(
        sentence,
        type="positive" if good else "warning",
        position="top",
        timeout=6000 if good else 10000,
        close_button="Close",
        multi_line=True,
    )


class Field:
    """A control that can say what is wrong with what was typed."""

    def __init__(self, name: str, control: ui.input | ui.number) -> None:
        self.name, self.control = name, control


@contextmanager
def told(*fields: Field) -> Iterator[None]:
    """Turn a portal error into a sentence: beside the field it is about, else at the top."""
    for field in fields:
        field.control.props["error"] = False
    try:
        yield
    except Invalid as error:
        for field in fields:
            if field.name == error.field:
                field.control.props["error"] = True
                field.control.props["error-message"] = str(error)
                field.control.run_method("focus")
                return
        tell(str(error))
    except PortalError as error:
        tell(str(error))
