"""A phone in the hand: one finger, two fingers, two taps, a long press, and the four buttons."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, CDPSession, Locator, expect

from tests.factories import PASSWORD
from tests.journeys.conftest import CHESTER
from tests.journeys.people import PHONE, Person
from tests.journeys.served import Served

pytestmark = pytest.mark.journey
AGENT = (
    "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/126.0.0.0 Mobile Safari/537.36"
)
Point = tuple[float, float]


class Hand:
    """Fingers on a phone's screen."""

    def __init__(self, person: Person) -> None:
        self.person = person
        self._browser: CDPSession = person.context.new_cdp_session(person.page)

    def touch(self, kind: str, *points: Point) -> None:
        fingers = [{"x": x, "y": y, "id": number} for number, (x, y) in enumerate(points)]
        event = {"type": kind, "touchPoints": fingers}
        self._browser.send("Input.dispatchTouchEvent", event)

    def move(self, start: tuple[Point, ...], end: tuple[Point, ...], steps: int = 8) -> None:
        """Fingers come down at `start`, go to `end` and are lifted."""
        self.touch("touchStart", *start)
        for step in range(1, steps + 1):
            self.touch(
                "touchMove",
                *(
                    (a + (c - a) * step / steps, b + (d - b) * step / steps)
                    for (a, b), (c, d) in zip(start, end, strict=True)
                ),
            )
        self.touch("touchEnd")

    def text(self, place: str) -> Locator:
        return self.person.page.locator(f".corner.{place}").first


@pytest.fixture
def hand(browser: Browser, served: Served) -> Iterator[Hand]:
    context = browser.new_context(
        viewport={"width": PHONE["width"], "height": PHONE["height"]},
        has_touch=True, is_mobile=True, user_agent=AGENT, locale="en-AU",
    )  # fmt: skip
    page = context.new_page()
    page.set_default_timeout(15_000)
    person = Person(served, context, page)
    person.sign_in(CHESTER, PASSWORD)
    person.sees_image()
    expect(person.button("Actions")).to_be_visible()
    yield Hand(person)
    context.close()


def test_one_finger_scrolls_two_enlarge_and_two_taps_fit(hand: Hand) -> None:
    expect(hand.text("bl")).to_contain_text("Image 1 of 12")
    fitted = hand.text("br").inner_text()
    hand.move(((195, 300),), ((195, 480),))
    expect(hand.text("bl")).not_to_contain_text("Image 1 of 12")
    expect(hand.person.page.locator(".lossy")).to_be_hidden()  # it has come to rest
    slice = hand.text("bl").inner_text()
    hand.move(((170, 380), (220, 420)), ((70, 300), (320, 500)))
    expect(hand.text("br")).not_to_have_text(fitted)
    for _ in range(2):
        hand.person.page.touchscreen.tap(195, 400)
    expect(hand.text("br")).to_have_text(fitted)
    assert hand.text("bl").inner_text() == slice


def test_actions_step_through_the_exam_and_sliders_change_the_light(hand: Hand) -> None:
    page = hand.person.page
    hand.person.button("Actions").tap()
    hand.person.button("Next image").tap()
    expect(hand.text("bl")).to_contain_text("Image 2 of 12")
    hand.person.sees("Series 1 of 1")
    before = hand.text("br").inner_text()
    page.get_by_role("button", name="Brightness and contrast").tap()
    slider = page.locator(".actions .q-slider").first
    expect(slider).to_be_visible()
    box = slider.bounding_box()
    assert box is not None
    assert box["width"] > 200
    slider.tap(position={"x": box["width"] * 0.75, "y": box["height"] / 2})
    expect(hand.text("br")).not_to_have_text(before)
    hand.person.button("Reset").tap()
    expect(hand.text("br")).to_have_text(before)


def test_a_long_press_opens_the_tools_and_no_sharing(hand: Hand) -> None:
    page = hand.person.page
    hand.touch("touchStart", (120, 300))
    expect(page.get_by_role("menuitem", name="Magnifier")).to_be_visible()
    hand.touch("touchEnd")
    expect(page.get_by_role("menuitem", name="Share exam")).to_have_count(0)
    page.get_by_role("menuitem", name="Invert").tap()
    expect(page.get_by_role("menuitem", name="Invert")).to_have_count(0)


def test_a_phone_is_offered_no_sharing_download_or_print_at_all(hand: Hand) -> None:
    page = hand.person.page
    for name in ("Share", "Download and print"):
        expect(hand.person.button(name)).to_be_hidden()
    page.keyboard.press("Shift+S")
    page.keyboard.press("PageDown")
    expect(hand.text("bl")).to_contain_text("Image 11 of 12")  # the key before it was answered
    expect(page.get_by_role("dialog")).to_have_count(0)
    study = page.url
    for path in ("dicom.zip", "print.pdf"):
        assert hand.person.context.request.get(f"{study}/{path}").status == 403


def test_every_target_of_the_bar_is_as_large_as_a_thumb(hand: Hand) -> None:
    for name in ("Priors", "Report", "Notes", "Actions"):
        box = hand.person.button(name).bounding_box()
        assert box is not None
        assert box["height"] >= 44 and box["width"] >= 44
    stage = hand.person.page.locator(".stage").bounding_box()
    assert stage is not None
    assert (stage["x"], stage["width"]) == (0, PHONE["width"])
