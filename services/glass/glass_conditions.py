"""What is accepted when the glass is broken: texts with versions, the portal's or the hospital's.

The hospital's own stand in the folder `MYIMAGING_BREAK_GLASS_CONDITIONS`, a file a version:
`2027-1.txt` with a condition a line, and `2027-1.de.txt` for those who read German. The last name
in the alphabet is the version in force; older files stay, because what was accepted refers to them.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from pathlib import Path

from services.language import N_, _, spoken
from services.settings import Settings

BUILT_IN = (
    (
        "2026-1",
        (
            N_(
                "Break the glass only for a patient you are treating now, when you cannot get "
                "their consent in time."
            ),
            N_("Look at what this treatment needs, and at nothing else."),
            N_(
                "The patient is told that you looked, and why. The privacy team reviews every "
                "event."
            ),
            N_("You cannot share, print or download what you see."),
        ),
    ),
)
VERSION = re.compile(r"([A-Za-z0-9-]{1,16})\.txt")


@dataclass(frozen=True, slots=True)
class Conditions:
    """A version of the text, in the reader's language; `digest` is of the text as it is kept."""

    version: str
    sentences: tuple[str, ...]
    digest: str  # the first 16 hexadecimal digits of a SHA-256


def current(settings: Settings) -> Conditions:
    """The version in force."""
    version = versions(settings)[-1]
    found = of_version(settings, version)
    if found is None:
        raise FileNotFoundError(f"the conditions {version} cannot be read")
    return found


def versions(settings: Settings) -> list[str]:
    """Every version there is, the one in force last."""
    folder = settings.break_glass_conditions
    if folder is None:
        return [version for version, _sentences in BUILT_IN]
    names = (VERSION.fullmatch(path.name) for path in folder.glob("*.txt"))
    return sorted(name[1] for name in names if name)


def of_version(settings: Settings, version: str) -> Conditions | None:
    """The text of a version that was accepted; None when it is kept no longer."""
    if settings.break_glass_conditions is not None and (
        text := _file(settings.break_glass_conditions, version)
    ):
        return Conditions(version, _lines(text[0]), _digest(text[1]))
    for built_in, sentences in BUILT_IN:
        if built_in == version:
            said = tuple(_(sentence) for sentence in sentences)
            return Conditions(version, said, _digest("\n".join(sentences)))
    return None


def _file(folder: Path, version: str) -> tuple[str, str] | None:
    """The text to read, in the language spoken where there is one, and the text that counts."""
    path = folder / f"{version}.txt"
    if VERSION.fullmatch(f"{version}.txt") is None or not path.is_file():
        return None
    own = folder / f"{version}.{spoken()}.txt"
    text = path.read_text("utf-8")
    return (own.read_text("utf-8") if own.is_file() else text), text


def _lines(text: str) -> tuple[str, ...]:
    return tuple(line.strip() for line in text.splitlines() if line.strip())


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
