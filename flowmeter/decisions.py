"""The decision log: what was decided about a workflow, when, by whom and on which numbers, as files people can read.

One file per decision in `decisions/` of the shop folder. A file is never overwritten: a decision that is taken back is
a new one.
"""

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml
from pydantic import Field

from flowmeter.checked_file import Checked, read_yaml, validate
from flowmeter.errors import ConfigError
from flowmeter.settings import Home

FOLDER = "decisions"
HEADER = "# A decision, as it was taken. Flowmeter shows it on the trends and never changes this file.\n"
WIDTH = 110
DIGITS = 6


class Compared(Checked):
    """What was compared: by variant, tag ..., the arms with the baseline first, the goal, and the days of creation.

    `intervals`: which ones the numbers have: plain, adjusted (for the mix) or always valid (the test was running).
    """

    by: str = Field(min_length=1)
    arms: list[str] = Field(min_length=2)
    goal: str = ""
    period: str = "all"
    intervals: str = ""


class Number(Checked):
    """One metric as it stood: the baseline's and the other arm's value, n, and the difference with its interval."""

    metric: str
    label: str = ""
    unit: str = ""
    arm: str
    baseline_value: float | None = None
    baseline_n: int | None = None
    value: float | None = None
    n: int | None = None
    difference: float | None = None
    low: float | None = None
    high: float | None = None


class Decision(Checked):
    """One decision. `decided`: the arm that was chosen, or in words what was."""

    date: dt.date
    decided: str = Field(min_length=1)
    who: str = Field(min_length=1)
    workflow: str = Field(min_length=1)
    comparison: Compared | None = None
    verdict: str = ""
    numbers: list[Number] = Field(default_factory=list)
    note: str = ""


@dataclass(frozen=True)
class Logged:
    """A decision with its number in the log (from 1, the oldest) and the name of its file."""

    number: int
    file: str
    decision: Decision


def numbers_of(effects: Sequence[Mapping[str, Any]]) -> list[Number]:
    """Rows of a comparison as the log keeps them: six digits are more than anybody decides on."""
    names = list(Number.model_fields)
    return [Number(**{name: _rounded(row.get(name)) for name in names}) for row in effects]


def write_decision(home: Home, decision: Decision) -> Path:
    """Writes the decision into a file of its own and returns its path. Raises ConfigError when the disk refuses."""
    text = HEADER + yaml.safe_dump(
        decision.model_dump(exclude_none=True), sort_keys=False, allow_unicode=True, width=WIDTH
    )
    folder = home.root / FOLDER
    stem = f"{decision.date:%Y-%m-%d}-{_slug(decision.workflow)}-{_slug(decision.decided)}"
    try:
        folder.mkdir(exist_ok=True)
        return _written(folder, stem, text)
    except OSError as error:
        raise ConfigError(
            "the decision cannot be written",
            f"{FOLDER}/",
            found=error.strerror or str(error),
            next_step="Check that this folder of the shop can be written to",
        ) from error


def read_decisions(home: Home) -> list[Logged]:
    """Every decision of the shop, the oldest first. Raises ConfigError with file and line for one that is wrong."""
    files = sorted((home.root / FOLDER).glob("*.yml"))
    found = [(file.name, validate(read_yaml(file, f"{FOLDER}/{file.name}"), Decision)) for file in files]
    found.sort(key=lambda pair: (pair[1].date, pair[0]))
    return [Logged(number, name, decision) for number, (name, decision) in enumerate(found, start=1)]


def _written(folder: Path, stem: str, text: str) -> Path:
    """Takes the first name that is free; 'x' refuses one that another process has just taken."""
    number = 1
    while True:
        path = folder / (f"{stem}.yml" if number == 1 else f"{stem}-{number}.yml")
        try:
            with path.open("x", encoding="utf-8") as file:
                file.write(text)
        except FileExistsError:
            number += 1
        else:
            return path


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40].rstrip("-") or "x"


def _rounded(value: Any) -> Any:
    return float(f"{value:.{DIGITS}g}") if isinstance(value, float) else value
