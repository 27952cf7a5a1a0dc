"""A PostgreSQL server of its own in a temporary folder, for a bench or for the tests."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.debian import install
from tests.bench.figures import Missing
from tests.journeys.served import free_port

SETTINGS = {"listen_addresses": "127.0.0.1", "shared_buffers": "256MB", "work_mem": "16MB"}


@contextmanager
def server(durable: bool = True) -> Iterator[str]:
    """Its address for MYIMAGING_DATABASE_URL, with an empty database; gone when the block ends.

    It never runs as root, nor as a service. Without `durable` it forgets everything in a crash.
    """
    programs = _programs()
    user = "postgres" if os.geteuid() == 0 else ""
    with tempfile.TemporaryDirectory(prefix="my-imaging-pg-") as folder:
        if user:
            owner = pwd.getpwnam(user)
            os.chown(folder, owner.pw_uid, owner.pw_gid)
        data, port = f"{folder}/data", free_port()
        as_user = ["runuser", "-u", user, "--"] if user else []
        _run([*as_user, f"{programs}/initdb", "-D", data, "-U", "imaging", "-A", "trust",
              "-E", "UTF8", "--locale=C.UTF-8"])  # fmt: skip
        chosen = {**SETTINGS, "port": str(port), "unix_socket_directories": folder}
        if not durable:
            chosen |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
        options = " ".join(f"-c {name}={value}" for name, value in chosen.items())
        control = [*as_user, f"{programs}/pg_ctl", "-D", data, "-w"]
        _run([*control, "-l", f"{folder}/log", "-o", options, "start"])
        try:
            _run([f"{programs}/createdb", "-h", "127.0.0.1", "-p", str(port), "-U", "imaging",
                  "portal"])  # fmt: skip
            yield f"postgresql+psycopg://imaging@127.0.0.1:{port}/portal"
        finally:
            _run([*control, "-m", "immediate", "stop"])


def _programs() -> Path:
    """Where Debian's server programs are."""
    try:
        import psycopg  # noqa: F401
    except ImportError:
        raise Missing("psycopg, of the portal's extra 'postgres', is not installed") from None
    for again in (False, True):
        if again:
            install("postgresql")
        found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
        if found:
            return found[-1].parent
    if elsewhere := shutil.which("initdb"):
        return Path(elsewhere).parent
    raise Missing("Debian's package postgresql is not here and could not be installed")


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/")
    if done.returncode:
        raise Missing(f"{Path(command[-1]).name}: {done.stderr.strip()[-300:]}")


def main(command: list[str]) -> int:
    """Run a command with MYIMAGING_TEST_DATABASE_URL set to a fresh server's."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # the server is ended with it
    with server(durable=False) as url:
        environment = {**os.environ, "MYIMAGING_TEST_DATABASE_URL": url}
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
