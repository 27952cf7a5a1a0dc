"""The download routes as each kind of person meets them."""

from __future__ import annotations

import io
import threading
import time
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import numpy as np
import pytest
import uvicorn
from fastapi import FastAPI
from nicegui.middlewares import RedirectWithPrefixMiddleware, SetCacheControlMiddleware
from starlette.types import ASGIApp

from services.downloads import dicom_files
from services.downloads.counter import Downloads
from services.downloads.turns import Turns
from services.randomness import fingerprint
from services.shares import sharing
from storage.models import SignInSession
from tests.dicom import ct_slice
from tests.factories import House
from tests.journeys.served import free_port, until
from tests.services.traced import STUDY, Taken, traced, traces_in
from ui import gate
from ui.addresses import study_address
from ui.armour import Armour
from ui.routes import downloads
from ui.routes.phones import is_phone
from ui.routes.sending import ends_quietly

IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Mobile/15E148 Safari/604.1"
PIXEL = "Mozilla/5.0 (Linux; Android 15; Pixel 9) Chrome/140.0.0.0 Mobile Safari/537.36"
GALAXY_TAB = "Mozilla/5.0 (Linux; Android 14; SM-X910) Chrome/140.0.0.0 Safari/537.36"
IPAD = "Mozilla/5.0 (iPad; CPU OS 18_0 like Mac OS X) Mobile/15E148 Safari/604.1"
FIREFOX_PHONE = "Mozilla/5.0 (Android 15; Mobile; rv:140.0) Gecko/140.0 Firefox/140.0"
FIREFOX_TABLET = "Mozilla/5.0 (Android 15; Tablet; rv:140.0) Gecko/140.0 Firefox/140.0"
DESKTOP = "Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0 Safari/537.36"
FILES = ("dicom.zip", "pictures.zip", "report", "print.pdf")


@dataclass
class Door:
    """A served portal, and browsers of the people in it."""

    taken: Taken
    url: str
    downloads: Downloads

    def cookie(self, account: int) -> dict[str, str]:
        house = self.taken.house
        value = f"cookie-{house.secrets.token()}"
        signed_in = house.signed_in(account)
        with house.portal.transaction() as tx:
            tx.db.get_one(SignInSession, signed_in.session_id).token_hash = fingerprint(value)
        return {"cookie": f"myimaging_session={value}"}

    def address(self, account: int, file: str) -> str:
        house = self.taken.house
        path = study_address(house.portal, house.access(account, self.taken.study))
        return f"{self.url}{path}/{file}"

    def get(self, account: int, file: str, **headers: str) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        asked = {"user-agent": DESKTOP, **self.cookie(account), **named}
        return httpx.get(self.address(account, file), headers=asked, timeout=30)


@contextmanager
def listening(app: ASGIApp, port: int) -> Iterator[None]:
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="critical", lifespan="off"))
    thread = threading.Thread(target=server.run)
    thread.start()
    until(lambda: server.started, "the server")
    try:
        yield
    finally:
        server.should_exit = True
        thread.join(20)


@pytest.fixture
def door(house: House) -> Iterator[Door]:
    port = free_port()
    house.portal.settings.port = port
    noise = np.random.default_rng(1).integers(0, 4096, (1024, 1024), np.uint16)
    large = ct_slice(
        study=STUDY, number=9, size=1024, patient_id="TRC-ID-90817",
        name="Zwetschke^Quillon^TRC-MIDDLE", born="19470621", PixelData=noise.tobytes(),
    )  # fmt: skip
    taken = traced(house, large)
    gate.install(house.portal)
    outer = FastAPI()
    outer.include_router(downloads.router)
    for middleware in (RedirectWithPrefixMiddleware, SetCacheControlMiddleware):
        outer.add_middleware(middleware)  # as NiceGUI puts around every route
    with listening(Armour(ends_quietly(outer), house.portal), port):
        yield Door(taken, f"http://127.0.0.1:{port}", gate.house().downloads)


def test_a_patient_gets_a_zip_that_nobody_keeps(door: Door) -> None:
    answer = door.get(door.taken.owner, "dicom.zip")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/zip"
    assert answer.headers["cache-control"] == "no-store"
    name = "ZWETSCHKE_Quillon_TRC-MIDDLE_-_CT_03_October_2026_09.20_DICOM.zip"
    assert answer.headers["content-disposition"] == f"attachment; filename*=UTF-8''{name}"
    with zipfile.ZipFile(io.BytesIO(answer.content)) as packed:
        assert "DICOMDIR" in packed.namelist()
    until(lambda: door.downloads.turns.running == 0, "the turn to be given back")


def test_a_print_opens_in_the_browser(door: Door) -> None:
    answer = door.get(door.taken.owner, "print.pdf?images=4&texts=0")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"].startswith("inline;")
    assert answer.content.startswith(b"%PDF")


@pytest.mark.parametrize("file", FILES)
def test_nobody_is_led_to_the_log_in_page(door: Door, file: str) -> None:
    address = door.address(door.taken.owner, file)
    answer = httpx.get(address, headers={"user-agent": DESKTOP})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/login")


@pytest.mark.parametrize("file", FILES)
def test_anothers_address_leads_nowhere(door: Door, file: str) -> None:
    stranger = door.taken.house.account()
    for owner in (door.taken.owner, door.taken.guest(hide_details=True)):
        address = door.address(owner, file)
        answer = httpx.get(address, headers={"user-agent": DESKTOP, **door.cookie(stranger)})
        assert answer.status_code == 404
        assert traces_in(answer.content) == []


@pytest.mark.parametrize("file", FILES)
def test_who_may_only_look_is_told_so_on_a_page(door: Door, file: str) -> None:
    answer = door.get(door.taken.guest(may_download=False), file)
    assert answer.status_code == 403
    assert "did not allow downloading and printing" in answer.text
    assert "<h1>This download is not possible</h1>" in answer.text
    glass = door.taken.house.account(kind="breakglass")
    door.taken.house.link(
        glass, door.taken.house.access(door.taken.owner, door.taken.study).patient_id
    )
    assert door.get(glass, file).status_code == 403


@pytest.mark.parametrize("file", ["dicom.zip", "pictures.zip", "print.pdf"])
def test_a_hidden_guest_gets_no_name_in_headers_or_bytes(door: Door, file: str) -> None:
    answer = door.get(door.taken.guest(hide_details=True), file)
    assert answer.status_code == 200
    assert traces_in(answer.content) == []
    assert traces_in(repr(answer.headers).encode()) == []
    assert "''exam-" in answer.headers["content-disposition"]


@pytest.mark.parametrize("file", FILES)
def test_a_phone_is_refused(door: Door, file: str) -> None:
    for headers in ({"user_agent": IPHONE}, {"user_agent": PIXEL}, {"sec_ch_ua_mobile": "?1"}):
        answer = door.get(door.taken.owner, file, **headers)
        assert answer.status_code == 403
        assert "not available on a phone" in answer.text


def test_phones_are_told_from_tablets_and_computers() -> None:
    for agent in (IPHONE, PIXEL, FIREFOX_PHONE):
        assert is_phone({"user-agent": agent})
    for agent in (IPAD, GALAXY_TAB, FIREFOX_TABLET, DESKTOP, ""):
        assert not is_phone({"user-agent": agent})
    assert not is_phone({"user-agent": GALAXY_TAB, "sec-ch-ua-mobile": "?0"})


def test_another_sites_page_starts_no_download(door: Door) -> None:
    answer = door.get(door.taken.owner, "dicom.zip", sec_fetch_site="cross-site")
    assert answer.status_code == 403
    assert door.taken.house.recorded("exam.downloaded") == []


def test_where_there_is_no_report_a_page_says_so(door: Door) -> None:
    answer = door.get(door.taken.owner, "report")
    assert answer.status_code == 404
    assert "There is no report" in answer.text


def test_too_many_at_once_are_refused_with_a_sentence(door: Door) -> None:
    door.downloads.turns = Turns(at_once=0)
    answer = door.get(door.taken.owner, "dicom.zip")
    assert answer.status_code == 429
    assert "Please try again in a few minutes" in answer.text


def test_a_download_on_its_way_is_cut_within_a_second_of_its_end(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The exam's objects are sent thousands of times over, so that it would take long."""
    found = dicom_files._instances
    monkeypatch.setattr(dicom_files, "_instances", lambda p, a: found(p, a) * 5000)
    guest = door.taken.guest()
    headers = {"user-agent": DESKTOP, **door.cookie(guest)}
    with httpx.stream("GET", door.address(guest, "dicom.zip"), headers=headers) as answer:
        pieces = answer.iter_raw()
        got = len(next(pieces))
        access = door.taken.house.access(guest, door.taken.study)
        sharing.end(door.taken.house.portal, door.taken.owner, access.bases[0].number)
        ended = time.monotonic()
        with pytest.raises(httpx.RemoteProtocolError):
            got += sum(map(len, pieces))
        assert time.monotonic() - ended < 1
    assert got < 100_000_000
    until(lambda: door.downloads.turns.running == 0, "the turn to be given back")


def test_who_goes_away_gives_the_turn_back(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    found = dicom_files._instances
    monkeypatch.setattr(dicom_files, "_instances", lambda p, a: found(p, a) * 500)
    headers = {"user-agent": DESKTOP, **door.cookie(door.taken.owner)}
    address = door.address(door.taken.owner, "dicom.zip")
    with httpx.stream("GET", address, headers=headers) as answer:
        next(answer.iter_raw())
        assert door.downloads.turns.running == 1
    until(lambda: door.downloads.turns.running == 0, "the turn to be given back")
