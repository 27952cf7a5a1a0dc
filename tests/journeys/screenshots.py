"""Renews the pictures in the documents: `make screenshots` serves the demonstration and looks.

With a folder and views (`python -m tests.journeys.screenshots /tmp/seen tablet phone-dark`) every
scene is taken in those views, for whoever works on how it looks; the documents stay as they are.
"""

from __future__ import annotations

import socket
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import expect, sync_playwright
from rich.console import Console

from services.demo import demonstration
from services.intake import ingest
from services.opening import open_portal
from services.settings import Settings
from tests.browser_needed import find_browser
from tests.journeys import tour
from tests.journeys.conftest import FLAGS
from tests.journeys.photographer import Photographer
from tests.journeys.scenes import WALKS
from tests.journeys.served import free_port, serving

BROKEN = "disc 7/IMG0001.dcm"


def fill(data: Path) -> None:
    """The demonstration, with a file for the quarantine."""
    portal = open_portal(Settings(_env_file=None, data_dir=data, smtp_url="", sms_url="",
                                  database_url="", time_zone="Australia/Sydney"))  # fmt: skip
    demonstration.fill(portal, Console())
    list(ingest.take_in(portal, [ingest.from_bytes(BROKEN, b"no image at all")]))
    portal.database.close()


def main(folder: Path, views: tuple[str, ...], data: Path) -> int:
    """Take what the tour tells, or with `views` everything in those; 1 if a picture is missing."""
    folder.mkdir(parents=True, exist_ok=True)
    wanted = None if views else tour.pictures()
    with sync_playwright() as playwright, serving(data, _port()) as served:
        expect.set_options(timeout=60_000)
        browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
        camera = Photographer(browser, served, folder, wanted)
        for view in views or tour.views():
            camera.view = view
            for walk in WALKS:
                walk(camera)
        browser.close()
    if wanted is None:
        return 0
    for old in set(folder.iterdir()) - {folder / f"{name}.webp" for name in wanted}:
        old.unlink()
    tour.FILE.write_text(tour.written())
    missing = wanted - camera.taken
    print(*(f"No scene is called {name}." for name in sorted(missing)), sep="\n")
    return min(len(missing), 1)


def _port() -> int:
    """The one that the portal has by itself, as it is seen in pictures, unless it is taken."""
    usual = int(Settings.model_fields["port"].default)
    with socket.socket() as probe:
        return free_port() if probe.connect_ex(("127.0.0.1", usual)) == 0 else usual


if __name__ == "__main__":
    asked = Path(sys.argv[1]) if len(sys.argv) > 1 else tour.SCREENSHOTS
    with TemporaryDirectory() as place:
        fill(Path(place))
        sys.exit(main(asked, tuple(sys.argv[2:]), Path(place)))
