"""The conditions of broken glass: versions, the hospital's own, languages, what was accepted."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from services.glass import glass_conditions
from services.language import speaking
from services.settings import Settings


def settings(folder: Path | None) -> Settings:
    return Settings(_env_file=None, break_glass_conditions=folder)


def test_the_portals_own_are_in_force_until_the_hospital_has_some() -> None:
    found = glass_conditions.current(settings(None))
    assert found.version == "2026-1"
    assert len(found.sentences) == 4


def test_the_last_version_of_the_folder_is_in_force_and_older_ones_can_be_read(
    tmp_path: Path,
) -> None:
    (tmp_path / "2026-7.txt").write_text("Old rule.\n")
    (tmp_path / "2027-1.txt").write_text("First rule.\n\n  Second rule.  \n")
    own = settings(tmp_path)
    assert glass_conditions.versions(own) == ["2026-7", "2027-1"]
    assert glass_conditions.current(own).sentences == ("First rule.", "Second rule.")
    old = glass_conditions.of_version(own, "2026-7")
    assert old is not None
    assert old.sentences == ("Old rule.",)
    assert glass_conditions.of_version(own, "2026-1") is not None  # the portal's own, of before
    assert glass_conditions.of_version(own, "1999-1") is None


def test_who_reads_german_reads_the_german_text_of_the_same_version(tmp_path: Path) -> None:
    (tmp_path / "2027-1.txt").write_text("A rule.")
    (tmp_path / "2027-1.de.txt").write_text("Eine Regel.")
    english = glass_conditions.current(settings(tmp_path))
    with speaking("de"):
        german = glass_conditions.current(settings(tmp_path))
    assert german.sentences == ("Eine Regel.",)
    assert (german.version, german.digest) == (english.version, english.digest)


def test_a_text_that_was_changed_in_place_is_told_by_its_digest(tmp_path: Path) -> None:
    (tmp_path / "2027-1.txt").write_text("A rule.")
    before = glass_conditions.current(settings(tmp_path)).digest
    (tmp_path / "2027-1.txt").write_text("Another rule.")
    assert glass_conditions.current(settings(tmp_path)).digest != before


@pytest.mark.parametrize("version", ["../2027-1", "2027/1", "", "x" * 17])
def test_a_version_leads_nowhere_else(tmp_path: Path, version: str) -> None:
    folder = tmp_path / "inner"
    folder.mkdir()
    (tmp_path / "2027-1.txt").write_text("Outside.")
    (folder / "2027-2.txt").write_text("Inside.")
    assert glass_conditions.of_version(settings(folder), version) is None


def test_a_folder_without_texts_is_refused_at_the_start(tmp_path: Path) -> None:
    with pytest.raises(ValidationError, match="holds no"):
        settings(tmp_path)


@pytest.mark.parametrize("hours", ["07:00", "19:00-07:00", "7-19 o'clock", ""])
def test_working_hours_that_make_no_sense_are_refused(hours: str) -> None:
    with pytest.raises(ValidationError):
        Settings(_env_file=None, working_hours=hours)
