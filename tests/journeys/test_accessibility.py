"""WCAG 2.2 A and AA at every place: what axe finds, where the focus is, what a narrow page hides.

All places of one run are in one portal, and people stay signed in from place to place.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import ViewportSize, expect

from services.glass.application_form import Form, submit
from services.opening import open_portal
from services.settings import Settings
from tests.factories import PASSWORD
from tests.journeys import focus, reflow
from tests.journeys.conftest import CHESTER, GLASS, Someone
from tests.journeys.people import DESKTOP, PHONE, Person
from tests.journeys.served import Served, free_port, link_in, serving
from tests.journeys.test_account_journey import turn_app_on
from tests.journeys.test_measuring_journey import at, drag, listed
from tests.journeys.test_staff_desk_journey import ADMIN, AUDITOR, file_report, furnish

pytestmark = pytest.mark.journey
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
AT_REST = """() => document.getAnimations().every(
    (a) => a.playState !== "running" || a.effect.getTiming().iterations === Infinity)"""
# over short pages axe reads the page's ground behind buttons that have a colour of their
# own; the same buttons are judged in every other dialog
MISREAD = dict.fromkeys(
    ("one-time password", "password again", "authenticator app", "Report"), "color-contrast"
)
Place = Callable[[Person], None]
SIGNED_IN: dict[tuple[str, str], list[SetCookieParam]] = {}
CLEARNESS: dict[str, float] = {}
NARROW: tuple[ViewportSize, ...] = (
    {"width": 320, "height": 640},  # 1.4.10, reflow
    {"width": 640, "height": 512},  # a usual screen at 200 %: 1.4.4
)
FORM = Form(
    "Dr Ines Caldeira", "ines.caldeira@islands.example", "+61 491 570 156", "5160447K",
    "Harbour Street Practice", "On call for the island hospital's emergency room.", declared=True,
)  # fmt: skip
# in the dark everything but the colours is as it was
SCHEMES: tuple[tuple[Literal["light", "dark"], dict[str, list[str]]], ...] = (
    ("light", RULES), ("dark", {"runOnly": ["color-contrast", "link-in-text-block"]}),
)  # fmt: skip


def faults(person: Person, rules: dict[str, list[str]] = RULES) -> list[str]:
    """What axe finds serious or critical: the rule, and where."""
    person.page.wait_for_function(AT_REST)  # what is still fading in has too little contrast
    # what a dialog covers cannot be reached while it is open, and is dimmed on purpose
    dialog = "[role=dialog]" if person.page.get_by_role("dialog").count() else None
    found = Axe().run(person.page, context=dialog, options=rules).response["violations"]
    return [
        f"{violation['id']}: {violation['help']}: {node['html'][:160]}: "
        f"{node['failureSummary'][:200]}"
        for violation in found
        if violation["impact"] in ("serious", "critical")
        for node in violation["nodes"]
    ]


def clearness(person: Person, stop: focus.Stop) -> float:
    """How clearly one sees the focus there; of each kind of control looked at once a run."""
    if stop.kind not in CLEARNESS:
        CLEARNESS[stop.kind] = focus.clearness(person, stop)
    return CLEARNESS[stop.kind]


def public(path: str) -> Place:
    return lambda person: person.goto(path)


def enter(person: Person, email: str, path: str = "/") -> None:
    """Go there signed in; the password is asked for once a run, not once a place."""
    key = person.served.url, email
    if key in SIGNED_IN:
        person.context.add_cookies(SIGNED_IN[key])
        person.goto(path)
        return
    person.sign_in(email, PASSWORD)
    SIGNED_IN[key] = person.context.cookies()  # type: ignore[assignment]
    if path != "/":
        person.goto(path)


def one_time_password(person: Person) -> None:
    person.log_in(CHESTER, PASSWORD)
    person.sees("Please enter this password")


def invitation(person: Person) -> None:
    share(person)
    person.goto(link_in(person.served.next_mail("rooms@practice.example", 0)))
    person.sees("You are invited")


def prompts(person: Person) -> None:
    invitation(person)
    person.button("Create my guest account").click()
    person.sees("Set up your account")


def signed_in(path: str) -> Place:
    return lambda person: enter(person, CHESTER, path)


def password_again(person: Person) -> None:
    person.sign_in(CHESTER, PASSWORD)
    person.goto("/account")
    person.button("Use an authenticator app").click()
    person.sees("You are changing how you log in")


def authenticator_app(person: Person) -> None:
    password_again(person)
    again = person.page.get_by_role("dialog")
    again.get_by_label("Password", exact=True).fill(PASSWORD)
    again.get_by_role("button", name="Continue").click()
    expect(again.get_by_role("heading", name="Authenticator app")).to_be_visible()


def new_address(person: Person) -> None:
    person.sign_in(CHESTER, PASSWORD)
    person.goto("/account")
    person.button("Change: Email address").click()
    again = person.page.get_by_role("dialog")
    again.get_by_label("Password", exact=True).fill(PASSWORD)
    again.get_by_role("button", name="Continue").click()
    expect(person.field("New email address")).to_be_visible()


def recovery_codes(person: Person) -> None:
    person.sign_in(AUDITOR, PASSWORD)  # whom no other place signs in
    turn_app_on(person)


def menu(button: str) -> Place:
    """The viewer with one of its menus open."""

    def there(person: Person) -> None:
        viewer(person)
        person.button(button).click()
        expect(person.page.get_by_role("menu")).to_be_visible()

    return there


def shortcuts(person: Person) -> None:
    viewer(person)
    person.page.keyboard.press("?")
    person.sees("Draw with keys")


def large_report(person: Person) -> None:
    viewer(person)
    person.button("Read large").click()
    expect(person.page.get_by_role("dialog", name="Report")).to_be_visible()


def viewer(person: Person) -> None:
    enter(person, CHESTER)
    person.sees_image()


def download_dialog(person: Person) -> None:
    viewer(person)
    person.button("Download and print").click()
    person.page.get_by_role("menuitem", name="Pictures").click()
    expect(person.page.get_by_role("link", name="Download")).to_be_visible()


def share_dialog(person: Person) -> None:
    viewer(person)
    person.button("Share").click()
    person.page.get_by_role("menuitem", name="Share exam").click()
    person.page.get_by_role("dialog").get_by_role("button", name="Sharing options").click()
    person.sees("Hide patient details")


def share(person: Person) -> None:
    share_dialog(person)
    dialog = person.page.get_by_role("dialog")
    dialog.get_by_label("Email address").fill("rooms@practice.example")
    understood = dialog.get_by_role("checkbox").last
    understood.click()
    expect(understood).to_be_checked()
    dialog.get_by_role("button", name="Next").click()
    expect(dialog.get_by_text("will be available until")).to_be_visible()


def manage_dialog(person: Person) -> None:
    share(person)
    person.page.get_by_role("dialog").get_by_role("button", name="Done").click()
    person.button("Share").click()
    person.page.get_by_role("menuitem", name="Manage existing sharing").click()
    person.sees("Shared with")


def change_share(person: Person) -> None:
    share(person)
    person.goto("/sharing")
    person.page.wait_for_load_state("networkidle")
    person.page.get_by_role("button", name="Change the share with").first.click()
    expect(person.page.get_by_role("dialog", name="Change this share")).to_be_visible()


def padlock(path: str) -> Place:
    return lambda person: enter(person, GLASS, path)


def search(person: Person) -> None:
    person.sign_in(GLASS, PASSWORD)  # the glass is broken for this session only
    person.break_glass(PASSWORD)
    person.search_patient("okafor", "Matilda", "22/07/1983")
    person.sees("OKAFOR, Matilda")


def review(person: Person) -> None:
    """An emergency access that an administrator has to review."""
    search(person)
    enter(person, ADMIN, "/staff/break-glass")
    person.page.locator("tbody a").first.click()
    person.sees("Save the outcome")


def looking(person: Person) -> None:
    viewer(person)
    expect(person.page.locator(".corner.br")).to_contain_text("Zoom")


def measured(person: Person) -> None:
    looking(person)
    for count, (tool, top) in enumerate((("l", 30), ("e", 60)), 1):
        person.page.keyboard.press(tool)
        drag(person, (40, top), (90, top + 20))
        expect(listed(person)).to_have_count(count)


def text_prompt(person: Person) -> None:
    looking(person)
    person.page.keyboard.press("t")
    person.page.mouse.click(*at(person, 64, 64))
    expect(person.page.get_by_role("dialog")).to_be_visible()


def compared(person: Person) -> None:
    viewer(person)
    person.button("Compare with CT 05 February 2024 09:20").click()
    expect(person.page.locator(".canvas")).to_have_count(2)
    person.page.keyboard.press("Shift+Q")
    expect(person.page.locator(".pane.shown")).to_have_count(4)


def exam_information(person: Person) -> None:
    viewer(person)
    person.button("Exam information").click()
    person.sees("Patient's Name (0010,0010)")


def explanations(person: Person) -> None:
    viewer(person)
    person.page.locator(".side").get_by_role("button", name="What am I looking at?").click()
    person.sees("your doctor will explain")


def desk(path: str, *steps: str) -> Place:
    """A page of the staff desk; each step clicks the first link of its table."""

    def there(person: Person) -> None:
        enter(person, ADMIN, path)
        for _ in steps:
            person.page.locator("tbody a").first.click()
            person.page.locator(".back").wait_for()

    return there


PLACES: dict[str, Place] = {
    "log in": public("/login"),
    "forgot": public("/forgot"),
    "support": public("/support"),
    "application": public("/apply"),
    "no such page": public("/no/such/page"),
    "dead link": public("/setup?link=none"),
    "one-time password": one_time_password,
    "invitation": invitation,
    "set-up": prompts,
    "no such question": public("/apply/answer?link=none"),
    "exams": signed_in("/studies"),
    "sharing": signed_in("/sharing"),
    "looks": signed_in("/looks"),
    "password": signed_in("/password"),
    "account": signed_in("/account"),
    "password again": password_again,
    "authenticator app": authenticator_app,
    "recovery codes": recovery_codes,
    "new address": new_address,
    "no such exam": signed_in("/study/aaaaaaaaaaaaaaaaaaaaaaaaaa"),
    "viewer": viewer,
    "account menu": menu("Account"),
    "window menu": menu("Window presets"),
    "keyboard shortcuts": shortcuts,
    "report": large_report,
    "several viewports": compared,
    "exam information": exam_information,
    "explanations": explanations,
    "measurements": measured,
    "text on an image": text_prompt,
    "share dialog": share_dialog,
    "download dialog": download_dialog,
    "confirmation": share,
    "manage sharing": manage_dialog,
    "changing a share": change_share,
    "break glass": padlock("/break-glass"),
    "renewing the right": padlock("/break-glass/renew"),
    "search": search,
    "desk": desk("/staff"),
    "desk accounts": desk("/staff/accounts"),
    "desk account": desk("/staff/accounts?sort=email", "one"),
    "desk new account": desk("/staff/new-account"),
    "desk patients": desk("/staff/patients?mark=doubt"),
    "desk patient": desk("/staff/patients?mark=doubt", "one"),
    "desk exams": desk("/staff/exams"),
    "desk exam": desk("/staff/exams", "one"),
    "desk quarantine": desk("/staff/quarantine"),
    "desk messages": desk("/staff/messages"),
    "desk applications": desk("/staff/applications"),
    "desk application": desk("/staff/applications", "one"),
    "desk break-glass": desk("/staff/break-glass"),
    "desk review": review,
    "desk audit": desk("/staff/audit"),
    "desk system": desk("/staff/system"),
}


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The journeys' portal, with a report, and with something to do at the staff desk."""
    data, port = tmp_path_factory.mktemp("places") / "data", free_port()
    furnish(data, port)
    file_report(data)
    portal = open_portal(Settings(_env_file=None, data_dir=data))
    submit(portal, FORM, "")
    portal.database.close()
    with serving(data, port) as running:
        yield running


@pytest.mark.parametrize("place", PLACES)
def test_a_place_is_for_everybody(served: Served, someone: Someone, place: str) -> None:
    """Axe finds nothing in light and in dark, and one sees where the focus is, once around."""
    person = someone(DESKTOP)
    PLACES[place](person)
    person.page.wait_for_load_state("networkidle")
    person.page.emulate_media(reduced_motion="reduce")
    assert reflow.restless(person.page) == []
    misread = MISREAD.get(place, "nothing")
    for scheme, rules in SCHEMES:
        person.page.emulate_media(color_scheme=scheme)
        expect(person.page.locator(f"body.body--{scheme}")).to_be_visible()
        found = [fault for fault in faults(person, rules) if not fault.startswith(misread)]
        assert found == [], scheme
    if person.page.get_by_role("menu").count():  # the tab key leaves it
        return
    if person.page.get_by_role("dialog").count():
        person.page.wait_for_function("!document.activeElement.closest('.nicegui-content')")
    stops = [(stop, clearness(person, stop)) for stop in focus.stops(person.page)]
    assert stops
    assert [stop.name for stop, _ in stops if not stop.reachable] == []
    assert [stop.name for stop, _ in stops if not stop.name] == []
    assert [(stop.name, clear) for stop, clear in stops if clear < 1] == []
    for size in NARROW:
        person.page.set_viewport_size(size)
        assert reflow.hidden(person.page) == [], size


@pytest.mark.parametrize(
    "button", ["Priors", "Report", "Notes", "Actions", "What am I looking at?"]
)
def test_axe_finds_nothing_serious_on_a_phone(
    served: Served, someone: Someone, button: str
) -> None:
    person = someone(PHONE, touch=True)
    viewer(person)
    assert faults(person) == []
    person.button(button).first.click()
    opened = person.page.get_by_role("group", name="Actions")
    expect(person.page.get_by_role("dialog").or_(opened).first).to_be_visible()
    misread = MISREAD.get(button, "nothing")
    assert [fault for fault in faults(person) if not fault.startswith(misread)] == []
