"""The commands scripts and people rely on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import OperationalError
from typer.testing import CliRunner

from main import cli
from services.intake import ingest
from services.intake.ingest import Fate, Outcome
from tests.dicom import as_bytes, ct_slice
from tests.factories import closed_port

runner = CliRunner()
PASSWORD = "seven-quiet-lanterns"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("MYIMAGING_DATA_DIR", str(tmp_path / "data"))
    return tmp_path


def run(*arguments: str, typed: str = "") -> tuple[int, str]:
    result = runner.invoke(cli, arguments, input=typed)
    return result.exit_code, result.output


def test_import_tells_what_was_stored(folder: Path) -> None:
    (folder / "1.dcm").write_bytes(as_bytes(ct_slice()))
    code, told = run("import", str(folder / "1.dcm"))
    assert code == 0
    assert "stored" in told


def test_import_fails_when_something_went_to_quarantine(folder: Path) -> None:
    (folder / "letter.txt").write_text("Dear doctor")
    code, told = run("import", str(folder / "letter.txt"))
    assert code == 1
    assert "not a DICOM file" in told


def test_an_import_that_had_to_stop_says_why_and_can_be_run_again(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "1.dcm").write_bytes(as_bytes(ct_slice()))
    monkeypatch.setenv("MYIMAGING_CLAMD", f"127.0.0.1:{closed_port()}")
    code, told = run("import", str(folder / "1.dcm"))
    assert code == 1
    assert "The virus scanner does not answer" in told
    assert "Traceback" not in told
    monkeypatch.delenv("MYIMAGING_CLAMD")
    assert run("import", str(folder / "1.dcm"))[0] == 0


@pytest.mark.parametrize(
    "error", [MemoryError(), OperationalError("INSERT", ["FRENCHIE^Chester"], Exception("locked"))]
)
def test_an_import_that_meets_trouble_tells_no_traceback_and_no_names(
    folder: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    def troubled(*_: object) -> Iterator[Outcome]:
        yield Outcome("1.dcm", Fate.STORED, "")
        raise error

    (folder / "1.dcm").write_bytes(as_bytes(ct_slice()))
    monkeypatch.setattr(ingest, "take_in", troubled)
    code, told = run("import", str(folder / "1.dcm"))
    assert code == 1
    assert "Stopped: the" in told
    assert "Run it again: nothing is taken in twice" in told
    assert "Traceback" not in told
    assert "FRENCHIE" not in told


def test_an_account_is_made_with_a_password_from_standard_input(folder: Path) -> None:
    (folder / "1.dcm").write_bytes(as_bytes(ct_slice()))
    run("import", str(folder / "1.dcm"))
    code, told = run(
        "account", "create", "--kind", "patient", "--email", "c@x.example", "--name",
        "Chester Frenchie", "--patient-id", "P1", "--password-stdin", typed=f"{PASSWORD}\n",
    )  # fmt: skip
    assert (code, "ready" in told) == (0, True), told
    assert "c@x.example" in run("account", "list")[1]
    assert run("account", "disable", "c@x.example")[0] == 0
    assert "disabled" in run("account", "list")[1]


def test_without_a_password_the_set_up_mail_is_sent() -> None:
    code, told = run(
        "account", "create", "--kind", "staff", "--role", "administrator", "--email",
        "pacs@hospital.org", "--name", "Jules Moreau",
    )  # fmt: skip
    assert code == 0, told
    assert "set-up" in told


@pytest.mark.parametrize(
    "wrong",
    [
        ("--kind", "king", "--email", "a@b.org", "--name", "A B"),
        ("--kind", "guest", "--email", "no address", "--name", "A B"),
        ("--kind", "staff", "--email", "a@b.org", "--name", "A B", "--role", "janitor"),
        ("--kind", "patient", "--email", "a@b.org", "--name", "A B", "--patient-id", "nobody"),
    ],
)
def test_a_wrong_account_is_refused_with_a_sentence(wrong: tuple[str, ...]) -> None:
    code, told = run("account", "create", *wrong, "--password-stdin", typed=f"{PASSWORD}\n")
    assert code != 0
    assert told.strip()
    assert "Traceback" not in told


def test_the_audit_trail_can_be_verified_and_exported(folder: Path) -> None:
    (folder / "1.dcm").write_bytes(as_bytes(ct_slice()))
    run("import", str(folder / "1.dcm"))
    code, told = run("audit", "verify")
    assert (code, "whole" in told) == (0, True)
    code, told = run("audit", "export")
    assert code == 0
    assert '"action"' in told
    assert "FRENCHIE" not in told


def test_a_token_is_made_listed_and_revoked(folder: Path) -> None:
    run(
        "account", "create", "--kind", "staff", "--role", "administrator", "--email",
        "pacs@hospital.org", "--name", "Jules Moreau", "--password-stdin", typed=f"{PASSWORD}\n",
    )  # fmt: skip
    made = runner.invoke(cli, ["token", "create", "pacs@hospital.org", "--days", "7"])
    assert made.exit_code == 0
    assert len(made.stdout.strip()) == 43
    assert "good until" in made.stderr
    assert made.stdout.strip() not in run("token", "list", "pacs@hospital.org")[1]
    assert run("token", "revoke", "1") == (0, "Token 1: revoked\n")
    code, told = run("token", "create", "nobody@hospital.org")
    assert (code, "no account" in told) == (1, True)


def test_a_carer_is_linked_listed_and_unlinked(folder: Path) -> None:
    (folder / "1.dcm").write_bytes(as_bytes(ct_slice(born="20160509")))
    run("import", str(folder / "1.dcm"))
    run("account", "create", "--kind", "guest", "--email", "ella@x.example", "--name",
        "Ella Frenchie")  # fmt: skip
    code, told = run("account", "link", "ella@x.example", "--patient-id", "P1")
    assert (code, told.strip()) == (0, "ella@x.example: carer of P1 until 08 May 2034")
    listed = run("account", "carers")[1]
    assert "Ella" in listed
    assert "2034" in listed
    assert run("account", "unlink", "ella@x.example", "--patient-id", "P1")[0] == 0
    assert "Ella" not in run("account", "carers")[1]
    assert run("account", "unlink", "ella@x.example", "--patient-id", "P1")[0] == 1


def test_the_last_day_of_an_adults_carer_must_be_given(folder: Path) -> None:
    (folder / "1.dcm").write_bytes(as_bytes(ct_slice()))
    run("import", str(folder / "1.dcm"))
    run("account", "create", "--kind", "guest", "--email", "ella@x.example", "--name", "Ella")
    code, told = run("account", "link", "ella@x.example", "--patient-id", "P1")
    assert code == 1
    assert "please give --until" in " ".join(told.split())
    arguments = ("account", "link", "ella@x.example", "--patient-id", "P1", "--until")
    assert run(*arguments, "2099-01-31")[0] == 0
    assert run(*arguments, "2001-01-31")[0] == 1
