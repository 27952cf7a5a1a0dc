"""The demonstration's patients: anatomy-like volumes, drawn with numpy, the same every time."""

from __future__ import annotations

from collections.abc import Iterator

from pydicom.dataset import Dataset

from imaging.phantom.exams import PEOPLE, REPORTS, every_object
from imaging.phantom.measurable import MEASURES, measurable_phantom
from imaging.phantom.objects import Person
from imaging.phantom.texts import TextReport

__all__ = ["MEASURES", "datasets", "measurable_phantom", "patients", "text_reports"]


def patients() -> tuple[Person, ...]:
    """The invented patients."""
    return PEOPLE


def datasets() -> Iterator[Dataset]:
    """Every object of every exam, complete with file meta information."""
    return every_object()


def text_reports() -> tuple[TextReport, ...]:
    """The plain text reports; some exams have an SR or a PDF among their objects instead."""
    return REPORTS
