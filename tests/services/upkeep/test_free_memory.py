"""Freed memory does not stay with the process."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from services.upkeep import free_memory

PIECE, COUNT = 4096, 20_000  # bytes: small enough for the C library to keep, 80 MB in all


def resident() -> int:
    """Bytes of memory that this process holds (VmRSS)."""
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmRSS:")[1].split()[0]) * 1024


@pytest.mark.skipif(sys.platform != "linux", reason="NOT ON LINUX: /proc and glibc are needed")
def test_what_lies_free_between_what_is_used_is_given_back() -> None:
    pieces = [bytearray(PIECE) for _ in range(COUNT)]
    full = resident()
    kept = pieces[::50]
    pieces.clear()
    free_memory.give_back()
    assert full - resident() > PIECE * COUNT / 2
    assert len(kept) == COUNT // 50
