"""Opening a portal: its folder, keys, tables and stores, put together in one place."""

from __future__ import annotations

from datetime import UTC, datetime

from services.keys import Keys
from services.portal import Clock, Portal
from services.publisher import Publisher
from services.randomness import SecretSource, SystemSecrets
from services.settings import Settings
from services.throttling import Throttles
from storage.database import Database
from storage.objects import FolderObjects
from storage.pixels import PixelCache


def now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)


def open_portal(
    settings: Settings, *, clock: Clock = now, secrets: SecretSource | None = None
) -> Portal:
    """The portal over its data directory; makes what is missing and migrates the tables."""
    settings.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    database = Database(settings.database)
    database.migrate()
    return Portal(
        settings=settings,
        database=database,
        objects=FolderObjects(settings.data_dir / "objects"),
        pixels=PixelCache(settings.pixel_cache_mb << 20),
        keys=Keys.load_or_make(settings.data_dir / "key"),
        clock=clock,
        secrets=secrets or SystemSecrets(),
        publisher=Publisher(),
        throttles=Throttles(),
    )
