"""A portal served as people run it, in a process of its own, and what a test can do to it."""

from __future__ import annotations

import multiprocessing
import os
import re
import socket
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import TypeVar

from tests.new_database import lay_out

ROOT = Path(__file__).parents[2]
T = TypeVar("T")
# A process that has read the portal's code already; every portal served is a copy of it. Reading
# the code costs a second and a half of a core, and a run of all journeys serves a hundred portals.
PREPARED = multiprocessing.get_context("forkserver")
PREPARED.set_forkserver_preload(["main", "ui.serving", "services.demo.demonstration"])


@dataclass(frozen=True)
class Served:
    """A running portal."""

    url: str
    data: Path
    process: ForkServerProcess

    def mails(self) -> list[EmailMessage]:
        """All mail the portal has sent, oldest first."""
        files = sorted((self.data / "mail").glob("*.eml"))
        return [message_from_bytes(f.read_bytes(), policy=policy.default) for f in files]  # type: ignore[misc]

    def mails_to(self, address: str) -> list[str]:
        """The texts mailed to an address."""
        return [text_of(mail) for mail in self.mails() if mail["To"] == address]

    def next_mail(self, address: str, seen: int) -> str:
        """The first mail to an address beyond those already seen, waited for."""

        def arrived() -> str:
            texts = self.mails_to(address)
            return texts[seen] if len(texts) > seen else ""

        return until(arrived, f"a mail to {address}")


def text_of(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def code_in(text: str) -> str:
    """The one-time password in a mail."""
    found = re.search(r"^\s*([A-Z2-9]{8})\s*$", text, re.MULTILINE)
    assert found is not None, text
    return found[1]


def link_in(text: str) -> str:
    """The link to `/setup` in a mail."""
    found = re.search(r"(http://\S+/setup\?link=\S+)", text)
    assert found is not None, text
    return found[1]


def until(ask: Callable[[], T], what: str, seconds: float = 40) -> T:
    """Ask until the answer is truthy; the one place that waits for another process."""
    give_up = time.monotonic() + seconds
    while not (answer := ask()):
        if time.monotonic() > give_up:
            raise AssertionError(f"waited {seconds} s in vain for {what}")
        time.sleep(0.02)
    return answer


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(data: Path, port: int, command: str = "serve", **configured: str) -> Iterator[Served]:
    """`main.py serve` until the block ends."""
    environment = {
        "MYIMAGING_DATA_DIR": str(data), "MYIMAGING_PORT": str(port),
        "MYIMAGING_TIME_ZONE": "Australia/Sydney",
        **{f"MYIMAGING_{name.upper()}": value for name, value in configured.items()},
    }  # fmt: skip
    log = data / "served.log"
    if command == "serve":
        lay_out(data)
    data.mkdir(parents=True, exist_ok=True)
    process = PREPARED.Process(target=_run, args=(command, environment, log), daemon=False)
    process.start()
    try:
        url = f"http://127.0.0.1:{port}"
        until(lambda: _ready(url, process, log), "the portal to be ready", 90)
        yield Served(url, data, process)
    finally:
        process.terminate()
        process.join(15)
        if process.is_alive():
            process.kill()
            process.join(15)
        if log.exists():  # what pytest prints of a test that has failed
            print(log.read_text(errors="replace")[-4000:])


def _run(command: str, environment: dict[str, str], log: Path) -> None:
    """`main.py` with a command, in the process it is called in; what it says goes to a file."""
    os.chdir(ROOT)
    os.environ.update(environment)
    with log.open("wb") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    from main import cli

    cli([command])


def _ready(url: str, process: ForkServerProcess, log: Path) -> bool:
    assert process.is_alive(), log.read_text()
    try:
        with urllib.request.urlopen(f"{url}/health/ready", timeout=2) as answer:  # noqa: S310
            return bool(answer.status == 200)
    except OSError:
        return False
