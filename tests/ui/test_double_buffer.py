"""Two pictures, one behind the other: what is prepared comes forward without being loaded again."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from nicegui import Client, ui
from nicegui.element import Element
from nicegui.page import page

from ui.components.viewer.direct import Direct
from ui.components.viewer.double_buffer import TURNED, DoubleBuffer
from ui.components.viewer.pictures import NOTHING_YET


class Page:
    """An element with a double buffer in it, and what was told of loading."""

    def __init__(self) -> None:
        self.told: list[str] = []
        self.around: Element = ui.element("div")
        client = self.around.client
        self.buffer = DoubleBuffer(
            Direct(client),
            self.around,
            self._shown,
            lambda: self.told.append("prepared"),
        )

    def _shown(self, pictures: int) -> None:
        self.told += ["shown"] * pictures

    @property
    def sources(self) -> list[str | None]:
        """Of the two pictures, the one in front first."""
        both = [e.props.get("src") for e in self.around.default_slot.children]
        return both[::-1] if TURNED in self.around.props else both

    def load(self, place: int) -> None:
        """The browser has loaded the picture in front (0) or behind (1)."""
        turned = TURNED in self.around.props
        self.buffer._loaded(1 - place if turned else place)


@pytest.fixture
def there() -> Iterator[Page]:
    with Client(page("/"), request=None):
        yield Page()


def test_what_was_prepared_is_turned_forward(there: Page) -> None:
    assert there.buffer.show("one")
    there.load(0)
    assert there.buffer.prepare("two")
    assert there.sources == ["one", "two"]
    there.load(1)
    assert not there.buffer.show("two")
    assert there.sources == ["two", "one"]
    assert there.buffer.prepare("three")
    there.load(1)
    assert not there.buffer.show("three")
    assert there.sources == ["three", "two"]
    assert there.told == ["shown", "prepared", "prepared"]


def test_what_is_not_loaded_yet_does_not_come_forward(there: Page) -> None:
    there.buffer.show("one")
    there.buffer.prepare("two")
    assert there.buffer.show("two")
    assert there.sources == ["two", "two"]


def test_what_is_on_screen_or_behind_it_is_not_loaded_again(there: Page) -> None:
    there.buffer.show("one")
    assert not there.buffer.show("one")
    assert not there.buffer.prepare("one")
    assert there.buffer.prepare("two")
    assert not there.buffer.prepare("two")


def test_a_picture_that_loads_late_tells_what_it_was_for(there: Page) -> None:
    there.buffer.show("one")
    there.load(0)
    there.buffer.prepare("two")
    there.load(1)
    there.buffer.show("one, without loss")
    there.buffer.show("two")
    there.load(1)  # of what was on screen when it was asked for
    assert there.told == ["shown", "prepared", "shown"]


def test_pictures_whose_place_another_took_are_waited_for_no_more(there: Page) -> None:
    there.buffer.show("one")
    there.buffer.show("two")
    there.load(0)  # a browser tells of the last one only, if the first was not loaded by then
    assert there.told == ["shown", "shown"]
    there.load(0)  # or of both
    assert there.told == ["shown", "shown"]


def test_nothing_stays_behind_that_may_not_be_seen_any_more(there: Page) -> None:
    there.buffer.show("one")
    there.buffer.prepare("two")
    there.buffer.clear_back()
    assert there.sources == ["one", NOTHING_YET]
    there.load(1)
    assert there.told == []


def test_what_the_browser_may_not_have_yet_is_taken_back(there: Page) -> None:
    client, pictures = there.around.client, there.buffer._pictures
    for element in (*pictures, there.around):
        client.outbox.enqueue_message(
            "run_javascript", {"code": f'return runMethod({element.id}, "x", [])'}, client.id
        )
    client.outbox.message_history.append((0, 0.0, client.outbox.messages.popleft()))
    there.buffer.close()
    kept = [message[2]["code"] for message in client.outbox.messages]
    assert kept == ["", f'return runMethod({there.around.id}, "x", [])']
    assert client.outbox.message_history[0][2][2]["code"] == ""
