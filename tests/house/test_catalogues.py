"""Every text of the code is in every language, complete, and with the same places to fill in."""

from __future__ import annotations

import gettext
import re
from collections.abc import Iterator

import pytest

from services.language import LANGUAGES
from tests.house.texts import TRANSLATED, Key, catalogue, extracted, mo, texts

PLACE = re.compile(r"\{[^{}]*\}|\[n\]")
WANTED = "run 'make texts' and translate what is new"


def _forms(key: Key) -> tuple[str, ...]:
    return key if isinstance(key, tuple) else (key,)


def _pairs(language: str) -> Iterator[tuple[str, str]]:
    for text, translation in texts(catalogue(language)):
        yield from zip(_forms(text), _forms(translation), strict=True)


def test_there_is_a_second_language() -> None:
    assert TRANSLATED
    assert set(LANGUAGES) > set(TRANSLATED)


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_of_the_code_is_in_the_catalogue(language: str) -> None:
    known = {text for text, _translation in texts(catalogue(language))}
    assert not {text for text, _translation in texts(extracted())} - known, WANTED


@pytest.mark.parametrize("language", TRANSLATED)
def test_every_text_is_translated(language: str) -> None:
    assert not [text for text, translation in _pairs(language) if not translation], WANTED


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_has_the_same_places_to_fill_in(language: str) -> None:
    for text, translation in _pairs(language):
        assert sorted(PLACE.findall(translation)) == sorted(PLACE.findall(text)), text


@pytest.mark.parametrize("language", TRANSLATED)
def test_a_translation_begins_and_ends_as_its_text_does(language: str) -> None:
    for text, translation in _pairs(language):
        assert translation == translation.strip(), text
        assert translation.endswith(".") == text.endswith("."), text


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_compiled_catalogue_says_what_the_readable_one_says(language: str) -> None:
    with mo(language).open("rb") as file:
        compiled = gettext.GNUTranslations(file)
    for text, translation in texts(catalogue(language)):
        if isinstance(text, tuple):
            spoken = tuple(compiled.ngettext(*text, count) for count in (1, 2))
            assert spoken == translation, WANTED
        else:
            assert compiled.gettext(text) == translation, WANTED


@pytest.mark.parametrize("language", TRANSLATED)
def test_the_catalogue_counts_as_its_language_does(language: str) -> None:
    """Two forms, one of them for 1: all that `ngettext` in the code can be given."""
    assert catalogue(language).num_plurals == 2
