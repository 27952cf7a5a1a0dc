"""What is photographed: what patients, guests, clinicians and staff do, a walk each.

A walk leaves the portal as it found it, except in the view "desktop".
"""

from __future__ import annotations

import re

from playwright.sync_api import expect

from services.demo.demonstration import ACCOUNTS, PASSWORD, REFERRER
from services.demo.demonstration_sharing import SURGERY
from tests.journeys.people import Person
from tests.journeys.photographer import Photographer
from tests.journeys.served import link_in, until

CHESTER, GLASS, STAFF = (
    next(a.new.email for a in ACCOUNTS if a.new.kind == kind)
    for kind in ("patient", "breakglass", "staff")
)
CARDIOLOGY = "rooms@cardiology.example.org"


def outside(camera: Photographer) -> None:
    """What everybody can see: logging in, help, the leaflet, the application."""
    somebody = camera.visitor()
    somebody.goto("/login")
    camera.take(somebody, "login")
    somebody.log_in(CHESTER, PASSWORD)
    somebody.sees("Please enter this password")
    camera.take(somebody, "one-time-password")
    somebody.button("Cancel").click()
    for path, name in (
        ("/forgot", "forgot"), ("/support", "support"), ("/apply", "apply"),
        ("/no/such/page", "no-such-page"),
    ):  # fmt: skip
        somebody.goto(path)
        camera.take(somebody, name)
    camera.paper(somebody, "/support/leaflet", "leaflet")
    somebody.context.close()


def opened(camera: Photographer) -> Person:
    """Chester with the newest exam, some images on."""
    chester = camera.visitor(CHESTER)
    chester.goto("/")
    chester.sees_image()
    expect(chester.page.locator(".corner.br")).to_contain_text("Zoom")
    for _ in range(8):
        chester.page.keyboard.press("PageDown")
    expect(chester.page.locator(".corner.bl").first).to_contain_text("Image 8")
    return chester


def reading(camera: Photographer) -> None:
    """The newest exam, and what stands around it."""
    chester = opened(camera)
    page = chester.page
    camera.take(chester, "viewer")
    if camera.size == "phone":
        for name in ("Report", "Priors", "Notes", "Actions"):
            chester.button(name).click()
            camera.take(chester, f"{name.lower()}")
            if name == "Actions":
                page.keyboard.press("Escape")
            else:
                page.locator(".sheet").get_by_role("button", name="Close").click()
            expect(page.locator(".sheet, .actions")).to_have_count(0)
        chester.button("Actions").click()
        page.get_by_role("button", name="Brightness and contrast").click()
        expect(page.locator(".actions .q-slider").first).to_be_visible()
        camera.take(chester, "contrast")
        page.keyboard.press("Escape")
    page.get_by_role("button", name="What am I looking at?").first.click()
    chester.sees("your doctor will explain")
    camera.take(chester, "what-am-i-looking-at")
    chester.context.close()
    if camera.size == "phone":
        return
    chester = opened(camera)
    chester.page.locator(".canvas").first.click(button="right", position={"x": 300, "y": 200})
    chester.page.get_by_role("menuitem", name="Magnifier").wait_for()
    camera.take(chester, "right-click")
    chester.page.keyboard.press("Escape")
    chester.page.keyboard.press("?")
    chester.page.get_by_role("dialog", name="Keyboard shortcuts").wait_for()
    camera.take(chester, "shortcuts")
    chester.context.close()


def working(camera: Photographer) -> None:
    """Comparing, planes, measuring: at a desk and on a tablet."""
    if camera.size == "phone":
        return
    chester = opened(camera)
    page = chester.page
    box = page.locator(".canvas").first.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    for count, (key, start, end) in enumerate(
        (
            ("l", (-210, -60), (-60, -110)),
            ("e", (-130, 20), (-50, 80)),
            ("y", (150, 60), (230, 110)),
        ),
        1,
    ):
        page.keyboard.press(key)
        page.mouse.move(x + start[0], y + start[1])
        page.mouse.down()
        page.mouse.move(x + end[0], y + end[1], steps=4)
        page.mouse.up()
        if key == "y":
            page.get_by_role("dialog").get_by_label("Text", exact=True).fill("Look here")
            chester.button("Save").click()
        expect(page.locator(".measured")).to_have_count(count)
    page.mouse.move(x, y)
    if camera.size == "desktop":
        page.get_by_role("link", name="Measurements").click()
    camera.take(chester, "measurements")
    for count in (2, 1, 0):
        page.locator(".measured").get_by_role("button", name="Delete").first.click()
        expect(page.locator(".measured")).to_have_count(count)
    page.keyboard.press("w")
    chester.button("Planes").click()
    page.get_by_role("menuitem", name="Axial, coronal and sagittal").click()
    expect(page.locator(".pane.shown .canvas")).to_have_count(4)
    expect(page.locator(".lines circle.ring")).not_to_have_count(0)
    camera.take(chester, "planes")
    page.reload()
    chester.sees_image()
    page.get_by_role("button", name=re.compile("^Compare with CT")).first.click()
    expect(page.locator(".pane.shown .canvas")).to_have_count(2)
    page.locator(".pane.active .canvas").hover()
    for _ in range(2):
        page.keyboard.press("PageDown")
    expect(page.locator(".pane.active .corner.bl")).to_contain_text("Image 21")
    camera.take(chester, "compare")
    page.reload()
    chester.sees_image()
    chester.button("Exam information").click()
    page.get_by_role("dialog").wait_for()
    camera.take(chester, "information")
    page.keyboard.press("Escape")
    chester.button("Download and print").click()
    page.get_by_role("menuitem", name="Print").click()
    page.get_by_role("dialog", name="Print").wait_for()
    camera.take(chester, "print")
    chester.context.close()


def sharing(camera: Photographer) -> None:
    """The dialog, what is shared, who has looked, all exams."""
    chester = opened(camera)
    page = chester.page
    if camera.size != "phone":
        chester.button("Share").click()
        page.get_by_role("menuitem", name="Share exam").click()
        dialog = page.get_by_role("dialog")
        dialog.get_by_label("Email address").fill(CARDIOLOGY)
        dialog.get_by_role("button", name="Sharing options").click()
        dialog.get_by_role("checkbox", name=re.compile("I understand")).click()
        chester.sees("Hide patient details")
        camera.take(chester, "share-exam")
        if camera.told:
            dialog.get_by_role("button", name="Next").click()
            expect(dialog.get_by_text("will be available until")).to_be_visible()
            camera.take(chester, "shared")
            dialog.get_by_role("button", name="Done").click()
        else:
            dialog.get_by_role("button", name="Cancel").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
        chester.button("Share").click()
        page.get_by_role("menuitem", name="Manage existing sharing").click()
        page.get_by_role("dialog").get_by_role("table").wait_for()
        camera.take(chester, "manage-sharing")
    for path in ("studies", "sharing", "looks"):
        chester.goto(f"/{path}")
        camera.take(chester, path)
    chester.context.close()


def account(camera: Photographer) -> None:
    """My account, the password again, the authenticator app, a new password."""
    chester = camera.visitor(CHESTER)
    chester.goto("/account")
    camera.take(chester, "account")
    chester.button("Use an authenticator app").click()
    again = chester.page.get_by_role("dialog", name="Your password again")
    app = chester.page.get_by_role("dialog", name="Authenticator app")
    expect(again.or_(app)).to_be_visible()
    if again.is_visible():  # once in five minutes
        camera.take(chester, "password-again")
        again.get_by_label("Password", exact=True).fill(PASSWORD)
        again.get_by_role("button", name="Continue").click()
    app.get_by_role("img", name="QR code for an authenticator app").wait_for()
    camera.take(chester, "authenticator-app")
    chester.goto("/password")
    camera.take(chester, "password")
    camera.remember(chester, CHESTER)  # the password, given again, changed the session's id
    chester.context.close()


def guest(camera: Photographer) -> None:
    """An invitation, the set-up, an exam without its patient's details, and one with them."""
    invited = camera.visitor()
    if camera.told:
        invited.goto(_way_in(camera, CARDIOLOGY))
        camera.take(invited, "invitation")
        invited.button("Create my guest account").click()
        camera.take(invited, "set-up")
    if not camera.knows(SURGERY):
        _set_up(invited, camera)
    invited.context.close()
    for email, name in ((SURGERY, "hidden-details"), (REFERRER, "guest")):
        person = camera.visitor(email)
        person.goto("/")
        person.page.locator(".layers img, .exam-row").first.wait_for()
        if not person.page.locator(".layers img").count():
            person.page.locator(".exam-row").first.click()
        person.sees_image()
        for _ in range(3):
            person.page.keyboard.press("PageDown")
        camera.take(person, name)
        person.context.close()


def _way_in(camera: Photographer, address: str) -> str:
    """The page of a mailed link: the portal may be served elsewhere than when it was mailed."""
    link = link_in(until(lambda: "".join(camera.served.mails_to(address)[:1]), address))
    return link[link.index("/setup") :]


def _set_up(invited: Person, camera: Photographer) -> None:
    """The surgery makes its guest account."""
    invited.goto(_way_in(camera, SURGERY))
    invited.button("Create my guest account").click()
    invited.field("Your name").fill("Surgery at the harbour")
    invited.field("New password").fill(PASSWORD)
    invited.field("New password again").fill(PASSWORD)
    invited.page.get_by_role("checkbox", name="I accept the terms of use").click()
    invited.button("Finish").click()
    invited.sees("Your account is ready")


def glass(camera: Photographer) -> None:
    """What a clinician does in an emergency."""
    amara = camera.visitor(GLASS)
    page = amara.page
    amara.goto("/")
    camera.take(amara, "glass-start")
    amara.goto("/break-glass")
    page.get_by_role("checkbox", name=re.compile("I acknowledge")).click()
    page.get_by_role("radio", name="Emergency treatment").click()
    amara.field("Reason for breaking the glass").fill("Unconscious after a fall, head injury")
    amara.field("Re-type your password").fill(PASSWORD)
    camera.take(amara, "break-glass")
    amara.button("Break").click()
    amara.search_patient("Okafor", "Matilda", "22/07/1983")
    amara.sees("OKAFOR, Matilda")
    camera.take(amara, "glass-search")
    amara.button("Open exams").click()
    amara.sees_image()
    page.keyboard.press("PageDown")
    camera.take(amara, "glass-viewer")
    page.get_by_role("button", name=re.compile("The glass is broken")).click()
    page.get_by_role("menuitem", name="Close the glass").click()
    amara.sees("The glass is closed")
    camera.remember(amara, GLASS)
    amara.context.close()


def desk(camera: Photographer) -> None:
    """Every page of the staff desk, and one of each kind behind them."""
    jules = camera.visitor(STAFF)
    page = jules.page
    jules.goto("/staff")
    camera.take(jules, "staff")
    for name in ("applications", "accounts", "patients", "exams", "break-glass"):
        jules.goto(f"/staff/{name}")
        if name == "patients":
            jules.field("Name, patient ID or date of birth").fill("frenchie")
        page.locator("tbody a").first.wait_for()
        camera.take(jules, f"staff-{name}")
        page.locator("tbody a").first.click()
        page.locator(".back").wait_for()
        camera.take(jules, f"staff-{name}-one")
    for name in ("new-account", "quarantine", "messages", "audit", "system"):
        jules.goto(f"/staff/{name}")
        page.get_by_role("heading", level=1).wait_for()
        expect(page.get_by_text("Looking…")).to_have_count(0)
        camera.take(jules, f"staff-{name}")
    jules.context.close()


WALKS = (outside, sharing, reading, working, account, guest, glass, desk)
