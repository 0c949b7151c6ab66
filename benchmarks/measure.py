"""Runs one command as a process of its own and says what it cost."""

import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from flowmeter.errors import FlowmeterError
from flowmeter.settings import CHECKOUT


@dataclass(frozen=True)
class Cost:
    """What a process took: seconds by the clock, seconds of processor, and the most memory it held at once."""

    seconds: float
    cpu_seconds: float
    peak_bytes: int


def measured(arguments: Sequence[str], log: Path, environment: Mapping[str, str] | None = None) -> Cost:
    """Runs `python -m ARGUMENTS` in the checkout and waits for it. What it says goes to the end of `log`.

    Raises FlowmeterError with the last lines of the log when it fails.
    """
    started = time.monotonic()
    with log.open("ab") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", *arguments],
            cwd=CHECKOUT,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        last = log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:]
        raise FlowmeterError(
            f"`python -m {' '.join(arguments)}` ended with code {process.returncode}",
            str(log),
            found="\n".join(last),
            next_step="Run that command by itself",
        )
    kilobytes = usage.ru_maxrss if sys.platform != "darwin" else usage.ru_maxrss // 1024
    return Cost(time.monotonic() - started, usage.ru_utime + usage.ru_stime, kilobytes * 1024)


def typical(costs: Sequence[Cost]) -> Cost:
    """The median seconds of several runs, and the most memory that any of them held."""
    return Cost(
        median(cost.seconds for cost in costs),
        median(cost.cpu_seconds for cost in costs),
        max(cost.peak_bytes for cost in costs),
    )
