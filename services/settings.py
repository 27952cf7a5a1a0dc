"""Configuration from the environment or `.env`."""

from __future__ import annotations

import os
from datetime import time
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    SettingsError,
)

from services.language import LANGUAGES, SOURCE

PREFIX = "MYIMAGING_"
PICTURES = (".png", ".jpg", ".jpeg", ".svg")
COLOUR = r"^#[0-9a-fA-F]{6}$"


def machine_time_zone() -> str:
    """The IANA name of this machine's time zone, UTC where it tells none."""
    if name := os.environ.get("TZ", "").lstrip(":"):
        return name
    try:
        return str(Path("/etc/localtime").resolve()).split("zoneinfo/", 1)[1]
    except (IndexError, OSError):
        return "UTC"


def _known_zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(
            f"{name!r} is no time zone; use an IANA name such as Europe/Rome"
        ) from error
    return name


def _readable_picture(path: str) -> str:
    if path and not (Path(path).is_file() and path.lower().endswith(PICTURES)):
        raise ValueError(f"the logo {path!r} is no PNG, JPEG or SVG file that can be read")
    return path


def _known_language(tag: str) -> str:
    if tag not in LANGUAGES:
        raise ValueError(f"{tag!r} is none of the portal's languages: {', '.join(LANGUAGES)}")
    return tag


def _folder_of_texts(folder: Path | None) -> Path | None:
    if folder is not None and not any(folder.glob("*.txt")):
        raise ValueError(f"the folder {str(folder)!r} holds no .txt file with the conditions")
    return folder


def _two_times(span: str) -> str:
    try:
        begin, end = map(time.fromisoformat, span.split("-"))
    except ValueError as error:
        raise ValueError(f"{span!r} is no span of hours; write it as 07:00-19:00") from error
    if begin >= end:
        raise ValueError("the working hours must end later than they begin")
    return span


def _no_trailing_slash(url: str) -> str:
    if url and not url.startswith(("http://", "https://")):
        raise ValueError("the address must start with https:// or http://")
    return url.rstrip("/")


def _host_or_socket(address: str) -> str:
    host, _colon, port = address.rpartition(":")
    if address and not address.startswith("/") and not (host and port.isdecimal()):
        raise ValueError(f"{address!r} is neither like 127.0.0.1:3310 nor the path of a socket")
    return address


class FilesNamed(PydanticBaseSettingsSource):
    """`MYIMAGING_…_FILE`: the setting is what that file holds, as systemd and containers do it."""

    def __init__(
        self, settings_cls: type[BaseSettings], dotenv: PydanticBaseSettingsSource
    ) -> None:
        super().__init__(settings_cls)
        kept = getattr(dotenv, "env_vars", {})
        self._named = {name.lower(): value for name, value in (*kept.items(), *os.environ.items())}

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        """The file's text without its last line feed, if one is named."""
        path = self._named.get(f"{PREFIX}{field_name}_file".lower(), "")
        if not path:
            return None, field_name, False
        try:
            return Path(path).read_text().rstrip("\r\n"), field_name, False
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                f"{PREFIX}{field_name.upper()}_FILE names {path}, which cannot be read"
            ) from error

    def __call__(self) -> dict[str, Any]:
        """The settings that have a file."""
        fields = self.settings_cls.model_fields.items()
        found = {name: self.get_field_value(field, name)[0] for name, field in fields}
        return {name: value for name, value in found.items() if value is not None}


class Settings(BaseSettings):
    """Every name can be set as `MYIMAGING_…`; docs/operators.md lists them."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_file=".env", extra="ignore")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given, the environment, files that the environment names, then `.env`."""
        named = FilesNamed(settings_cls, dotenv_settings)
        return init_settings, env_settings, named, dotenv_settings

    data_dir: Path = Path("data")
    database_url: str = ""
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    base_url: Annotated[str, AfterValidator(_no_trailing_slash)] = ""
    smtp_url: str = ""
    mail_from: str = ""
    sms_url: str = ""
    time_zone: Annotated[str, AfterValidator(_known_zone)] = Field(
        default_factory=machine_time_zone
    )
    language: Annotated[str, AfterValidator(_known_language)] = SOURCE
    portal_name: str = "My Imaging"
    organisation: str = ""
    support_email: str = "imaging-help@hospital.example"
    support_phone: str = "+1 555 0100"
    support_hours: str = "Monday to Friday, 9 am to 5 pm"
    logo: Annotated[str, AfterValidator(_readable_picture)] = ""
    primary_colour: Annotated[str, Field(pattern=COLOUR)] = "#0e6573"
    accent_colour: Annotated[str, Field(pattern=COLOUR)] = "#c2500a"
    privacy_email: str = ""
    release_delay_hours: Annotated[float, Field(ge=0, le=24 * 365)] = 0
    coming_of_age: Annotated[int, Field(ge=1, le=30)] = 18
    break_glass_hours: Annotated[float, Field(gt=0, le=24)] = 4
    break_glass_conditions: Annotated[Path | None, AfterValidator(_folder_of_texts)] = None
    break_glass_many: Annotated[int, Field(ge=1)] = 5
    working_hours: Annotated[str, AfterValidator(_two_times)] = "07:00-19:00"
    share_days: Annotated[int, Field(ge=1)] = 30
    share_days_limit: Annotated[int, Field(ge=1)] = 365
    session_idle_minutes: Annotated[float, Field(ge=0.25, allow_inf_nan=False)] = 30
    remember_browser_days: Annotated[int, Field(ge=0, le=90)] = 0
    session_hours: Annotated[int, Field(ge=1)] = 12
    pixel_cache_mb: Annotated[int, Field(ge=16)] = 512
    metrics_token: str = ""
    upload_limit_mb: Annotated[int, Field(ge=1)] = 4096
    clamd: Annotated[str, AfterValidator(_host_or_socket)] = ""

    @property
    def zone(self) -> ZoneInfo:
        """The time zone of every date on screen and in messages."""
        return ZoneInfo(self.time_zone)

    @property
    def public_url(self) -> str:
        """What links in messages start with; never taken from a request."""
        return self.base_url or f"http://{self.host}:{self.port}"

    @property
    def secure(self) -> bool:
        """Whether browsers reach the portal over https."""
        return self.public_url.startswith("https://")

    @property
    def database(self) -> str:
        """The database's address."""
        return self.database_url or f"sqlite:///{self.data_dir.resolve() / 'portal.sqlite3'}"
