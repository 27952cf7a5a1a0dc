"""The catalogues: what the code says, what the translations know; `make texts` renews them.

Run as a module it extracts every marked text, updates each `.po` file and compiles it to the `.mo`
file that the portal reads. Texts that are gone are dropped, new ones are left for a translator.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from services.language import CATALOGUES, LANGUAGES, SOURCE

ROOT = Path(__file__).parents[2]
ROOMS = ("ui", "services", "imaging")
KEYWORDS = {"_": None, "N_": None, "Sentence": None, "ngettext": (1, 2)}
TRANSLATED = [language for language in LANGUAGES if language != SOURCE]
Key = str | tuple[str, str]


def extracted() -> Catalog:
    """Every text that is marked in the code."""
    found = Catalog(charset="utf-8")
    for room in ROOMS:
        for _file, _line, message, _comments, _context in extract_from_dir(
            ROOT / room, method_map=[("**.py", "python")], keywords=KEYWORDS
        ):
            found.add(message)
    return found


def catalogue(language: str) -> Catalog:
    """What a translation knows."""
    with _po(language).open("rb") as file:
        return read_po(file, locale=language)


def texts(found: Catalog) -> Iterator[tuple[Key, Key]]:
    """Every text of a catalogue with its translation: strings, or (one, many) where counted."""
    for message in found:
        if message.id:
            yield message.id, message.string


def compiled(language: str) -> bytes:
    """The `.mo` file that belongs to the `.po` file as it is."""
    file = io.BytesIO()
    write_mo(file, catalogue(language))
    return file.getvalue()


def renew(language: str) -> int:
    """Bring a translation up to date with the code; how many texts wait for a translator."""
    known = catalogue(language)
    known.update(extracted(), no_fuzzy_matching=True, update_creation_date=False)
    known.obsolete.clear()
    known.project, known.version = "My Imaging", "1"
    known.msgid_bugs_address = known.last_translator = known.language_team = ""
    with _po(language).open("wb") as file:
        write_po(file, known, width=0, no_location=True, sort_output=True, omit_header=False)
    mo(language).write_bytes(compiled(language))
    return sum(not (all(s) if isinstance(s, tuple) else s) for _text, s in texts(known))


def mo(language: str) -> Path:
    """The compiled catalogue, which the portal reads."""
    return _po(language).with_suffix(".mo")


def _po(language: str) -> Path:
    return CATALOGUES / language / "LC_MESSAGES" / "myimaging.po"


if __name__ == "__main__":
    for tag in TRANSLATED:
        print(f"{tag}: {renew(tag)} texts wait for a translator")
