"""Renews the pictures in the documents: `make screenshots` serves the demonstration and looks."""

from __future__ import annotations

import re
import sys
from pathlib import Path

from PIL import Image
from playwright.sync_api import Browser, expect, sync_playwright

from services.demonstration import FOLDER, PASSWORD, REFERRER
from tests.browser_needed import find_browser
from tests.journeys.conftest import FLAGS
from tests.journeys.people import DESKTOP, PHONE, TABLET, Person, somebody
from tests.journeys.served import ROOT, Served, free_port, serving

CHESTER = "chester.frenchie@demo.example"
GLASS = "breakglass@demo.example"


class Photographer:
    """Takes pictures of the demonstration into a folder."""

    def __init__(self, browser: Browser, served: Served, folder: Path) -> None:
        self._browser, self._served, self._folder = browser, served, folder

    def take(self, person: Person, name: str) -> None:
        """One picture of what is on screen, once it has come to rest."""
        person.page.wait_for_load_state("networkidle")
        person.page.wait_for_timeout(700)  # pop-ups have faded in, the lossless picture is there
        person.page.screenshot(path=self._folder / f"{name}.png")
        print(name)

    def person(self, size: dict[str, int], **options: bool) -> Person:
        """Somebody with a fresh browser."""
        return somebody(self._browser, self._served, size, **options)

    def sign_in(self, size: dict[str, int], name: str, *, dark: bool) -> Person:
        """Chester's way in, with a picture of each step."""
        chester = self.person(size, dark=dark, touch=size is PHONE)
        chester.goto("/login")
        self.take(chester, f"{name}-login")
        seen = len(self._served.mails_to(CHESTER))
        chester.log_in(CHESTER, PASSWORD)
        chester.sees("Please enter this password")
        self.take(chester, f"{name}-one-time-password")
        chester.button("Cancel").click()
        self._served.next_mail(CHESTER, seen)
        chester.sign_in(CHESTER, PASSWORD)
        chester.sees_image()
        chester.page.keyboard.press("Home")
        for _ in range(8):
            chester.page.keyboard.press("PageDown")
        self.take(chester, f"{name}-viewer")
        return chester

    def desk(self, size: dict[str, int], name: str, *, dark: bool) -> None:
        """What a patient does at a desk or on a tablet."""
        chester = self.sign_in(size, name, dark=dark)
        page = chester.page
        chester.button("Share").click()
        self.take(chester, f"{name}-share-menu")
        page.get_by_role("menuitem", name="Share exam").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Email address").fill("rooms@cardiology.example.org")
        dialog.get_by_role("button", name="Sharing options").click()
        dialog.get_by_role("checkbox", name=re.compile("I understand")).click()
        self.take(chester, f"{name}-share-exam")
        dialog.get_by_role("button", name="Next").click()
        expect(dialog.get_by_text("will be available until")).to_be_visible()
        self.take(chester, f"{name}-shared")
        dialog.get_by_role("button", name="Done").click()
        chester.button("Share").click()
        page.get_by_role("menuitem", name="Manage existing sharing").click()
        page.get_by_role("dialog").get_by_role("table").wait_for()
        self.take(chester, f"{name}-manage-sharing")
        page.get_by_role("button", name="Close").first.click()
        page.locator(".canvas").click(button="right", position={"x": 300, "y": 200})
        self.take(chester, f"{name}-right-click")
        for path in ("studies", "looks", "sharing"):
            chester.goto(f"/{path}")
            self.take(chester, f"{name}-{path}")
        chester.goto("/studies")
        for number in range(page.locator(".exam-row").count()):
            chester.goto("/studies")
            page.locator(".exam-row").nth(number).click()
            page.wait_for_url("**/study/*")
            self.take(chester, f"{name}-exam-{number}")
        chester.context.close()

    def glass(self, size: dict[str, int], name: str, *, dark: bool) -> None:
        """What a clinician does in an emergency."""
        amara = self.person(size, dark=dark)
        amara.sign_in(GLASS, PASSWORD)
        self.take(amara, f"{name}-glass-start")
        amara.button("Break glass").click()
        amara.page.get_by_role("checkbox", name=re.compile("I acknowledge")).click()
        amara.field("Reason for breaking the glass").fill("Unconscious after a fall, head injury")
        self.take(amara, f"{name}-break-glass")
        amara.field("Re-type your password").fill(PASSWORD)
        amara.button("Break").click()
        amara.field("Last Name").fill("Okafor")
        amara.field("First Name").fill("Matilda")
        amara.field("DOB").fill("22/07/1983")
        amara.button("Search").click()
        amara.sees("OKAFOR, Matilda")
        self.take(amara, f"{name}-glass-search")
        amara.button("Open exams").click()
        amara.page.wait_for_url("**/study/*")
        amara.sees_image()
        amara.page.keyboard.press("PageDown")
        self.take(amara, f"{name}-glass-viewer")
        amara.context.close()

    def pocket(self, *, dark: bool) -> None:
        """What a patient does on a phone."""
        name = "phone-dark" if dark else "phone"
        chester = self.sign_in(PHONE, name, dark=dark)
        page = chester.page
        chester.button("Report").click()
        self.take(chester, f"{name}-report")
        page.keyboard.press("Escape")
        chester.button("Priors").click()
        self.take(chester, f"{name}-priors")
        page.keyboard.press("Escape")
        chester.button("Actions").click()
        self.take(chester, f"{name}-actions")
        chester.goto("/studies")
        self.take(chester, f"{name}-studies")
        chester.context.close()

    def guest(self, size: dict[str, int], name: str, *, dark: bool) -> None:
        """What an invited referrer sees first."""
        robin = self.person(size, dark=dark)
        invited = "rooms@cardiology.example.org"
        robin.goto(re.findall(r"http://\S+/setup\?link=\S+", self._served.mails_to(invited)[0])[0])
        self.take(robin, f"{name}-invitation")
        robin.button("Create my guest account").click()
        self.take(robin, f"{name}-set-up")
        robin.goto("/demo/inbox")
        self.take(robin, f"{name}-inbox")
        robin.sign_in(REFERRER, PASSWORD)
        robin.sees_image()
        self.take(robin, f"{name}-guest")
        robin.context.close()


def keep_told(folder: Path) -> None:
    """Leave what the documents show, in 256 colours; the rest was for the eyes of the moment."""
    told = (ROOT / "docs/tour.md").read_text() + (ROOT / "README.md").read_text()
    for path in folder.glob("*.png"):
        if path.name in told:
            with Image.open(path) as picture:
                small = picture.convert("RGB").quantize(256, dither=Image.Dither.NONE)
            small.save(path, optimize=True)
        else:
            path.unlink()


def main(folder: Path) -> None:
    """All pictures, light and dark, desk, tablet and phone."""
    folder.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright, serving(ROOT / FOLDER, free_port(), "demo") as served:
        browser = playwright.chromium.launch(executable_path=find_browser(), args=FLAGS)
        photographer = Photographer(browser, served, folder)
        for dark in (False, True):
            shade = "-dark" if dark else ""
            photographer.desk(DESKTOP, f"desktop{shade}", dark=dark)
            photographer.guest(DESKTOP, f"desktop{shade}", dark=dark)
            photographer.glass(DESKTOP, f"desktop{shade}", dark=dark)
            photographer.pocket(dark=dark)
        photographer.desk(TABLET, "tablet", dark=False)
        photographer.glass(TABLET, "tablet", dark=False)
        browser.close()
    if folder.resolve() == ROOT / "docs/screenshots":
        keep_told(folder)


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/screenshots"))
