"""Long computations behind the page: each in a thread of its own, with its progress, a way to stop it, and its answer.

An answer is kept for every session of this process. Threads know nothing of Streamlit: what they need is handed in.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

import streamlit as st

from flowmeter.errors import FlowmeterError

KEPT = 32
Report = Callable[[str, int, int], None]
"""What a computation tells of itself: what it is at, how many parts are done, and of how many."""


class Stopped(Exception):  # noqa: N818 (somebody wanted it, nothing failed)
    """Raised inside a computation that was stopped."""


class Job:
    """One computation. `answer` is there when `is_done` and `error` is None."""

    def __init__(self, compute: Callable[[Report], Any], turn: threading.Lock, *, behind: bool) -> None:
        self.told, self.done, self.total = "Waiting for another computation", 0, 0
        self.answer: Any = None
        self.error: Exception | None = None
        self._compute, self._turn, self._behind = compute, turn, behind
        self._stop, self._over = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True, name="flowmeter-simulation")
        self._thread.start()

    @property
    def is_done(self) -> bool:
        return self._over.is_set()

    @property
    def part(self) -> float:
        """How much of the present stage is done, 0 to 1."""
        return min(1.0, self.done / self.total) if self.total else 0.0

    def stop(self) -> None:
        """Ends it at its next report."""
        self._stop.set()

    def wait(self, seconds: float) -> bool:
        """Whether it was over within that time."""
        return self._over.wait(seconds)

    def _run(self) -> None:
        try:
            if self._behind:
                self.answer = self._compute(self._report)
            else:
                with self._turn:  # one at a time: each uses all cores
                    self.answer = self._compute(self._report)
        except Exception as error:  # noqa: BLE001 (the page says it; a thread has nobody to raise it to)
            self.error = error
        finally:
            self._over.set()

    def _report(self, told: str, done: int, total: int) -> None:
        if self._behind:
            with self._turn:  # somebody waits for what has the turn
                pass
        if self._stop.is_set():
            raise Stopped
        self.told, self.done, self.total = told, done, total


class Jobs:
    """The computations of this process by what they compute; the oldest finished ones are forgotten."""

    def __init__(self) -> None:
        self._jobs: OrderedDict[tuple[Any, ...], Job] = OrderedDict()
        self._lock, self._turn = threading.Lock(), threading.Lock()

    def get(self, key: tuple[Any, ...]) -> Job | None:
        """The computation of that key, running or done."""
        with self._lock:
            return self._jobs.get(key)

    def start(self, key: tuple[Any, ...], compute: Callable[[Report], Any], *, behind: bool = False) -> Job:
        """Starts it, unless it runs or is done already. `behind`: at every report it lets all others go first."""
        with self._lock:
            job = self._jobs.get(key)
            if job is None:
                job = self._jobs[key] = Job(compute, self._turn, behind=behind)
                self._forget()
            else:
                self._jobs.move_to_end(key)
            return job

    def drop(self, key: tuple[Any, ...]) -> None:
        """Stops it if it runs, and forgets it."""
        with self._lock:
            job = self._jobs.pop(key, None)
        if job is not None:
            job.stop()

    def _forget(self) -> None:
        done = [key for key, job in self._jobs.items() if job.is_done]
        for key in done[: max(0, len(self._jobs) - KEPT)]:
            del self._jobs[key]


@st.cache_resource(show_spinner=False)
def jobs() -> Jobs:
    """The computations of this process."""
    return Jobs()


def failure(job: Job) -> FlowmeterError | None:
    """Why it has no answer, as the pages say it; null when it has one, still runs, or was stopped."""
    error = job.error
    if error is None or isinstance(error, Stopped):
        return None
    if isinstance(error, FlowmeterError):
        return error
    return FlowmeterError(
        "The simulation failed",
        found=str(error) or type(error).__name__,
        next_step="Try `flowmeter simulate` with this scenario: it writes a log of what went wrong.",
    )
