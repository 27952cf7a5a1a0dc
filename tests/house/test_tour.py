"""The tour shows what there is: each picture that it names, and no other, and stays small."""

from __future__ import annotations

import re

from tests.journeys import tour

README = tour.DOCS.parent / "README.md"


def test_the_tour_is_written_of_its_table() -> None:
    assert tour.FILE.read_text() == tour.written(), "make screenshots"


def test_every_picture_of_the_tour_is_there_and_every_picture_is_told_of() -> None:
    there = {path.name for path in tour.SCREENSHOTS.iterdir()}
    assert there == {f"{name}.webp" for name in tour.pictures()}
    shown = re.findall(r"docs/screenshots/([\w.-]+)", README.read_text())
    assert shown
    assert set(shown) <= there


def test_no_picture_is_told_of_twice() -> None:
    names = [name for chapter in tour.CHAPTERS for name, _ in chapter.pictures]
    assert sorted(names) == sorted(set(names))


def test_the_documents_stay_small() -> None:
    size = sum(path.stat().st_size for path in tour.DOCS.rglob("*") if path.is_file())
    assert size < tour.MOST_BYTES
