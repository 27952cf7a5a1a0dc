"""The process that `imaging.decoders.apart` starts: frames in on standard input, samples out."""

import io
import os
import resource
import signal
import sys

import numpy as np

from imaging.decoders.apart import ANSWERED, ASKED
from imaging.decoders.libraries import LIBRARIES

MEMORY = 4 << 30  # bytes of address space, for the largest frame several times over


def main() -> None:
    """Decode until the parent closes the pipe."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # an interrupt is for the parent
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    asked, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # a library that prints must not disturb the answers
    _send(answers, b"!")
    while len(head := asked.read(ASKED.size)) == ASKED.size:
        library, length = ASKED.unpack(head)
        data = asked.read(length)
        try:
            samples = LIBRARIES[library.rstrip(b"\0").decode()](data)
            made = io.BytesIO()
            np.save(made, np.asarray(samples), allow_pickle=False)
            answer, fine = made.getbuffer(), True
        except Exception as error:  # a library raises what it likes: it is told as a sentence
            answer, fine = memoryview(str(error).encode()[:2000]), False
        _send(answers, ANSWERED.pack(fine, len(answer)))
        _send(answers, answer)


def _send(answers: io.RawIOBase, data: bytes | memoryview) -> None:
    unsent = memoryview(data)
    while unsent:
        unsent = unsent[answers.write(unsent) or 0 :]


if __name__ == "__main__":
    main()
