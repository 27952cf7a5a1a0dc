"""The workshop: a few threads that decode and draw, what is asked for now first."""

from __future__ import annotations

import asyncio
import os
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future
from enum import IntEnum
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")
MOST_SET_ASIDE = 64  # read-ahead that waits; beyond it the oldest is dropped


class Urgency(IntEnum):
    """What is done first. Only what is asked for now may keep every thread busy."""

    NOW = 0  # somebody waits for it
    AHEAD = 1  # somebody will probably ask for it soon
    THUMBNAIL = 2


class Workshop:
    """A bounded pool: a thread a core and one more, so that no work slows down all other work.

    numpy and Pillow release the interpreter's lock, so the threads do work side by side. Work that
    is not urgent may keep every core busy, but leaves one thread free for what is. A future that is
    cancelled before its work began is never worked on; so is read-ahead when more than `set_aside`
    of it waits.
    """

    def __init__(self, threads: int | None = None, *, set_aside: int = MOST_SET_ASIDE) -> None:
        self.threads = max(2, threads or (os.cpu_count() or 2) + 1)
        self._set_aside = set_aside
        self._waiting: dict[Urgency, deque[tuple[Future[Any], Callable[[], Any]]]] = {
            urgency: deque() for urgency in Urgency
        }
        self._changed = threading.Condition()
        self._started = 0
        self._idle = 0
        self._unhurried = 0  # threads that work on what nobody waits for
        self._closed = False

    def submit(
        self, urgency: Urgency, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> Future[T]:
        """Have work done; the future brings what it returns or raises.

        Raises RuntimeError when the workshop is closed.
        """
        future: Future[T] = Future()
        with self._changed:
            if self._closed:
                raise RuntimeError("The workshop is closed.")
            line = self._waiting[urgency]
            line.append((future, lambda: work(*args, **kwargs)))
            dropped = self._dropped(urgency)
            if not self._idle and self._started < self.threads:
                self._started += 1
                threading.Thread(
                    target=self._work, name=f"workshop-{self._started}", daemon=True
                ).start()
            self._changed.notify()
        if dropped is not None:
            dropped.cancel()
        return future

    async def do(
        self, urgency: Urgency, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Have work done and wait for it in the event loop; cancelled waiting cancels the work."""
        return await asyncio.wrap_future(self.submit(urgency, work, *args, **kwargs))

    def close(self) -> None:
        """End the threads once what they are at is done; what waits is cancelled."""
        with self._changed:
            self._closed = True
            waiting = [future for line in self._waiting.values() for future, _ in line]
            for line in self._waiting.values():
                line.clear()
            self._changed.notify_all()
        for future in waiting:
            future.cancel()

    def _dropped(self, urgency: Urgency) -> Future[Any] | None:
        line = self._waiting[urgency]
        if urgency is Urgency.AHEAD and len(line) > self._set_aside:
            return line.popleft()[0]
        return None

    def _next(self) -> tuple[Urgency, Future[Any], Callable[[], Any]] | None:
        for urgency, line in self._waiting.items():
            if urgency is not Urgency.NOW and self._unhurried >= self.threads - 1:
                return None
            while line:
                future, work = line.popleft()
                if future.set_running_or_notify_cancel():
                    return urgency, future, work
        return None

    def _work(self) -> None:
        while True:
            with self._changed:
                while (taken := self._next()) is None:
                    if self._closed:
                        return
                    self._idle += 1
                    self._changed.wait()
                    self._idle -= 1
                urgency, future, work = taken
                self._unhurried += urgency is not Urgency.NOW
            try:
                result = work()
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)
            finally:
                with self._changed:
                    if urgency is not Urgency.NOW:
                        self._unhurried -= 1
                        self._changed.notify()
            del taken, future, work
