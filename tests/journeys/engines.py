"""Browsers of other makers, driven by WebDriver: Firefox by Marionette, WebKit by Selenium."""

from __future__ import annotations

import base64
import io
import os
import shutil
import subprocess
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from marionette_driver.marionette import ActionSequence, Marionette
from PIL import Image
from selenium.webdriver import WebKitGTK, WebKitGTKOptions
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.actions.wheel_input import ScrollOrigin
from selenium.webdriver.webkitgtk.service import Service

from tests.journeys.served import free_port, until

SIZE = (1440, 900)
NAMED = "[@aria-label={0} or normalize-space(.)={0} or .//*[normalize-space(text())={0}]]"


class Engine(ABC):
    """A browser with one window. Elements are those of its driver; both drivers' are alike."""

    name: str

    @abstractmethod
    def goto(self, url: str) -> None:
        """Type an address."""

    @property
    @abstractmethod
    def url(self) -> str:
        """The address of the page."""

    @property
    @abstractmethod
    def content(self) -> str:
        """The page as it is now."""

    @abstractmethod
    def all(self, xpath: str) -> list[Any]:
        """Elements of the page."""

    @abstractmethod
    def wheel(self, element: Any, steps: int) -> None:
        """Turn the wheel over an element, towards oneself."""

    @abstractmethod
    def press(self, keys: str) -> None:
        """Press keys where the focus is."""

    @abstractmethod
    def photograph(self, element: Any) -> bytes:
        """A PNG of an element."""

    @property
    @abstractmethod
    def focused(self) -> Any:
        """The element that has the focus."""

    def seen(self, xpath: str) -> Any:
        """The first such element on screen, waited for."""

        def there() -> Any:
            return next((one for one in self._still(xpath)), None)

        return until(there, f"{xpath} in {self.name}")

    def gone(self, xpath: str) -> None:
        """Wait until no such element is on screen."""
        until(lambda: not self._still(xpath), f"the end of {xpath} in {self.name}")

    def text(self, text: str) -> Any:
        """The innermost element that says this."""
        return self.seen(f"//body//*[contains(text(), {_quoted(text)})]")

    def button(self, name: str, within: str = "") -> Any:
        """The button, menu item or link with this name."""
        either = "self::button or self::a or @role='menuitem' or @role='button'"
        return self.seen(f"{within}//*[{either}]" + NAMED.format(_quoted(name)))

    def press_button(self, name: str, within: str = "") -> None:
        """Press it, once it is where it stays and may be pressed."""
        until(lambda: self._clicked(name, within), f"a click on {name} in {self.name}")

    def still(self, xpath: str) -> Any:
        """The first such element once it has come to rest: what fades in also moves."""
        places: list[Any] = []

        def resting() -> Any:
            places.append(self.seen(xpath).rect)
            return len(places) > 1 and places[-1] == places[-2] and self.seen(xpath)

        return until(resting, f"{xpath} to rest in {self.name}")

    def field(self, label: str, within: str = "") -> Any:
        """The field with this label."""
        return self.seen(f"{within}//input[@aria-label={_quoted(label)}]")

    def grey(self, element: Any) -> int:
        """The grey in the middle of an element as it is on screen, 0 to 255."""
        with Image.open(io.BytesIO(self.photograph(element))) as picture:
            small = picture.convert("L")
            return int(small.getpixel((small.width // 2, small.height // 2)))  # type: ignore[arg-type]

    def _clicked(self, name: str, within: str) -> bool:
        try:
            button = self.button(name, within)
            place = button.rect
            again = self.button(name, within)
            if not again.is_enabled() or again.rect != place:
                return False
            again.click()
        except Exception as error:  # both drivers have a family of their own for "not yet"
            if any(word in type(error).__name__ for word in ("Stale", "Intercept", "Interactable")):
                return False
            raise
        return True

    def _still(self, xpath: str) -> list[Any]:
        shown = []
        for one in self.all(xpath):
            try:
                if one.is_displayed():
                    shown.append(one)
            except Exception as error:
                if "Stale" not in type(error).__name__ and "Detached" not in type(error).__name__:
                    raise
        return shown


class Firefox(Engine):
    """Debian's `firefox-esr`, by Marionette."""

    name = "Firefox"

    def __init__(self, driver: Marionette) -> None:
        self._driver = driver

    def goto(self, url: str) -> None:
        """Type an address."""
        self._driver.navigate(url)

    @property
    def url(self) -> str:
        """The address of the page."""
        return str(self._driver.get_url())

    @property
    def content(self) -> str:
        """The page as it is now."""
        return str(self._driver.page_source)

    @property
    def focused(self) -> Any:
        """The element that has the focus."""
        return self._driver.get_active_element()

    def all(self, xpath: str) -> list[Any]:
        """Elements of the page."""
        return list(self._driver.find_elements("xpath", xpath))

    def wheel(self, element: Any, steps: int) -> None:
        """Turn the wheel over an element, towards oneself."""
        for _ in range(steps):
            turn = ActionSequence(self._driver, "wheel", "wheel")
            turn.scroll(0, 0, 0, 120, origin=element).perform()

    def press(self, keys: str) -> None:
        """Press keys where the focus is."""
        ActionSequence(self._driver, "key", "keyboard").send_keys(keys).perform()

    def photograph(self, element: Any) -> bytes:
        """A PNG of an element."""
        return base64.b64decode(self._driver.screenshot(element=element))


class WebKit(Engine):
    """The engine of iPad and iPhone: Debian's `webkit2gtk-driver`, by Selenium."""

    name = "WebKit"

    def __init__(self, driver: WebKitGTK) -> None:
        self._driver = driver

    def goto(self, url: str) -> None:
        """Type an address."""
        self._driver.get(url)

    @property
    def url(self) -> str:
        """The address of the page."""
        return self._driver.current_url

    @property
    def content(self) -> str:
        """The page as it is now."""
        return self._driver.page_source

    @property
    def focused(self) -> Any:
        """The element that has the focus."""
        return self._driver.switch_to.active_element

    def all(self, xpath: str) -> list[Any]:
        """Elements of the page."""
        return list(self._driver.find_elements("xpath", xpath))

    def wheel(self, element: Any, steps: int) -> None:
        """Turn the wheel over an element, towards oneself."""
        for _ in range(steps):
            origin = ScrollOrigin.from_element(element)
            ActionChains(self._driver).scroll_from_origin(origin, 0, 120).perform()

    def press(self, keys: str) -> None:
        """Press keys where the focus is."""
        ActionChains(self._driver).send_keys(keys).perform()

    def photograph(self, element: Any) -> bytes:
        """A PNG of an element."""
        return bytes(element.screenshot_as_png)


@contextmanager
def firefox(folder: Path) -> Iterator[Engine]:
    """A Firefox with a fresh profile and no window on any screen."""
    driver = Marionette(
        bin=shutil.which("firefox-esr"), headless=True, port=free_port(), workspace=str(folder),
        gecko_log=str(folder / "firefox.log"), startup_timeout=120,
        app_args=["--width", str(SIZE[0]), "--height", str(SIZE[1])],
        prefs={"intl.accept_languages": "en-AU, en", "network.proxy.type": 0},
    )  # fmt: skip
    driver.start_session()
    try:
        driver.timeout.page_load = 60
        driver.set_window_rect(width=SIZE[0], height=SIZE[1])
        yield Firefox(driver)
    finally:
        driver.quit(in_app=False)
        driver.cleanup()


@contextmanager
def webkit(folder: Path) -> Iterator[Engine]:
    """A WebKit on a screen of its own, which nobody looks at."""
    with screen() as display:
        environment = {
            **os.environ,
            "DISPLAY": display,
            "GDK_BACKEND": "x11",
            "LANG": "en_AU.UTF-8",
        }
        environment["WEBKIT_DISABLE_DMABUF_RENDERER"] = "1"  # there is no graphics card
        options = WebKitGTKOptions()
        options.binary_location = str(mini_browser())
        options.add_argument("--automation")
        service = Service(
            executable_path=shutil.which("WebKitWebDriver"), env=environment,
            log_output=str(folder / "webkit.log"),
        )  # fmt: skip
        driver = WebKitGTK(options=options, service=service)
        try:
            driver.set_page_load_timeout(60)
            driver.set_window_rect(0, 0, *SIZE)
            yield WebKit(driver)
        finally:
            driver.quit()


def mini_browser() -> Path | None:
    """WebKit's own small browser, which its driver drives."""
    return next(Path("/usr/lib").glob("*/webkit2gtk-4.*/MiniBrowser"), None)


@contextmanager
def screen() -> Iterator[str]:
    """A screen in memory; its name."""
    reading, writing = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1600x1200x24", "-nolisten", "tcp"],
        pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            yield f":{told.readline().strip()}"
    finally:
        server.terminate()
        server.wait(15)


def _quoted(text: str) -> str:
    return f"'{text}'" if "'" not in text else f'"{text}"'
