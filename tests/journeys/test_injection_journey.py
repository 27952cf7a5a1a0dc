"""Markup in everything that a person or a file can bring in: shown as it is on every page."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Request, expect
from pydicom.dataset import Dataset

from services.exam import notes, reports
from services.exam.exams import Slice
from services.intake import ingest
from services.randomness import fingerprint
from services.viewer import measurements
from services.viewer.annotation import Annotation, Kind, Shape
from storage.models import Account, SignInSession
from tests.dicom import ct_slice, take_in
from tests.factories import House, open_house
from tests.journeys.served import Served, free_port, serving
from ui.addresses import study_address

pytestmark = [pytest.mark.journey, pytest.mark.timeout(240)]
STUDY = "1.2.826.0.1.3680043.10.660.1"
# an image that would be asked for, an element that would be there, a template that would be filled
MARKUP = "<img src=injected onerror=alert(1)>{{7*191}}<marquee>INJ\"'`${7*191}"
SHORT = "<marquee>INJ"  # where a tag has no room for more
OWNER, GUEST, STAFF = "owner@x.example", "guest@x.example", "pacs@x.example"
OF_THE_OWNER = ("/studies", "/sharing", "/looks", "/account", "/password")
OF_STAFF = ("/studies", "/staff", "/staff/accounts", "/staff/patients", "/staff/exams",
            "/staff/quarantine", "/staff/messages", "/staff/audit", "/staff/break-glass",
            "/staff/applications", "/looks")  # fmt: skip


def _hostile(number: int) -> Dataset:
    dataset = ct_slice(study=STUDY, number=number, name="<marquee>INJ^<marquee>Given")
    dataset.StudyDescription = dataset.SeriesDescription = MARKUP[:64]
    dataset.ProtocolName = dataset.BodyPartExamined = SHORT
    dataset.ReferringPhysicianName, dataset.InstitutionName = "<marquee>INJ^Ref", MARKUP[:64]
    dataset.AccessionNumber, dataset.StationName = SHORT, SHORT
    dataset.ImageComments = dataset.PatientComments = MARKUP
    dataset.Manufacturer = dataset.ManufacturerModelName = MARKUP[:64]
    return dataset


def _fill(folder: Path, port: int) -> tuple[House, dict[str, str], dict[str, str]]:
    """A portal full of it; the cookies of three people, and where each finds the exam."""
    house = open_house(folder, port=port)
    house.clock.now = datetime.now(UTC)
    take_in(house.portal, [_hostile(number) for number in (1, 2, 3)])
    list(ingest.take_in(house.portal, [ingest.from_bytes(f"{MARKUP}.txt", b"no image")]))
    reports.add_text(
        house.portal, STUDY, title=MARKUP, text=f"Findings: {MARKUP}\n\n{MARKUP}", author=MARKUP,
        dated=datetime(2026, 10, 3, 12, 0),  # noqa: DTZ001
    )  # fmt: skip
    owner = house.account(OWNER, "patient", name=MARKUP)
    house.link(owner, 1)
    staff = house.account(STAFF, "staff", role="administrator", name=MARKUP)
    notes.write(house.portal, house.access(staff, 1), MARKUP, release=True)
    house.share(owner, 1, GUEST, may_share=True)
    guest = house.account_id(GUEST)
    with house.portal.transaction() as tx:
        row = tx.db.get_one(Account, guest)
        row.status, row.name = "active", MARKUP
    house.share(guest, 1, "friend@x.example", days=3)
    text = Shape(Kind.TEXT, Slice(1, 0), ((10.0, 10.0),), MARKUP[:60])
    measurements.add(house.portal, house.access(owner, 1), Annotation("words", text))
    cookies, exams = {}, {}
    for email, number in ((OWNER, owner), (GUEST, guest), (STAFF, staff)):
        exams[email] = study_address(house.portal, house.access(number, 1))
        cookies[email] = f"session-of-{number}"
        signed_in = house.signed_in(number)
        with house.portal.transaction() as tx:
            row = tx.db.get_one(SignInSession, signed_in.session_id)
            row.token_hash = fingerprint(cookies[email])
    return house, cookies, exams


class _Watched:
    """A page on which nothing that was brought in may come to life."""

    def __init__(self, browser: Browser, served: Served, cookie: str) -> None:
        self.alive: list[str] = []
        self._served = served
        self._context = browser.new_context(viewport={"width": 1440, "height": 900})
        self._context.add_cookies(
            [{"name": "myimaging_session", "value": cookie, "url": served.url}]
        )
        self.page: Page = self._context.new_page()
        self.page.set_default_timeout(15_000)
        self.page.on("dialog", lambda dialog: (self.alive.append("a dialog"), dialog.dismiss()))
        self.page.on("request", self._asked)

    def _asked(self, request: Request) -> None:
        if "injected" in request.url:
            self.alive.append(f"asked for {request.url}")

    def visit(self, path: str) -> None:
        self.page.goto(self._served.url + path)
        expect(self.page.locator(".bar")).to_be_visible()
        self.page.wait_for_load_state("networkidle")
        self.look(path)

    def look(self, where: str) -> None:
        assert self.alive == [], where
        assert self.page.locator("marquee, img[src*=injected]").count() == 0, where
        assert self.page.get_by_text("1337").count() == 0, where  # 7 * 191

    def press(self, name: str) -> None:
        for button in self.page.get_by_role("button", name=name, exact=True).all():
            if button.is_visible() and button.is_enabled():
                button.click()
                self.page.wait_for_load_state("networkidle")
                self.look(name)
                return

    def close(self) -> None:
        self._context.close()


def test_no_text_that_comes_from_outside_becomes_markup(browser: Browser, tmp_path: Path) -> None:
    folder, port = tmp_path / "data", free_port()
    house, cookies, exams = _fill(folder, port)
    letters = house.mail()
    house.portal.database.close()
    with serving(folder, port) as served:
        for email, pages in ((OWNER, OF_THE_OWNER), (GUEST, ("/studies",)), (STAFF, OF_STAFF)):
            person = _Watched(browser, served, cookies[email])
            for path in pages:
                person.visit(path)
            person.visit(exams[email])
            assert person.page.get_by_text("<marquee>INJ").count() > 0, "it is shown as it is"
            for name in ("Report", "Notes", "Priors", "Exam information", "Measurements",
                         "Share Exam", "Manage existing sharing", "Account"):  # fmt: skip
                person.visit(exams[email])  # without what the button before has opened
                person.press(name)
            person.look("the exam")
            person.close()
    assert letters
    for path in (folder / "mail").glob("*.eml"):
        mail = message_from_bytes(path.read_bytes(), policy=policy.default)
        body = mail.get_body(("html",))  # type: ignore[attr-defined]
        assert body is not None
        assert "<img" not in body.get_content()
        assert "<marquee" not in body.get_content()
