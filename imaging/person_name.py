"""Names of people (DICOM PS3.5 6.2.1): their parts, how they are shown, how they are searched.

Character sets are decoded by pydicom before a name comes here.
"""

import unicodedata

from pydicom.multival import MultiValue
from pydicom.valuerep import PersonName

LONGEST = 128  # characters of a part: twice what DICOM allows a whole component group

_GROUP, _COMPONENT = "=", "^"
_BIDI = frozenset("\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_WITHOUT_DECOMPOSITION = str.maketrans(
    {
        "ß": "ss",
        "ø": "o",
        "æ": "ae",
        "œ": "oe",
        "ł": "l",
        "đ": "d",
        "ð": "d",
        "þ": "th",
        "ħ": "h",
        "ŧ": "t",
        "ŋ": "n",
        "ı": "i",
        "ĸ": "k",
    }
)


def family_given(value: object) -> tuple[str, str]:
    """Family name, and given with middle names, of a `PersonName` or text; "" where absent.

    The first group that names anybody counts: alphabetic, ideographic, phonetic
    (DICOM PS3.5 6.2.1.1). A name without a caret is a family name as a whole.
    """
    for family, given, middle, _, _ in _groups(value):
        first_names = _clean(f"{given} {middle}")
        if family or first_names:
            return family, first_names
    return "", ""


def display_name(value: object) -> str:
    """The name as it is spoken, prefix, given, middle, family, suffix; "" when there is none."""
    for family, given, middle, prefix, suffix in _groups(value):
        if family or given or middle:
            return " ".join(filter(None, (prefix, given, middle, family, suffix)))
    return ""


def search_key(text: str) -> str:
    """What two spellings of a name have in common: letters and digits, without case or accents.

    Accents are those of Latin and Greek letters; the marks of other scripts are part of a letter
    and stay. The key of a key is the key itself.
    """
    folded = _decomposed(_decomposed(text).casefold().translate(_WITHOUT_DECOMPOSITION))
    kept: list[str] = []
    base = ""
    for character in folded:
        kind = unicodedata.category(character)
        if kind.startswith("M"):
            if not _is_accent(character) or _keeps_accents(base):
                kept.append(character)
            continue
        base = character
        if kind[0] in "LN" and not _is_modifier(character):
            kept.append(character)
    return unicodedata.normalize("NFKC", "".join(kept))


def _groups(value: object) -> list[tuple[str, str, str, str, str]]:
    """Family, given, middle, prefix and suffix of every component group, cleaned."""
    groups = []
    for group in _text(value).split(_GROUP)[:3]:
        parts = [_clean(part) for part in group.split(_COMPONENT)[:5]]
        family, given, middle, prefix, suffix = parts + [""] * (5 - len(parts))
        groups.append((family, given, middle, prefix, suffix))
    return groups


def _text(value: object) -> str:
    if isinstance(value, MultiValue | list | tuple):
        value = value[0] if value else ""
    if value is None:
        return ""
    return str(PersonName(value) if isinstance(value, bytes) else value)


def _clean(text: str) -> str:
    """One line without control characters, direction marks or repeated blanks."""
    kept = "".join(
        character
        for character in text
        if character.isspace()
        or not (unicodedata.category(character) in {"Cc", "Cs"} or character in _BIDI)
    )
    return unicodedata.normalize("NFC", " ".join(kept.split()))[:LONGEST].rstrip()


def _decomposed(text: str) -> str:
    return unicodedata.normalize("NFKD", text)


def _is_accent(character: str) -> bool:
    return "\u0300" <= character <= "\u036f"


def _is_modifier(character: str) -> bool:
    """Spacing modifiers such as the letter apostrophe are written like punctuation."""
    return "\u02b0" <= character <= "\u02ff"


def _keeps_accents(base: str) -> bool:
    name = unicodedata.name(base, "") if base else ""
    return base.isalpha() and not name.startswith(("LATIN", "GREEK", "MODIFIER"))
