"""Running seeds in worker processes that may die, hang or grow without harm to the others."""

from __future__ import annotations

import json
import queue
import select
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
SECONDS = 10.0  # of work, for one file
TO_WAIT = 30.0  # seconds until a worker is taken to hang: it may have to wait for the machine
TO_START = 60.0
Answer = dict[str, Any]


class Worker:
    """One worker process at a time; a new one takes the place of one that ended."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._errors: Any = None
        self._fresh = True

    def ask(self, seed: int) -> Answer:
        """What became of a seed's file; `faults` tell of a death or a hang too."""
        process = self._process or self._start()
        assert process.stdin is not None and process.stdout is not None
        process.stdin.write(f"{seed}\n")
        process.stdin.flush()
        limit = TO_WAIT + (TO_START if self._fresh else 0)
        ready, _, _ = select.select([process.stdout], [], [], limit)
        line = process.stdout.readline() if ready else ""
        if line:
            self._fresh = False
            answer: Answer = json.loads(line)
            if answer["seconds"] > SECONDS:
                answer["faults"].append(f"It took {answer['seconds']} seconds.")
            return answer
        fault = "It hung." if not ready else "The worker died."
        process.kill()
        fault += f" (exit {process.wait()})\n{self._last_words()}"
        self._process = None
        return {"seed": seed, "what": "", "fate": "", "seconds": limit, "mb": 0, "faults": [fault]}

    def close(self) -> None:
        """Let the worker finish; raises RuntimeError when it does not end well."""
        if self._process is None:
            return
        assert self._process.stdin is not None
        self._process.stdin.close()
        if self._process.wait(60):
            raise RuntimeError(self._last_words())

    def _start(self) -> subprocess.Popen[str]:
        self._errors = tempfile.TemporaryFile("w+")  # noqa: SIM115, it lives as long as the worker
        self._fresh = True
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz.worker"], cwd=ROOT, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._errors,
        )  # fmt: skip
        return self._process

    def _last_words(self) -> str:
        self._errors.seek(0)
        return str(self._errors.read())[-6000:]


def run(seeds: Iterable[int], workers: int = 2) -> Iterator[Answer]:
    """Answers as they come, in no order."""
    waiting: queue.SimpleQueue[int] = queue.SimpleQueue()
    answers: queue.SimpleQueue[Answer | None] = queue.SimpleQueue()
    for seed in seeds:
        waiting.put(seed)
    stopping = threading.Event()

    def work() -> None:
        worker = Worker()
        try:
            while not stopping.is_set():
                answers.put(worker.ask(waiting.get_nowait()))
        except queue.Empty:
            pass
        finally:
            try:
                worker.close()
            except RuntimeError as failure:
                answers.put({"seed": -1, "what": "at the end", "fate": "", "seconds": 0, "mb": 0,
                             "faults": [str(failure)]})  # fmt: skip
            answers.put(None)

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    try:
        left = workers
        while left:
            answer = answers.get()
            if answer is None:
                left -= 1
            else:
                yield answer
    finally:
        stopping.set()
        for thread in threads:
            thread.join()
