"""Logs tell what the portal does, never about whom."""

from __future__ import annotations

import logging
import subprocess
import sys
import warnings
from collections.abc import Iterator

import pytest
import structlog
from structlog.testing import capture_logs

from services import logs
from services.desk import audit_desk
from services.downloads.permit import Permit
from services.errors import PortalError
from services.messaging import delivery
from services.messaging.mailing import SmtpTransport
from services.signing_in import login
from tests.factories import PASSWORD, QUICK_HASH, House, closed_port
from ui.addresses import exam_at, study_address

EMAIL, NAME = "chester.frenchie@x.example", "Chester Frenchie"


@pytest.fixture(autouse=True)
def configured_only_here() -> Iterator[None]:
    with warnings.catch_warnings():
        yield
    structlog.reset_defaults()
    logging.getLogger("pydicom").setLevel(logging.NOTSET)


def test_a_line_tells_time_level_and_event_as_keys_and_values(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure()
    structlog.get_logger().warning("message not delivered", message=7)
    line = capsys.readouterr().err
    assert line.startswith("timestamp='20")
    assert "level='warning' event='message not delivered' message=7" in line


def test_values_that_the_dicom_library_dislikes_are_not_told() -> None:
    disliked = (
        "from services import logs; from pydicom.dataset import Dataset; {first}; "
        "Dataset().add_new('PatientSex', 'CS', 'chester frenchie')"
    )

    def told(first: str) -> str:
        command = [sys.executable, "-c", disliked.format(first=first)]
        return subprocess.run(command, capture_output=True, text=True, check=True).stderr

    assert "frenchie" in told("pass")
    assert told("logs.configure()") == ""


def test_debugging_lines_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure()
    structlog.get_logger().debug("every little thing")
    assert capsys.readouterr().err == ""


def test_an_unexpected_error_is_told_by_its_kind_and_place_without_its_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    logs.configure()
    try:
        try:
            raise KeyError(NAME)
        except KeyError as cause:
            raise RuntimeError(f"{NAME} is nowhere") from cause
    except RuntimeError:
        structlog.get_logger().exception("round failed")
    line = capsys.readouterr().err
    assert "RuntimeError at test_logs.py:" in line
    assert "KeyError at test_logs.py:" in line
    assert "Frenchie" not in line


def test_what_libraries_log_of_an_error_is_one_line_without_its_words() -> None:
    lines = logs.Lines("%(message)s")
    try:
        raise ValueError(f"no number: {NAME}")
    except ValueError as error:
        told = (error, f"Task failed\nfuture: {error!r}", sys.exc_info())
    for message in told[:2]:
        record = logging.LogRecord("asyncio", logging.ERROR, "", 1, message, None, told[2])  # type: ignore[arg-type]
        line = lines.format(record)
        assert "ValueError at test_logs.py:" in line
        assert "Frenchie" not in line
        assert "\n" not in line


def test_nothing_in_the_logs_says_who_signs_in_or_with_what(
    house: House, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    house.account(EMAIL, "patient", name=NAME, password_hash=QUICK_HASH)
    with capture_logs() as lines:
        challenge = login.begin(house.portal, EMAIL, PASSWORD, "browser")
        for attempt in (
            lambda: login.begin(house.portal, EMAIL, "wrong-" + PASSWORD, "browser"),
            lambda: login.confirm(house.portal, challenge.attempt, "WRONG234", "browser"),
        ):
            with pytest.raises(PortalError):
                attempt()
        dead = SmtpTransport(f"smtp://127.0.0.1:{closed_port()}", timeout=5)
        delivery.mail_courier(house.portal, dead).round()
    assert [line["event"] for line in lines] == ["message not delivered"]
    told = f"{lines} {caplog.text}"
    for secret in (EMAIL, NAME, "chester", PASSWORD, house.secrets.codes[-1], challenge.attempt):
        assert secret.lower() not in told.lower()


def test_refused_access_is_told_by_who_asked_never_for_whose(house: House) -> None:
    owner, _, study = house.owner_with_exam()
    address = study_address(house.portal, house.access(owner, study)).removeprefix("/study/")
    stranger = house.account()
    guest = house.account("one@x.example")
    house.share(owner, study, "one@x.example", may_download=False)
    clinician = house.account(kind="staff", role="clinician")
    told = []
    with capture_logs() as lines:
        for what, ask in (
            ("the address of an exam", lambda: exam_at(house.portal, stranger, address)),
            ("to take an exam away", lambda: Permit(
                house.portal, house.signed_in(guest), house.access(guest, study))),
            ("the task: see audit", lambda: audit_desk.chain(house.portal, clinician)),
        ):  # fmt: skip
            with pytest.raises(PortalError):
                ask()
            told.append(what)
    assert [line["what"] for line in lines if line["event"] == "access refused"] == told
    assert [line["account"] for line in lines] == [stranger, guest, clinician]
    assert address not in str(lines)
