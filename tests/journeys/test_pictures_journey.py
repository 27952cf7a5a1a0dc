"""The viewer's states as pictures: what is on screen is what numpy makes of the same state.

Every step is done twice, by a person in the browser and by the reducer here. Texts are left out, so
that no font of a machine matters.
"""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Browser, FloatRect, Locator, expect
from sqlalchemy import select

from imaging.grayscale import Window
from services import access as decision
from services.exam.exams import Slice
from services.opening import open_portal
from services.persons import accounts
from services.persons.accounts import NewAccount
from services.settings import Settings
from services.shares import sharing
from services.shares.sharing import Options
from services.viewer import loupe
from services.viewer.annotation import Kind, Shape
from services.viewer.measuring import Reading
from services.viewer.view_events import (
    Event,
    Flip,
    GoTo,
    Invert,
    Magnify,
    Reset,
    Resize,
    Rotate,
    SetWindow,
    Step,
)
from services.viewer.view_state import Glass, ViewState
from storage.models import Account, Study
from tests.dicom import take_in
from tests.factories import PASSWORD
from tests.journeys.comparing import Picture, Scene, judged, kept, placed
from tests.journeys.conftest import CHESTER
from tests.journeys.people import FRONT, PHONE, Person, somebody
from tests.journeys.served import Served, free_port, serving, until
from tests.journeys.subject import (
    CHEST,
    PRIOR,
    SLICES,
    THIN,
    ULTRASOUND,
    Series,
    ultrasound,
    ultrasound_seen,
)
from tests.new_database import lay_out
from ui.components.viewer import annotation_layer
from ui.components.viewer.annotation_layer import Mark

pytestmark = pytest.mark.journey
ROBIN = "robin@practice.example"
SIZE = {"width": 1100, "height": 700}
BARE = """
.corner, .edge, .lossy, .pane-number, .pane::after, .marks text, .key-image .q-btn,
.q-notification, .bar, .tools, .phone-bar { visibility: hidden !important; }
.canvas { outline: none !important; }
.marks path { stroke-dasharray: none !important; }
"""
STROKE = re.compile(r'class="line" d="([^"]+)"')
HANDLE = re.compile(r'class="handle" cx="([\d.-]+)" cy="([\d.-]+)" r="([\d.]+)"')
Point = tuple[float, float]


@dataclass
class Viewport:
    """A viewport of the page, and what its view is to be."""

    person: Person
    number: int
    series: Series
    view: ViewState
    folder: Path

    @property
    def canvas(self) -> Locator:
        return self.person.page.locator(".pane").nth(self.number - 1).locator(".canvas")

    def after(self, *events: Event) -> None:
        """Let the expected view go on as the one on screen does."""
        for event in events:
            self.view = self.view.after(event)

    def measured(self) -> None:
        """Take over the size that the page gives the viewport now."""
        box = self.canvas.bounding_box()
        assert box is not None
        self.after(Resize(box["width"], box["height"]))

    def at(self, column: float, row: float) -> tuple[Point, Point]:
        """The whole page pixel nearest to an image point, and the image point under it."""
        box = self.canvas.bounding_box()
        assert box is not None
        x, y = self.view.on_screen(column, row)
        there = round(x + box["x"]), round(y + box["y"])
        return there, self.view.in_image(there[0] - box["x"], there[1] - box["y"])

    def shows(
        self, name: str, *, thick: int = 0, strokes: tuple[tuple[Point, ...], ...] = ()
    ) -> None:
        """Wait until the canvas shows the view, with these lines over it."""
        picture = placed(self.series.picture(self.view, thick=thick), self.view)
        sees(self.canvas, name, Scene(picture, strokes), self.folder)


def sees(where: Locator, name: str, scene: Scene, folder: Path) -> None:
    """Wait until an element shows a scene; else leave the pictures and say where."""
    last: list[Picture] = []
    box = where.bounding_box()
    assert box is not None
    rows, columns = scene.picture.shape[:2]
    clip: FloatRect = {"x": round(box["x"]), "y": round(box["y"]), "width": columns, "height": rows}

    def alike() -> bool:
        shot = where.page.screenshot(style=BARE, clip=clip)
        last[:] = [np.asarray(Image.open(io.BytesIO(shot)).convert("RGB"))]
        return judged(last[0], scene).alike

    try:
        until(alike, name, 20)
    except AssertionError:
        pytest.fail(kept(name, last[0], scene, judged(last[0], scene), folder))


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Chester's chest, an earlier one, and an ultrasound that Robin sees without its details."""
    data, port = tmp_path_factory.mktemp("pictures") / "data", free_port()
    lay_out(data)
    portal = open_portal(
        Settings(_env_file=None, data_dir=data, port=port, time_zone="Australia/Sydney")
    )
    take_in(portal, [*CHEST.datasets(), *THIN.datasets(), *PRIOR.datasets(), ultrasound()])
    accounts.create(
        portal,
        NewAccount("patient", CHESTER, "Chester", patient_ids=("TEST|P1",), password=PASSWORD),
    )
    accounts.create(portal, NewAccount("guest", ROBIN, "Robin Lindqvist", password=PASSWORD))
    with portal.reading() as db:
        owner = db.execute(select(Account.id).where(Account.email == CHESTER)).scalar_one()
        study = db.execute(select(Study.id).where(Study.study_uid == ULTRASOUND)).scalar_one()
    access = decision.decide(portal, owner, study)
    sharing.share(portal, access, ROBIN, "", Options(days=5, hide_details=True))
    portal.database.close()
    with serving(data, port) as running:
        yield running


@pytest.fixture(scope="module")
def patient(browser: Browser, served: Served) -> Iterator[Person]:
    person = somebody(browser, served, SIZE)
    person.sign_in(CHESTER, PASSWORD)
    yield person
    person.context.close()


@pytest.fixture
def chester(patient: Person) -> Person:
    """Signed in once for all tests, with the newest exam freshly opened."""
    patient.goto("/")
    patient.sees_image()
    return patient


def viewport(
    person: Person, folder: Path, number: int = 1, series: Series = CHEST, slice: int = 0
) -> Viewport:
    start = ViewState.start(series.stack(), slice=slice)
    seen = Viewport(person, number, series, start, folder)
    seen.measured()
    return seen


def menu(person: Person, button: str, name: str) -> None:
    person.button(button).click()
    person.page.locator(".q-menu .entry").filter(has_text=name).first.click()
    expect(person.page.locator(".q-menu")).to_have_count(0)


def test_one_viewport_shows_what_the_reducer_says(chester: Person, tmp_path: Path) -> None:
    press, mouse = chester.page.keyboard.press, chester.page.mouse
    view = viewport(chester, tmp_path)
    view.shows("as it starts")
    at_rest_it_is_exact(view)
    press("PageDown")
    view.after(GoTo(10))
    menu(chester, "Window presets", "Lung")
    view.after(SetWindow(Window(-600, 1500)))
    view.shows("preset")
    press("i")
    view.after(Invert())
    view.shows("inverted")
    press("r")
    view.after(Rotate())
    view.shows("rotated")
    press("f")
    view.after(Flip())
    view.shows("mirrored while turned")
    for _ in range(3):
        press("+")
        view.after(Magnify(1.25))
    press("m")
    start, end = view.at(50, 40)[0], view.at(70, 20)[0]
    mouse.move(*start)
    mouse.down()
    mouse.move(*end, steps=4)
    mouse.up()
    moved = end[0] - start[0], end[1] - start[1]
    view.view = replace(view.view, pan_x=view.view.pan_x + moved[0],
                        pan_y=view.view.pan_y + moved[1])  # fmt: skip
    view.shows("enlarged and moved")
    press("0")
    view.after(Reset())
    view.shows("reset")
    the_magnifier(view)
    the_marks(view)
    the_key_image(view)


def at_rest_it_is_exact(view: Viewport) -> None:
    """What lies at rest under the screen's own scaling has every pixel, to the last bit."""
    base = view.canvas.locator(FRONT).first
    expect(base).to_have_attribute("src", re.compile("^data:image/png"))
    expect(view.canvas.locator(".lossy")).to_be_hidden()
    assert np.array_equal(sent(base), view.series.picture(view.view))


def the_magnifier(view: Viewport) -> None:
    """Round, over the image; its rim and shadow are not looked at."""
    person = view.person
    person.page.keyboard.press("g")
    there, (column, row) = view.at(70, 40)
    person.page.mouse.move(*there)
    person.page.mouse.down()
    held = replace(view.view, glass=Glass(*view.view.on_screen(column, row), False))
    within = loupe.through(held)
    assert within is not None
    picture = placed(view.series.picture(view.view), view.view)
    left, top = loupe.corner(held)
    ys, xs = np.mgrid[: picture.shape[0], : picture.shape[1]] + 0.5
    far = np.hypot(xs - left - loupe.SIDE / 2, ys - top - loupe.SIDE / 2)
    glass = placed(view.series.picture(view.view), within)
    side = glass.shape[0]
    x, y = round(left), round(top)
    part = picture[y : y + side, x : x + side]
    inside = (far < loupe.SIDE / 2)[y : y + side, x : x + side]
    seen = picture.copy()
    seen[y : y + side, x : x + side] = np.where(inside[..., None], glass, part)
    rim = np.abs(far - loupe.SIDE / 2 - 14) < 20
    sees(view.canvas, "magnifier", Scene(seen, unseen=rim), view.folder)
    person.page.mouse.up()
    view.shows("magnifier let go")


def the_marks(view: Viewport) -> None:
    """One of every kind, each where it was drawn; then turned with the image."""
    person, mouse = view.person, view.person.page.mouse
    shapes = []
    for key, kind, points in (
        ("l", Kind.LENGTH, ((20, 30), (40, 50))),
        ("q", Kind.RECTANGLE, ((50, 60), (70, 80))),
        ("e", Kind.ELLIPSE, ((80, 60), (104, 84))),
        ("y", Kind.ARROW, ((100, 20), (118, 34))),
        ("a", Kind.ANGLE, ((12, 84), (24, 66), (40, 84))),
        ("p", Kind.PROBE, ((60, 30),)),
        ("t", Kind.TEXT, ((112, 50),)),
    ):
        person.page.keyboard.press(key)
        tool = person.page.get_by_role("button", name=re.compile(rf"\({key}\)$"))
        expect(tool).to_have_attribute("aria-pressed", "true")
        places = [view.at(*point) for point in points]
        mouse.move(*places[0][0])
        mouse.down()
        if len(places) == 2:
            mouse.move(*places[1][0], steps=4)
        mouse.up()
        for there, _ in places[1:] if len(places) == 3 else ():
            mouse.move(*there, steps=4)
            mouse.down()
            mouse.up()
        if kind.worded:
            dialog = person.page.get_by_role("dialog")
            dialog.get_by_label("Text", exact=True).fill("here")
            dialog.get_by_role("button", name="Save").click()
            expect(dialog).to_have_count(0)
        shapes.append(Shape(kind, Slice(0, 0), tuple(point for _, point in places)))
        expect(person.page.locator(".marks g.mark")).to_have_count(len(shapes))
        mouse.move(*view.at(2, 2)[0])
    view.shows("a mark of every kind", strokes=strokes_of(shapes, view.view))
    person.page.keyboard.press("r")
    view.after(Rotate())
    view.shows("marks turned with the image", strokes=strokes_of(shapes, view.view))
    person.page.keyboard.press("0")
    view.after(Reset())


def strokes_of(shapes: list[Shape], view: ViewState) -> tuple[tuple[Point, ...], ...]:
    """The lines of shapes, the last of which is chosen and has its handles."""
    marks = [Mark(shape, Reading(()), selected=shape is shapes[-1]) for shape in shapes]
    svg = annotation_layer.svg(marks, view)
    lines = [
        tuple((float(x), float(y)) for x, y in re.findall(r"([\d.-]+) ([\d.-]+)", stroke))
        for path in STROKE.findall(svg)
        for stroke in path.split("M")[1:]
    ]
    turns = np.linspace(0, 2 * np.pi, 40)
    rings = [
        tuple((float(x) + float(r) * np.cos(t), float(y) + float(r) * np.sin(t)) for t in turns)
        for x, y, r in HANDLE.findall(svg)
    ]
    return (*lines, *rings)


def the_key_image(view: Viewport) -> None:
    """The star puts a small picture of the slice beside the images."""
    view.person.page.keyboard.press("k")
    tile = view.person.page.locator(".key-image img")
    apart = np.abs(sent(tile).astype(np.int16) - view.series.picture(view.view))
    assert (apart > 64).mean() < 0.002  # it is a JPEG


def sent(picture: Locator) -> NDArray[np.uint8]:
    """The greys of an image of the page, before the browser lays it out."""
    expect(picture).to_have_attribute("src", re.compile("^data:image/"))
    encoded = (picture.get_attribute("src") or "").partition("base64,")[2]
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(encoded))).convert("L"))


def test_several_viewports_show_what_belongs_together(chester: Person, tmp_path: Path) -> None:
    page = chester.page
    page.keyboard.press("Shift+Q")
    expect(page.locator(".pane.shown .canvas")).to_have_count(2)
    for one in (viewport(chester, tmp_path),
                viewport(chester, tmp_path, 2, THIN, len(THIN.values) // 2)):  # fmt: skip
        one.shows(f"four places, {one.number}")
    page.keyboard.press("Shift+A")
    planes_and_their_crosshair(chester, tmp_path)
    page.keyboard.press("Shift+A")
    page.reload()
    chester.sees_image()
    a_slab(chester, tmp_path)
    menu(chester, "Planes", "Acquired")
    side_by_side(chester, tmp_path)


def planes_and_their_crosshair(chester: Person, folder: Path) -> None:
    """Drag the crosshair in the axial plane: the others go to where it is."""
    menu(chester, "Planes", "Axial, coronal and sagittal")
    expect(chester.page.locator(".pane.shown .canvas")).to_have_count(4)
    axial = viewport(chester, folder)
    expect(axial.canvas.locator(".lines circle.ring")).to_have_count(1)
    middle, _ = axial.at(64, 48)
    there, (column, row) = axial.at(40.5, 30.5)
    chester.page.mouse.move(*middle)
    chester.page.mouse.down()
    chester.page.mouse.move(*there, steps=4)
    chester.page.mouse.up()
    x, y = int(column), int(row)
    axial.shows("axial", strokes=cross(axial, x, y))
    for number, stack, slice, across in (
        (2, CHEST.sagittal(), x, y),
        (3, CHEST.coronal(), y, x),
    ):
        plane = Viewport(chester, number, CHEST, ViewState.start(stack, slice=slice), folder)
        plane.measured()
        plane.shows(stack.plane, strokes=cross(plane, across, 0))
    taken = viewport(chester, folder, 4)
    taken.shows("as taken beside its planes", strokes=cross(taken, x, y))


def cross(at: Viewport, column: int, row: int) -> tuple[tuple[Point, ...], ...]:
    """Lines through the middle of a pixel, and the ring where they meet."""
    stack, view = at.view.stack, at.view
    x, y = view.on_screen(column + 0.5, row + 0.5)
    turns = np.linspace(0, 2 * np.pi, 40)
    return (
        (view.on_screen(column + 0.5, 0), view.on_screen(column + 0.5, stack.rows)),
        (view.on_screen(0, row + 0.5), view.on_screen(stack.columns, row + 0.5)),
        tuple((x + 7 * np.cos(t), y + 7 * np.sin(t)) for t in turns),
    )


def a_slab(chester: Person, folder: Path) -> None:
    """The brightest of 10 mm, from front to back."""
    menu(chester, "Planes", "Coronal")
    menu(chester, "Planes", "MIP (brightest)")
    coronal = CHEST.coronal()
    slab = Viewport(chester, 1, CHEST, ViewState.start(coronal, slice=coronal.slices // 2), folder)
    slab.measured()
    slab.shows("slab", thick=5)


def side_by_side(chester: Person, folder: Path) -> None:
    """The earlier exam scrolls along."""
    chester.button("Compare with CT 05 February 2024 09:20").click()
    expect(chester.page.locator(".pane.shown .canvas")).to_have_count(2)
    now = viewport(chester, folder, slice=SLICES // 2)  # planes were seen before, in the middle
    before = viewport(chester, folder, 2, PRIOR, SLICES // 2)
    before.shows("before, as it is put there")
    for _ in range(3):
        chester.page.keyboard.press("ArrowDown")
        now.after(Step(1))
        before.after(Step(1))
    now.shows("now")
    before.shows("before")


def test_a_phone_is_filled_by_the_image(
    browser: Browser, chester: Person, served: Served, tmp_path: Path
) -> None:
    context = browser.new_context(
        viewport={"width": PHONE["width"], "height": PHONE["height"]}, has_touch=True,
        is_mobile=True, locale="en-AU", storage_state=chester.context.storage_state(),
    )  # fmt: skip
    person = Person(served, context, context.new_page())
    person.goto(chester.page.url)
    person.sees_image()
    view = viewport(person, tmp_path)
    assert view.view.width == PHONE["width"]
    view.shows("phone")
    context.close()


def test_hidden_details_are_black_on_screen(
    browser: Browser, served: Served, tmp_path: Path
) -> None:
    robin = somebody(browser, served, SIZE)
    robin.sign_in(ROBIN, PASSWORD)
    robin.sees_image()
    view = viewport(robin, tmp_path)
    hidden, shown = (placed(ultrasound_seen(hidden=h), view.view) for h in (True, False))
    sees(view.canvas, "hidden details", Scene(hidden, colour=True), tmp_path)
    assert not judged(hidden, Scene(shown, colour=True)).alike
    robin.context.close()
