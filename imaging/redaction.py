"""Taking what names a patient out of free text.

Hidden is the promise: a name that is also a word ("Long", "May") goes, wherever it stands.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

NAME, NUMBER, DATE, PERSON = "[name]", "[number]", "[date]", "[person]"
INSTITUTION, IDENTIFIER, ADDRESS = "[institution]", "[identifier]", "[address]"
TITLES = frozenset("dr prof professor doctor mr mrs ms miss sir md phd rn do mbbs".split())
# words of institutions' names that other texts have too
COMMON = frozenset(
    """hospital clinic clinics centre center medical medicine health healthcare radiology imaging
    diagnostic diagnostics department district general private public university university's
    practice surgery group service services regional national royal saint north south east west
    northern southern eastern western central city county community state heart chest breast women
    women's children children's eye spine bone joint cancer brain lung skin vascular cardiac nuclear
    dental x-ray xray ultrasound scan scanning institute institution trust foundation memorial
    emergency oncology orthopaedic orthopedic paediatric pediatric neurology cardiology urology
    gynaecology test research international united with from and the""".split()
)
MONTHS = (
    "january february march april may june july august september october november december".split()
)
# letters that have no decomposition
LETTERS = {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "đ": "d", "ð": "d", "þ": "th"}
GAP = r"[\W_]{0,3}"  # between the parts of a name or number
LONGEST_NAME = 8  # words
SHORTEST_NUMBER = 5  # digits of a patient id that are looked for without its letters
LABELLED = (
    r"patient'?s? ?name|patient ?id|date of birth|d\.?o\.?b|mrn|medical record number"
    r"|accession(?: number| no)?|urn|nhs number|medicare(?: number| no)?|referrer|referred by"
    r"|(?:reported|dictated|verified|approved|authori[sz]ed|typed|transcribed|performed"
    r"|(?:electronically )?signed)(?: by)?|radiologist|radiographer|sonographer|technologist"
    r"|referring (?:doctor|physician)|consultant|attending(?: physician)?|general practitioner|gp"
    r"|cc|cop(?:y|ies) to|address|tel(?:ephone)?|phone|mobile|fax|next of kin"
)


@dataclass(frozen=True, slots=True)
class Identity:
    """What must not be read: parts of the patient's name, numbers, birth date, people, places."""

    names: tuple[str, ...] = ()
    patient_ids: tuple[str, ...] = ()
    accession_numbers: tuple[str, ...] = ()
    dates: tuple[date, ...] = ()
    people: tuple[str, ...] = ()
    institutions: tuple[str, ...] = ()
    uids: tuple[str, ...] = ()


def redact(text: str, identity: Identity) -> str:
    """The text with everything that names the patient replaced by a word in square brackets.

    Case, accents, hyphens, apostrophes and blanks inside names and numbers do not matter. Beside
    what `identity` holds, UIDs, e-mail addresses, long numbers, people with a title and what stands
    behind labels such as "DOB:" go.
    Text with none of that comes back as it is.
    """
    folded, places = _folded(text)
    made, copied = [], 0
    for match in _pattern(identity).finditer(folded):
        kind = match.lastgroup or "name"
        start, end = match.span(f"{kind}_value") if kind == "label" else match.span()
        if start == end or text[places[start] : places[end]] in WORDS.values():
            continue
        if places[start] < copied:
            continue
        made += [text[copied : places[start]], WORDS[kind]]
        copied = places[end]
    left = "".join((*made, text[copied:])) if made else text
    left = REPEATED.sub(NAME, left)
    left = LONG_NUMBER.sub(lambda found: found[0] if DAY.fullmatch(found[0]) else NUMBER, left)
    return TITLED.sub(rf"\1{PERSON}", left)


REPEATED = re.compile(r"\[name\](?:[\s,^]{1,3}\[name\])+")
# titles as they are written before names: "MR" is a modality, and "DR" another
TITLED = re.compile(
    r"(\b(?:Dr|Prof|Professor|Doctor|Mr|Mrs|Ms|Miss|Mx)\.? +)"
    r"(?:[A-Z]\.|[A-ZÀ-Þ][\w’'-]+)(?: +(?:[A-Z]\.|[A-ZÀ-Þ][\w’'-]+)){0,2}"
)
# telephone, card and record numbers; eight digits may be a date of the exam
LONG_NUMBER = re.compile(
    r"(?<![\w.,/+-])(?:\+\d[\d ()-]{6,18}\d|\(?0\d[\d ()-]{6,16}\d|\d{8,20})(?![\w/-])(?![.,]\d)"
)
DAY = re.compile(r"(?:19|20)\d\d(?:0[1-9]|1[0-2])(?:[0-2]\d|3[01])")
WORDS = {
    "identifier": IDENTIFIER,
    "address": ADDRESS,
    "label": IDENTIFIER,
    "date": DATE,
    "number": NUMBER,
    "institution": INSTITUTION,
    "name": NAME,
    "person": PERSON,
}


def _folded(text: str) -> tuple[str, list[int]]:
    """The text without case and accents, and for each of its characters its place in `text`."""
    folded: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        plain = letter.casefold()
        for one in unicodedata.normalize("NFKD", plain):
            if not unicodedata.combining(one):
                for simple in LETTERS.get(one, one):
                    folded.append(simple)
                    places.append(place)
    places.append(len(text))
    return "".join(folded), _covering(places, text)


def _covering(places: list[int], text: str) -> list[int]:
    """Places moved over the combining marks that follow: a replaced letter takes its accents."""
    return [
        place if not (0 < place < len(text) and unicodedata.combining(text[place])) else place + 1
        for place in places
    ]


@lru_cache(maxsize=256)
def _pattern(identity: Identity) -> re.Pattern[str]:
    """One expression for everything; its parts have no nested repetition, so time stays linear."""
    names = [*_runs(identity.names), *_words(identity.names, 2)]
    people = [*_runs(identity.people), *_words(identity.people, 3)]
    numbers = [*_numbers(identity.patient_ids), *_numbers(identity.accession_numbers)]
    kinds: list[tuple[str, list[str]]] = [
        (
            "identifier",
            [r"(?<![\w.])[012](?:\.\d{1,39}){3,30}(?![\w])", *map(re.escape, identity.uids)],
        ),
        ("address", [r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,8}"]),
        ("label", [rf"(?<!\w)(?:{LABELLED}) ?[:=] ?(?P<label_value>[^\n,;]{{1,80}})"]),
        ("date", [spelled for day in identity.dates for spelled in _dates(day)]),
        ("number", numbers),
        ("institution", [*_whole(identity.institutions), *_distinctive(identity.institutions)]),
        ("name", names),
        ("person", people),
    ]
    return re.compile("|".join(f"(?P<{kind}>{'|'.join(parts)})" for kind, parts in kinds if parts))


def _parts(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", _folded(text)[0])


def _bounded(expression: str) -> str:
    return rf"(?<![^\W_])(?:{expression})(?:['\u2019]s)?(?![^\W_])"


def _whole(phrases: Iterable[str]) -> Iterator[str]:
    """Each phrase with anything or nothing between its words."""
    for phrase in phrases:
        parts = [part for part in _parts(phrase) if part not in TITLES]
        if len(parts) > 1:
            yield _bounded(GAP.join(map(re.escape, parts)))


def _distinctive(phrases: Iterable[str]) -> Iterator[str]:
    """Words of an institution's name that are not of every such name, nor of a report."""
    for phrase in phrases:
        for part in _parts(phrase):
            if len(part) > 3 and part not in COMMON and not part.isdigit():
                yield _bounded(re.escape(part))


def _runs(phrases: Iterable[str]) -> Iterator[str]:
    """Neighbouring words of each phrase, longest first: "O'Brien" out of "Núñez-O'Brien"."""
    for phrase in phrases:
        parts = [part for part in _parts(phrase) if part not in TITLES][:LONGEST_NAME]
        for length in range(len(parts), 1, -1):
            for start in range(len(parts) - length + 1):
                yield _bounded(GAP.join(map(re.escape, parts[start : start + length])))


def _words(phrases: Iterable[str], shortest: int) -> Iterator[str]:
    """Each word alone."""
    for phrase in phrases:
        for part in _parts(phrase):
            if len(part) >= shortest and part not in TITLES:
                yield _bounded(re.escape(part))


def _numbers(numbers: Iterable[str]) -> Iterator[str]:
    """A number with other separators, and its longest run of digits alone."""
    for number in numbers:
        parts = _parts(number)
        if sum(map(len, parts)) >= 2:
            yield _bounded(GAP.join(map(re.escape, parts)))
        yield from (
            _bounded(re.escape(digits))
            for digits in re.findall(r"\d+", number)
            if len(digits) >= SHORTEST_NUMBER
        )


def _dates(day: date) -> Iterator[str]:
    """The common spellings of a day."""
    d, m, year = f"0?{day.day}", f"0?{day.month}", f"(?:{day.year}|{day.year % 100:02d})"
    month = MONTHS[day.month - 1]
    named = rf"{month[:3]}(?:{month[3:]})?\.?"
    gap = r"[\s./-]{1,2}"
    yield rf"(?<!\d){day.year}{gap}{m}{gap}{d}(?!\d)"
    yield rf"(?<!\d){day:%Y%m%d}(?!\d)"
    yield rf"(?<!\d){d}{gap}{m}{gap}{year}(?!\d)"
    yield rf"(?<!\d){m}{gap}{d}{gap}{year}(?!\d)"
    yield rf"(?<!\d){d}(?:st|nd|rd|th)?(?: of)?[\s-]{named}[\s,-]{{1,2}}{year}(?!\d)"
    yield rf"(?<!\w){named}[\s]{d}(?:st|nd|rd|th)?,?[\s]{year}(?!\d)"
