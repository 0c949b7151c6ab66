"""What a page is looking at: a week and a slice, read from the URL and written back to it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from dashboard.format import spoken_key

ALL = "all"


@dataclass(frozen=True)
class Selection:
    """One week of one slice; 'all' stands for every workflow, variant or channel."""

    week: dt.date
    workflow: str = ALL
    variant: str = ALL
    channel: str = ALL


@dataclass(frozen=True)
class Choice:
    """One filter: its name in the URL, its label, its options (key: label), and the key used when none is named."""

    name: str
    label: str
    options: Mapping[str, str]
    default: str

    def accept(self, given: str | None) -> tuple[str, str]:
        """The key to use for what the URL gave, and a note for the reader when that was not among the options."""
        if given is None or given in self.options:
            return given or self.default, ""
        asked, shown = given[:40], self.options[self.default]
        note = f"The address asks for {self.label.lower()} “{asked}”, which is not in this snapshot. Showing {shown}."
        return self.default, note


def variant_options(variants: pl.DataFrame, workflow: str) -> dict[str, str]:
    """Variants of one workflow (key: name) with 'All' first; only 'All' when no workflow is chosen."""
    found = variants.filter(pl.col("workflow") == workflow)
    return {ALL: "All"} | dict(zip(found["variant"], found["name"], strict=True))


def named(keys: Sequence[str]) -> dict[str, str]:
    """Options for keys that are their own names, capitalised, with 'All' first."""
    return {ALL: "All"} | {key: spoken_key(key) for key in keys}
