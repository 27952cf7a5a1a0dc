"""Decoding in processes of their own: damaged data may crash a C library, or keep it busy.

The libraries for JPEG, JPEG-LS and JPEG 2000 hold the interpreter's lock while they work: in this
process a large frame, or a damaged one, would make everybody wait. A child that dies or takes too
long is replaced; the frame is refused with a sentence.
"""

import fcntl
import io
import os
import select
import struct
import subprocess
import sys
import threading
import time
import zlib
from collections import OrderedDict
from pathlib import Path
from typing import Any, BinaryIO, cast

import numpy as np

from imaging.decoders.codestream import BadCodestream

Samples = np.ndarray[Any, np.dtype[Any]]
# for one frame: this, and more with its size, several times what the slowest library needs on a
# machine that is busy
SECONDS, SECONDS_A_MEGABYTE = 4.0, 0.5
TO_START = 30.0  # seconds
WORTH_REMEMBERING = 0.5  # seconds that a frame took that then was refused
MOST_REMEMBERED = 1000
MOST_CHILDREN = 2  # at work at the same time: the others wait
MOST_ARRIVING = 1 << 30  # bytes of a decoded frame
PIPE = 1 << 20
# to a child: which library, and how many bytes follow; back: whether it went well, and how many
ASKED, ANSWERED = struct.Struct("<16sQ"), struct.Struct("<?Q")
_ROOT = Path(__file__).parents[2]


class _Child:
    """One process that decodes what it is sent, one frame after another."""

    def __init__(self) -> None:
        environment = {**os.environ, "PYTHONPATH": str(_ROOT), "OPENBLAS_NUM_THREADS": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "imaging.decoders.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            bufsize=0,
        )
        self._to = cast(BinaryIO, self._process.stdin)
        self._from = cast(BinaryIO, self._process.stdout)
        fcntl.fcntl(self._from, fcntl.F_SETPIPE_SZ, PIPE)
        # what it cannot take at once must not keep its asker beyond the deadline
        os.set_blocking(self._to.fileno(), False)
        os.set_blocking(self._from.fileno(), False)
        self._wait(time.monotonic() + TO_START, 1)  # it says one byte once it is ready

    def ask(self, library: str, data: bytes, seconds: float) -> tuple[bool, bytes]:
        """Whether it went well, and the frame as `numpy.save` writes it, or why it did not.

        Raises TimeoutError, or OSError when the child ended.
        """
        deadline = time.monotonic() + seconds
        unsent = memoryview(ASKED.pack(library.encode(), len(data)) + data)
        while unsent:
            self._until(deadline, writing=True)
            unsent = unsent[os.write(self._to.fileno(), unsent) :]
        fine, length = ANSWERED.unpack(self._wait(deadline, ANSWERED.size))
        if length > MOST_ARRIVING:
            raise OSError("an answer of impossible length")
        return fine, self._wait(deadline, length)

    def alive(self) -> bool:
        """Whether the process is still there."""
        return self._process.poll() is None

    def end(self) -> None:
        """End the process, at once."""
        self._process.kill()
        self._process.wait()
        self._to.close()
        self._from.close()

    def _wait(self, deadline: float, length: int) -> bytes:
        arrived = bytearray(length)
        view = memoryview(arrived)
        while view:
            self._until(deadline)
            count = os.readv(self._from.fileno(), [view])
            if not count:
                raise OSError("the process ended")
            view = view[count:]
        return bytes(arrived)

    def _until(self, deadline: float, *, writing: bool = False) -> None:
        poll = select.poll()
        poll.register(
            self._to if writing else self._from, select.POLLOUT if writing else select.POLLIN
        )
        if not poll.poll(max(deadline - time.monotonic(), 0) * 1000):
            raise TimeoutError


class _Children:
    """Up to `MOST_CHILDREN` processes, started when they are first needed."""

    def __init__(self) -> None:
        self._room = threading.BoundedSemaphore(MOST_CHILDREN)
        self._idle: list[_Child] = []
        self._lock = threading.Lock()

    def ask(self, library: str, data: bytes, seconds: float) -> tuple[bool, bytes]:
        with self._room:
            with self._lock:
                child = self._idle.pop() if self._idle else None
            if child is not None and not child.alive():  # ended by somebody else, between frames
                child.end()
                child = None
            child = child or _Child()
            try:
                answer = child.ask(library, data, seconds)
            except BaseException:
                child.end()
                raise
            with self._lock:
                self._idle.append(child)
            return answer


_children = _Children()
# frames that took long or did harm, and why they were refused: nobody waits for them twice
_refused: OrderedDict[tuple[str, int, int], str] = OrderedDict()


def decoded_apart(library: str, data: bytes, expected: int) -> Samples:
    """What a function of `imaging.decoders.libraries` makes of a codestream, made elsewhere.

    Args:
        expected: bytes of the decoded frame; they decide how long it may take.

    Raises:
        BadCodestream: the library refused it, crashed over it, or took too long.
    """
    frame = (library, len(data), zlib.crc32(data))
    if frame in _refused:
        raise BadCodestream(_refused[frame])
    begun = time.monotonic()
    try:
        seconds = SECONDS + SECONDS_A_MEGABYTE * (expected >> 20)
        fine, answer = _children.ask(library, data, seconds)
    except TimeoutError:
        fine, answer = False, b"its decoder does not come to an end with it"
    except OSError:
        fine, answer = False, b"its decoder crashes over it"
    if fine:
        samples: Samples = np.load(io.BytesIO(answer), allow_pickle=False)
        return samples
    why = answer.decode(errors="replace")
    if time.monotonic() - begun > WORTH_REMEMBERING or "crashes" in why:
        _refused[frame] = why
        while len(_refused) > MOST_REMEMBERED:
            _refused.popitem(last=False)
    raise BadCodestream(why)
