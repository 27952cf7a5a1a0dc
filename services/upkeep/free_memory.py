"""Memory that nothing uses any more goes back to the machine.

The C library keeps what was freed, in pieces between what is still in use, so that after a busy
hour a process keeps its size for good. glibc's `malloc_trim(3)` gives back what lies free.
"""

from __future__ import annotations

import ctypes


def give_back() -> bool:
    """Whether something was given back; other C libraries have no such call and need none."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    return bool(trim(0)) if trim is not None else False
