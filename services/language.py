"""The language that a person reads: every text on screen or in a message goes through `_`.

Texts are marked where they are used, `_("Log In")`; what is inserted is named,
`_("Until {end}").format(end=…)`, so that
another language may order it differently.
"""

from __future__ import annotations

import gettext
from contextvars import ContextVar
from pathlib import Path

CATALOGUES = Path(__file__).parent / "languages"

_spoken: ContextVar[str] = ContextVar("spoken", default="en")


def speak(language: str) -> None:
    """From here on, this task and the threads it starts speak `language` (a BCP 47 tag)."""
    _spoken.set(language)


def _(text: str) -> str:
    """`text` in the language spoken; as it is where the catalogue has no other."""
    return gettext.translation(
        "myimaging", CATALOGUES, languages=[_spoken.get()], fallback=True
    ).gettext(text)
