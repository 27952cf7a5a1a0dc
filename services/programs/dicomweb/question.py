"""Reading a search: its parameters become a `Question`, or a sentence (DICOM PS3.18 8.3.4)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.errors import Invalid
from services.programs.dicomweb.attributes import Attribute, Level, matchable, named

MOST_RESULTS = 1000  # in one answer
MOST_VALUES = 500  # in a list of UIDs
LONGEST_VALUE = 64 * (MOST_VALUES + 1)
UID = re.compile(r"[0-9.]{1,64}")
_LISTS = ("UI", "CS")
_NOT_MATCHING = ("accept", "charset")


@dataclass(frozen=True, slots=True)
class Question:
    """What is searched: a level, within a study or series perhaps, with values to match."""

    level: Level
    study_uid: str = ""
    series_uid: str = ""
    matches: tuple[tuple[Attribute, tuple[str, ...]], ...] = ()
    extra: frozenset[str] = frozenset()
    everything: bool = False
    limit: int = MOST_RESULTS
    offset: int = 0
    fuzzy: bool = False  # was asked for; matching is literal


def question(
    level: Level, parameters: Sequence[tuple[str, str]], study_uid: str = "", series_uid: str = ""
) -> Question:
    """The question that the parameters of an address ask.

    Raises Invalid for anything that is not understood: a search that leaves out a condition would
    show more than was asked for.
    """
    matches: dict[str, tuple[Attribute, tuple[str, ...]]] = {}
    extra: set[str] = set()
    plain: dict[str, str] = {}
    for name, value in parameters:
        if name == "includefield":
            extra |= {word for word in value.split(",") if word}
        elif name in ("limit", "offset", "fuzzymatching"):
            if name in plain:
                raise Invalid(f"{name} is there twice.")
            plain[name] = value
        elif name not in _NOT_MATCHING:
            attribute = matchable(named(name), level)
            if attribute.keyword in matches:
                raise Invalid(f"{attribute.keyword} is there twice.")
            matches[attribute.keyword] = attribute, _values(attribute, value)
    everything = "all" in extra
    return Question(
        level,
        study_uid,
        series_uid,
        tuple((attribute, values) for attribute, values in matches.values() if values),
        frozenset(named(word) for word in extra - {"all"}),
        everything,
        min(_whole(plain, "limit", MOST_RESULTS), MOST_RESULTS),
        _whole(plain, "offset", 0),
        _yes(plain.get("fuzzymatching", "false")),
    )


def _values(attribute: Attribute, written: str) -> tuple[str, ...]:
    """The values to match; none where anything matches (PS3.4 C.2.2.2.3)."""
    if len(written) > LONGEST_VALUE or "\0" in written:
        raise Invalid(f"The value of {attribute.keyword} is too long.")
    split = re.split(r"[,\\]", written) if attribute.vr in _LISTS else [written]
    values = tuple(value.strip() for value in split)
    if values == ("",) or set(values) == {"*"}:
        return ()
    if len(values) > MOST_VALUES:
        raise Invalid(f"Please ask for at most {MOST_VALUES} values at once.")
    if attribute.vr == "UI" and not all(UID.fullmatch(value) for value in values):
        raise Invalid(f"{attribute.keyword} is digits and dots, several with commas between them.")
    if attribute.vr not in _LISTS and len(written) > 256:
        raise Invalid(f"The value of {attribute.keyword} is too long.")
    return values


def _whole(given: dict[str, str], name: str, default: int) -> int:
    written = given.get(name, str(default))
    if not (written.isascii() and written.isdigit() and len(written) < 10):
        raise Invalid(f"{name} is a whole number.")
    return int(written)


def _yes(written: str) -> bool:
    if written not in ("true", "false"):
        raise Invalid("fuzzymatching is true or false.")
    return written == "true"
