"""Somebody in front of a browser, doing what people do."""

from __future__ import annotations

import re
from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext, Locator, Page, StorageState, expect

from tests.journeys.served import Served, code_in

PICTURE = re.compile(r"^data:image/")
ENCODED = re.compile(r"(?<=;base64,)[A-Za-z0-9+/=]+")  # pixels, in which any four letters occur
DRAWN = re.compile(  # numbers of listeners and pictures, by lot, in which any four digits occur
    r"\b[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}\b|\b[0-9a-f]{32}\b"
)
SCRIPT = re.compile(r"<script\b.*?</script>", re.DOTALL)
# of the two pictures of a canvas the one on screen: the other lies behind it
FRONT = ".layers:not([data-turned]) > .base:first-child, .layers[data-turned] > .base + .base"
DESKTOP = {"width": 1440, "height": 900}
TABLET = {"width": 820, "height": 1180}
PHONE = {"width": 390, "height": 844}


@dataclass
class Person:
    """A person with a browser of their own."""

    served: Served
    context: BrowserContext
    page: Page

    def goto(self, path: str) -> None:
        """Type an address."""
        self.page.goto(self.served.url + path if path.startswith("/") else path)

    def button(self, name: str) -> Locator:
        """The button with exactly this name."""
        return self.page.get_by_role("button", name=name, exact=True)

    def field(self, label: str) -> Locator:
        """The field with exactly this label."""
        return self.page.get_by_label(label, exact=True)

    def sees(self, text: str) -> None:
        """Wait until a text is on screen."""
        expect(self.page.get_by_text(text).first).to_be_visible()

    def log_in(self, email: str, password: str) -> None:
        """Fill in the "Log In" card and press its button."""
        self.goto("/login")
        self.field("Email/User Name").fill(email)
        self.field("Password").fill(password)
        self.button("Log In").click()

    def sign_in(self, email: str, password: str) -> None:
        """Log in and continue with the mailed one-time password."""
        seen = len(self.served.mails_to(email))
        self.log_in(email, password)
        dialog = self.page.get_by_role("dialog")
        expect(dialog.get_by_role("heading", name="One-Time Password")).to_be_visible()
        dialog.get_by_label("Password", exact=True).fill(
            code_in(self.served.next_mail(email, seen))
        )
        dialog.get_by_role("button", name="Continue").click()
        self.page.wait_for_url(lambda url: "/login" not in url and not url.endswith("/session"))

    def break_glass(self, password: str) -> None:
        """Accept the conditions, give a reason and the password, and press "Break"."""
        self.goto("/break-glass")
        self.page.get_by_role("checkbox", name="I acknowledge and accept the conditions").click()
        self.page.get_by_role("radio", name="Emergency treatment").click()
        self.field("Reason for breaking the glass").fill("Unconscious after a fall, head injury")
        self.field("Re-type your password").fill(password)
        self.button("Break").click()

    def search_patient(self, last_name: str, first_name: str, born: str) -> None:
        """Fill in the search of the broken glass."""
        self.field("Last Name").fill(last_name)
        self.field("First Name").fill(first_name)
        self.field("DOB").fill(born)
        self.button("Search").click()

    def sees_image(self) -> None:
        """Wait until a picture of the exam is drawn."""
        picture = self.page.locator(FRONT).first
        expect(picture).to_have_attribute("src", PICTURE)
        self.page.wait_for_function(
            "front => { const i = document.querySelector(front);"
            " return i && i.complete && i.naturalWidth > 1 }",
            arg=FRONT,
        )

    def was_sent(self) -> str:
        """Everything the page was made of and is now, but no pixels and no numbers by lot."""
        return DRAWN.sub("", ENCODED.sub("", self.page.content()))

    def has(self) -> str:
        """The page as it is now, with what is not seen, but without what it was first made of."""
        return SCRIPT.sub("", self.was_sent())

    def sees_no_image(self) -> None:
        """Wait until nothing of the exam is left on the page."""
        expect(self.page.locator(".layers img")).to_have_count(0)


def somebody(
    browser: Browser,
    served: Served,
    size: dict[str, int],
    *,
    touch: bool = False,
    dark: bool = False,
    locale: str = "en-AU",
    held: StorageState | None = None,
    moving: bool = False,
) -> Person:
    """A person with a fresh browser of that size; `held`: the cookies of another one.

    What slides and fades is at its place at once unless it is `moving`: a click that is quicker
    than a hand would land beside what still slides.
    """
    context = browser.new_context(
        viewport={"width": size["width"], "height": size["height"]},
        has_touch=touch,
        color_scheme="dark" if dark else "light",
        locale=locale,
        reduced_motion="no-preference" if moving else "reduce",
        storage_state=held,
    )
    page = context.new_page()
    page.set_default_timeout(30_000)
    return Person(served, context, page)
