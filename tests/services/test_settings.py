"""Configuration: what is read from the environment, and what is refused at the start."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError
from pydantic_settings import SettingsError

from services.settings import Settings


def configured(**options: object) -> Settings:
    return Settings(_env_file=None, **options)  # type: ignore[arg-type, call-arg]


def test_every_setting_has_its_name_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MYIMAGING_PORTAL_NAME", "District Imaging")
    monkeypatch.setenv("MYIMAGING_SHARE_DAYS", "14")
    assert (configured().portal_name, configured().share_days) == ("District Imaging", 14)


def test_links_start_with_the_configured_address_without_a_trailing_slash() -> None:
    assert configured(base_url="https://images.example/").public_url == "https://images.example"


def test_without_a_configured_address_links_lead_to_this_machine() -> None:
    assert configured(host="127.0.0.1", port=8080).public_url == "http://127.0.0.1:8080"


def test_an_https_address_makes_the_portal_secure() -> None:
    assert configured(base_url="https://images.example").secure
    assert not configured(base_url="http://images.example").secure


def test_the_database_lies_in_the_data_directory_unless_told_otherwise(tmp_path: Path) -> None:
    assert configured(data_dir=tmp_path).database == f"sqlite:///{tmp_path / 'portal.sqlite3'}"
    elsewhere = "postgresql+psycopg://db/portal"
    assert configured(data_dir=tmp_path, database_url=elsewhere).database == elsewhere


def test_the_time_zone_of_the_machine_counts_until_another_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delenv("MYIMAGING_TIME_ZONE", raising=False)
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    assert configured().zone.key == "Pacific/Auckland"
    assert configured(time_zone="Europe/Rome").zone.key == "Europe/Rome"


def test_the_portal_is_open_to_this_machine_only_until_told_otherwise() -> None:
    assert configured().host == "127.0.0.1"


@pytest.mark.parametrize(
    "wrong",
    [
        {"time_zone": "Middle/Earth"},
        {"base_url": "images.example"},
        {"base_url": "javascript:alert(1)"},
        {"primary_colour": "teal; background:url(x)"},
        {"port": 70_000},
        {"share_days": 0},
        {"session_idle_minutes": 0},
        {"break_glass_hours": 0},
        {"break_glass_hours": 25},
        {"pixel_cache_mb": 1},
    ],
    ids=str,
)
def test_a_setting_that_cannot_be_is_refused_at_the_start(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError) as refusal:
        configured(**wrong)
    assert refusal.value.errors()[0]["loc"] == (next(iter(wrong)),)


def test_a_wrong_time_zone_is_told_with_an_example() -> None:
    with pytest.raises(ValidationError, match="such as Europe/Rome"):
        configured(time_zone="Middle/Earth")


def test_a_logo_that_is_no_picture_is_refused_at_the_start(tmp_path: Path) -> None:
    picture = tmp_path / "logo.svg"
    picture.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    assert Settings(_env_file=None, logo=str(picture)).logo == str(picture)
    for wrong in (str(tmp_path / "none.png"), str(tmp_path)):
        with pytest.raises(ValueError, match="logo"):
            Settings(_env_file=None, logo=wrong)


def test_a_secret_can_lie_in_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "smtp").write_text("smtps://portal:hush@mail.example\n")
    monkeypatch.setenv("MYIMAGING_SMTP_URL_FILE", str(tmp_path / "smtp"))
    assert configured().smtp_url == "smtps://portal:hush@mail.example"
    monkeypatch.setenv("MYIMAGING_SMTP_URL", "smtp://here.example")
    assert configured().smtp_url == "smtp://here.example"


def test_a_secret_file_can_be_named_in_the_env_file(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("a long token")
    (tmp_path / ".env").write_text(f"MYIMAGING_METRICS_TOKEN_FILE={tmp_path / 'token'}\n")
    settings = Settings(_env_file=tmp_path / ".env")  # type: ignore[call-arg]
    assert settings.metrics_token == "a long token"


def test_a_secret_file_that_cannot_be_read_is_refused_by_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MYIMAGING_SMTP_URL_FILE", str(tmp_path / "nowhere"))
    with pytest.raises(SettingsError, match=r"MYIMAGING_SMTP_URL_FILE names .*nowhere"):
        configured()
