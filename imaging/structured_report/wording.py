"""Values of DICOM attributes in words: codes, numbers with units, dates, times, identifiers."""

import re
from dataclasses import dataclass
from datetime import date, datetime, time

from pydicom.dataset import Dataset
from pydicom.uid import UID

from imaging import attributes

LONGEST_MEANING = 256  # characters; DICOM allows 64

_MONTHS = (
    "January February March April May June July August September October November December".split()
)
_UNITS = {
    "1": "",
    "mm2": "mm²",
    "mm3": "mm³",
    "cm2": "cm²",
    "cm3": "cm³",
    "m2": "m²",
    "m3": "m³",
    "kg/m2": "kg/m²",
    "mm2/s": "mm²/s",
    "um": "µm",
    "um2/s": "µm²/s",
    "us": "µs",
    "ug": "µg",
    "deg": "°",
    "Cel": "°C",
    "[hnsf'U]": "HU",
    "mm[Hg]": "mmHg",
    "{H.B.}/min": "beats/min",
}
_ANNOTATION = re.compile(r"\{[^}]*\}")  # UCUM: words in braces do not change the unit
_DATE = re.compile(r"(\d{4})\.?(\d{2})\.?(\d{2})")
_TIME = re.compile(r"(\d{2})(?::?(\d{2})(?::?(\d{2})(?:\.\d{1,6})?)?)?")
_DATETIME = re.compile(r"(\d{4})(\d{2})?(\d{2})?(\d{2})?(\d{2})?(\d{2})?(?:\.\d{1,6})?([+-]\d{4})?")


@dataclass(frozen=True, slots=True)
class Code:
    """A coded concept (DICOM PS3.3 section 8); empty strings where there is none."""

    value: str = ""
    scheme: str = ""
    meaning: str = ""


def code(dataset: Dataset, keyword: str) -> Code:
    """The first code of a code sequence; its value stands in for a missing meaning."""
    for item in attributes.items(dataset, keyword):
        value = next(
            filter(None, (attributes.text(item, k) for k in ("CodeValue", "LongCodeValue"))),
            attributes.text(item, "URNCodeValue"),
        )
        meaning = line(attributes.text(item, "CodeMeaning")) or line(value)
        scheme = attributes.text(item, "CodingSchemeDesignator")
        return Code(value, scheme, meaning[:LONGEST_MEANING])
    return Code()


def line(text: str) -> str:
    """One line of printable text."""
    return " ".join(prose(text).split())


def prose(text: str) -> str:
    """Lines of printable text, newlines between them, no blank ones at either end."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace("\t", " ")
    kept = "".join(c for c in unified if c == "\n" or not (ord(c) < 32 or 127 <= ord(c) < 160))
    return "\n".join(one.rstrip() for one in kept.split("\n")).strip()


def number(written: str) -> str:
    """A decimal as it was written, long fractions rounded to what a reader can use."""
    if len(written) <= 10:
        return written
    try:
        exact = float(written)
    except ValueError:
        return written
    digits = f"{exact:.3f}" if 1 <= abs(exact) < 1e15 else f"{exact:.4g}"
    return digits.rstrip("0").rstrip(".") if "." in digits and "e" not in digits else digits


def unit(of: Code) -> str:
    """A unit's sign where it is well known (UCUM), else what it is called."""
    if of.scheme == "UCUM" and of.value in _UNITS:
        return _UNITS[of.value]
    if of.meaning.lower() in {"no units", "unity", "1"}:
        return ""
    plain = _ANNOTATION.sub("", of.value) if of.scheme == "UCUM" else ""
    readable = plain and not any(sign in plain for sign in "[]*'")
    return plain if readable else of.meaning.strip("{}")


def quantity(written: str, units: Code) -> str:
    """`12.5 mm`, `43 %`, `90°`."""
    sign = unit(units)
    return f"{number(written)}{'' if sign in {'', '°'} else ' '}{sign}"


def day(text: str) -> str:
    """DA as `04 January 2019`; what is no date as it is written."""
    found = parsed_date(text)
    return _day(found) if found else line(text)


def hour(text: str) -> str:
    """TM as `15:51`; what is no time as it is written."""
    found = parsed_time(text)
    return f"{found:%H:%M}" if found else line(text)


def moment(text: str) -> str:
    """DT as `04 January 2019 15:51`, as far as it is known, with its offset from UTC if told."""
    found = _DATETIME.fullmatch(text.strip())
    if not found:
        return line(text)
    year, month, of_month, hours, minutes, _, offset = found.groups()
    try:
        on = date(int(year), int(month or 1), int(of_month or 1))
        at = time(int(hours or 0), int(minutes or 0))
    except ValueError:
        return line(text)
    if not of_month:
        return f"{_MONTHS[on.month - 1]} {on.year}" if month else f"{on.year}"
    clock = f" {at:%H:%M}" if hours else ""
    zone = f" UTC{offset[:3]}:{offset[3:]}" if offset and hours else ""
    return f"{_day(on)}{clock}{zone}"


def parsed_date(text: str) -> date | None:
    """DA, or the ACR-NEMA form with dots; `None` for what is no date."""
    found = _DATE.fullmatch(text.strip())
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def parsed_time(text: str) -> time | None:
    """TM to the second; `None` for what is no time."""
    found = _TIME.fullmatch(text.strip())
    try:
        if found:
            hours, minutes, seconds = (int(part or 0) for part in found.groups())
            return time(hours, minutes, seconds)
    except ValueError:
        return None
    return None


def local(day_written: str, time_written: str) -> datetime | None:
    """A date with its time, midnight where no time is told; `None` without a date."""
    on, at = parsed_date(day_written), parsed_time(time_written)
    return datetime.combine(on, at or time()) if on else None


def uid_name(uid: str) -> str:
    """What a well-known UID is called, without "Storage"; "" for one that is not well known."""
    name = UID(uid).name
    return "" if name == uid else name.removesuffix(" Storage")


def several(count: int, one: str, many: str = "") -> str:
    """`1 point`, `4 points`."""
    return f"{count} {one if count == 1 else many or one + 's'}"


def _day(on: date) -> str:
    return f"{on.day:02d} {_MONTHS[on.month - 1]} {on.year}"
