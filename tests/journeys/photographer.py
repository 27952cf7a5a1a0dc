"""Takes pictures of the served demonstration, as the people in it see it."""

from __future__ import annotations

import io
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pypdfium2
from PIL import Image
from playwright.sync_api import Browser, StorageState, TimeoutError, expect

from services.opening import open_portal
from services.persons import accounts
from services.randomness import fingerprint
from services.settings import Settings
from storage.models import SignInSession
from tests.journeys.people import DESKTOP, PHONE, TABLET, Person, somebody
from tests.journeys.served import Served
from ui.armour import session_cookie

SIZES = {"desktop": DESKTOP, "tablet": TABLET, "phone": PHONE}
AT_REST = """() => document.getAnimations().every(
    (a) => a.playState !== "running" || a.effect.getTiming().iterations === Infinity)
    && [...document.images].every((i) => i.complete)"""
QUALITY = 84  # of a WebP in which letters are still sharp


class Photographer:
    """Somebody with a camera and a view, such as "desktop", or "phone-dark"."""

    def __init__(
        self, browser: Browser, served: Served, folder: Path, wanted: frozenset[str] | None
    ) -> None:
        self._browser, self.served, self._folder = browser, served, folder
        self._wanted = wanted
        self._signed_in: dict[str, StorageState] = {}
        self.view = "desktop"
        self.taken: set[str] = set()

    @property
    def size(self) -> str:
        """desktop, tablet or phone."""
        return self.view.partition("-")[0]

    @property
    def told(self) -> bool:
        """Whether this view is the one that things are changed in, once."""
        return self.view == "desktop"

    def visitor(self, email: str = "") -> Person:
        """Somebody with a browser of the view's size; with an address: signed in already."""
        if email and not self.knows(email):
            self._signed_in[email] = signed_in(self.served.data, email)
        person = somebody(
            self._browser, self.served, SIZES[self.size],
            touch=self.size != "desktop", dark=self.view.endswith("-dark"),
            held=self._signed_in.get(email),
        )  # fmt: skip
        person.page.set_default_timeout(60_000)
        return person

    def knows(self, email: str) -> bool:
        """Whether this person has been photographed before."""
        return email in self._signed_in

    def remember(self, person: Person, email: str) -> None:
        """Who comes back with this address has the cookies that this browser has now."""
        self._signed_in[email] = person.context.storage_state()

    def take(self, person: Person, scene: str) -> None:
        """One picture of what is on screen, once it has come to rest."""
        name = f"{self.view}-{scene}"
        if self._wanted is not None and name not in self._wanted:
            return
        with suppress(TimeoutError):  # a busy machine is never done
            person.page.wait_for_load_state("networkidle", timeout=10_000)
        person.page.wait_for_function(AT_REST)
        expect(person.page.locator(".lossy:visible, .q-notification .q-spinner")).to_have_count(0)
        person.page.wait_for_timeout(300)  # a picture as large as the screen is painted
        self._keep(name, Image.open(io.BytesIO(person.page.screenshot())))

    def paper(self, person: Person, path: str, scene: str) -> None:
        """The first page of a PDF at an address."""
        name = f"{self.view}-{scene}"
        if self._wanted is None or name in self._wanted:
            answer = person.context.request.get(self.served.url + path)
            page = pypdfium2.PdfDocument(answer.body())[0]
            self._keep(name, page.render(scale=1.2).to_pil())

    def _keep(self, name: str, picture: Image.Image) -> None:
        picture.convert("RGB").save(self._folder / f"{name}.webp", quality=QUALITY, method=6)
        self.taken.add(name)
        print(name, flush=True)


def signed_in(data: Path, email: str) -> StorageState:
    """The cookies of a browser in which this person has signed in."""
    portal = open_portal(Settings(_env_file=None, data_dir=data))
    with portal.transaction() as tx:
        account = accounts.find(tx.db, email)
        assert account is not None, email
        cookie = portal.secrets.token()
        session = SignInSession(
            token_hash=fingerprint(cookie), account_id=account.id, created_at=tx.now,
            last_seen_at=tx.now, expires_at=tx.now + timedelta(hours=8),
            user_agent="Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0",
        )  # fmt: skip
        tx.db.add(session)
    portal.database.close()
    return {
        "cookies": [
            {"name": session_cookie(False), "value": cookie, "domain": "127.0.0.1", "path": "/",
             "expires": -1, "httpOnly": True, "secure": False, "sameSite": "Lax"}
        ],
        "origins": [],
    }  # fmt: skip
