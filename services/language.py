"""The language that a person reads: every text on screen or in a message goes through `_`.

Texts are marked where they are used, `_("Log In")`; what is inserted is named,
`_("Until {end}").format(end=…)`, so that another language may order it differently. A constant is
marked where it is defined, `N_("…")`, and goes through `_` where it is used. English is the
language they are written in; the others are catalogues in `languages/`, each read once.
"""

from __future__ import annotations

import gettext as catalogues
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from imaging.sentences import Sentence

CATALOGUES = Path(__file__).parent / "languages"
SOURCE = "en"
LANGUAGES = {SOURCE: "English", "de": "Deutsch"}  # as each calls itself
LONGEST_HEADER = 256  # characters of Accept-Language that are looked at

_spoken: ContextVar[str] = ContextVar("spoken", default=SOURCE)


def speak(language: str) -> None:
    """From here on, this task and what it starts speak `language`, one of `LANGUAGES`.

    Raises KeyError for a language that there is no catalogue of.
    """
    _catalogue(language)
    _spoken.set(language)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Speak another language within a block: for letters to other people."""
    before = _spoken.get()
    speak(language)
    try:
        yield
    finally:
        _spoken.set(before)


def spoken() -> str:
    """The language spoken here, one of `LANGUAGES`."""
    return _spoken.get()


def _(text: str) -> str:
    """`text` in the language spoken."""
    return _catalogue(_spoken.get()).gettext(text) if text else ""


def ngettext(one: str, many: str, count: int) -> str:
    """`one` or `many`, as the language spoken wants it for `count`."""
    return _catalogue(_spoken.get()).ngettext(one, many, count)


def N_(text: str) -> str:  # noqa: N802, the name that translators' tools know
    """`text` as it is: marks a constant that goes through `_` where it is used."""
    return text


def said(sentence: str | Exception) -> str:
    """What `imaging` says, or raised, in the language spoken."""
    text = sentence.args[0] if isinstance(sentence, Exception) else sentence
    if isinstance(text, Sentence):
        inserted = {
            name: said(part) if isinstance(part, Sentence) else part
            for name, part in text.inserted.items()
        }
        return _(text.pattern).format(**inserted) if inserted else _(text.pattern)
    return _(str(text))


def preferred(accept_language: str) -> str:
    """The most wanted language of an Accept-Language header (RFC 9110 12.5.4); empty: none.

    `de-AT` is served with `de`; of equal weights the first in the header wins.
    """
    best, most = "", 0.0
    for part in accept_language[:LONGEST_HEADER].split(","):
        tag, *parameters = part.split(";")
        language = tag.strip().lower().partition("-")[0]
        weight = 1.0
        for parameter in parameters:
            name, _equals, value = parameter.strip().lower().partition("=")
            if name == "q":
                weight = _weight(value)
        if language in LANGUAGES and weight > most:
            best, most = language, weight
    return best


def _weight(written: str) -> float:
    try:
        return min(float(written), 1.0)
    except ValueError:
        return 0.0


@cache
def _catalogue(language: str) -> catalogues.NullTranslations:
    if language not in LANGUAGES:
        raise KeyError(language)
    if language == SOURCE:
        return catalogues.NullTranslations()
    return catalogues.translation("myimaging", CATALOGUES, languages=[language])
