"""Several viewports: layouts, dragging series, links, three planes, priors side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect
from sqlalchemy import select

from services import access as decision
from services.opening import open_portal
from services.persons import accounts
from services.persons.accounts import NewAccount
from services.settings import Settings
from services.shares import sharing
from services.shares.sharing import Options
from storage.models import Account
from tests.dicom import ct_slice, take_in
from tests.factories import PASSWORD
from tests.journeys.conftest import CHESTER, Someone, fill
from tests.journeys.people import FRONT, PHONE, PICTURE, TABLET, Person
from tests.journeys.served import Served, free_port, serving

pytestmark = pytest.mark.journey
ROBIN = "robin@practice.example"
STUDY = "1.2.826.0.1.3680043.10.1"


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    """Chester's exams, the new one with a second series; both are shared with Robin, one by one."""
    data, port = tmp_path / "data", free_port()
    fill(data, port)
    portal = open_portal(Settings(_env_file=None, data_dir=data, port=port))
    take_in(portal, [
        ct_slice(series=f"{STUDY}.2", number=n, size=128, SeriesNumber=2, SeriesDescription="Thin",
                 ImagePositionPatient=[-64, -64, -1.0 * n])
        for n in range(1, 25)
    ])  # fmt: skip
    with portal.reading() as db:
        chester = db.execute(select(Account.id).where(Account.email == CHESTER)).scalar_one()
    accounts.create(portal, NewAccount("guest", ROBIN, "Robin Lindqvist", password=PASSWORD))
    for _, access in decision.visible(portal, chester):
        sharing.share(portal, access, ROBIN, "", Options(days=5))
    portal.database.close()
    with serving(data, port) as running:
        yield running


def pane(person: Person, number: int) -> Locator:
    """The viewport with this number."""
    return person.page.locator(".pane").nth(number - 1)


def place(person: Person, number: int) -> Locator:
    """The corner that tells which image a viewport shows."""
    return pane(person, number).locator(".corner.bl")


def lay_out(person: Person, name: str) -> None:
    person.button("Layout").click()
    person.page.get_by_role("menuitemradio", name=name, exact=True).click()
    expect(person.page.locator(".q-menu")).to_have_count(0)


def sees_picture(person: Person, number: int) -> None:
    picture = pane(person, number).locator(FRONT).first
    expect(picture).to_have_attribute("src", PICTURE)


def chooses(person: Person, number: int) -> None:
    """The viewport is the active one, and says so."""
    expect(pane(person, number)).to_have_attribute("aria-label", re.compile("active"))
    expect(person.page.locator(".pane.active")).to_have_count(1)


def test_series_are_dragged_side_by_side_and_scroll_together(someone: Someone) -> None:
    chester = someone()
    chester.sign_in(CHESTER, PASSWORD)
    chester.sees_image()
    thumbs = chester.page.locator(".thumb")
    thick, thin = thumbs.filter(has_text="Axial"), thumbs.filter(has_text="Thin")
    thick.click()
    expect(place(chester, 1)).to_contain_text("of 12")
    lay_out(chester, "1×2")
    sees_picture(chester, 2)
    expect(place(chester, 2)).to_contain_text("Image 13 of 24")
    thick.drag_to(pane(chester, 2))
    expect(place(chester, 2)).to_contain_text("of 12")
    chooses(chester, 2)
    thin.drag_to(pane(chester, 2))
    expect(place(chester, 2)).to_contain_text("Image 13 of 24")  # as it was left there
    chester.page.keyboard.press("j")
    pane(chester, 1).locator(".canvas").hover()
    chester.page.mouse.wheel(0, 120)
    chooses(chester, 1)
    expect(place(chester, 1)).to_contain_text("Position -4.0 mm")
    expect(place(chester, 2)).to_contain_text("Position -4.0 mm")
    chester.page.keyboard.press("v")
    chooses(chester, 2)
    chester.page.keyboard.press("End")
    expect(place(chester, 2)).to_contain_text("Position -24.0 mm")
    expect(place(chester, 1)).to_contain_text("Position -24.0 mm")
    lay_out(chester, "1×1")
    expect(place(chester, 2)).to_be_visible()
    expect(place(chester, 1)).to_be_hidden()


def test_three_planes_follow_the_crosshair(someone: Someone) -> None:
    chester = someone()
    chester.sign_in(CHESTER, PASSWORD)
    chester.sees_image()
    chester.page.locator(".thumb").filter(has_text="Axial").click()
    chester.button("Planes").click()
    chester.page.get_by_role("menuitem", name="Axial, coronal and sagittal").click()
    for number in (1, 2, 3, 4):
        sees_picture(chester, number)
    expect(place(chester, 2)).to_contain_text("of 128")
    expect(pane(chester, 1).locator(".lines circle.ring")).to_have_count(1)
    box = pane(chester, 1).locator(".canvas").bounding_box()
    assert box is not None
    before = place(chester, 2).inner_text(), place(chester, 3).inner_text()
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    chester.page.mouse.move(x, y)
    chester.page.mouse.down()
    chester.page.mouse.move(x + 60, y + 40, steps=5)
    chester.page.mouse.up()
    expect(place(chester, 2)).not_to_have_text(before[0])
    expect(place(chester, 3)).not_to_have_text(before[1])
    for number in (2, 3):  # both have come to rest
        expect(pane(chester, number).locator(".lossy")).to_be_hidden()
    across, along = place(chester, 2).inner_text(), place(chester, 3).inner_text()
    chester.page.keyboard.press("ArrowDown")  # the axial plane alone
    expect(place(chester, 2)).to_have_text(across)
    expect(place(chester, 3)).to_have_text(along)


def test_a_prior_beside_the_exam_goes_dark_alone_when_its_own_share_ends(someone: Someone) -> None:
    chester, robin = someone(), someone()
    robin.sign_in(ROBIN, PASSWORD)
    robin.sees_image()
    robin.button("Compare with CT 05 February 2024 09:20").click()
    sees_picture(robin, 2)
    expect(place(robin, 2)).to_contain_text("of 3")
    expect(pane(robin, 2).locator(".corner.tl")).to_contain_text("05 February 2024")
    expect(robin.button("Scroll together (j)")).to_have_attribute("aria-pressed", "true")
    pane(robin, 2).locator(".canvas").click()
    expect(pane(robin, 2)).to_have_accessible_name("Viewport 2 of 2, active")
    robin.page.keyboard.press("k")
    robin.sees("To mark an image of this other exam, open that exam by itself.")

    chester.sign_in(CHESTER, PASSWORD)
    end_access(chester, "CT 05 February 2024")
    expect(pane(robin, 2).locator(".canvas > .layers img")).to_have_count(0)
    robin.sees("no longer shared with you")
    expect(pane(robin, 2).locator(".corner.tl")).to_have_text("")
    sees_picture(robin, 1)
    assert "05 February 2024" not in robin.page.locator(".stage").inner_text()
    end_access(chester, "CT 03 October 2026")
    robin.sees_no_image()
    expect(robin.page.locator(".pane")).to_have_count(0)


def end_access(person: Person, exam: str) -> None:
    person.goto("/sharing")
    tree = person.page.get_by_role("region", name=re.compile(exam))
    tree.get_by_role("button", name="End access of Robin Lindqvist").click()
    question = person.page.get_by_role("dialog", name="End this access?")
    question.get_by_role("button", name="End access").click()
    expect(tree).to_have_count(0)


def test_a_tablet_has_the_layouts_and_a_phone_one_viewport(someone: Someone) -> None:
    tablet = someone(TABLET, touch=True)
    tablet.sign_in(CHESTER, PASSWORD)
    tablet.sees_image()
    lay_out(tablet, "2×1")
    sees_picture(tablet, 2)
    boxes = [pane(tablet, number).bounding_box() for number in (1, 2)]
    assert boxes[0] is not None
    assert boxes[1] is not None
    assert boxes[0]["y"] + boxes[0]["height"] <= boxes[1]["y"]
    tablet.page.set_viewport_size({"width": PHONE["width"], "height": PHONE["height"]})
    expect(pane(tablet, 2)).to_be_hidden()
    expect(tablet.page.get_by_role("button", name="Actions")).to_be_visible()
    stage = pane(tablet, 1).bounding_box()
    assert stage is not None
    assert stage["width"] == PHONE["width"]
