"""The real logs that the simulator is measured on, each cut into what it learns from and what it must foretell."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

from flowmeter.settings import CHECKOUT

DATA = CHECKOUT.parent / "shared" / "data"
OFFSET = r"(Z|[+-]\d\d:\d\d)$"
"""Of a time: without it, it is what the clock on the wall showed."""
WEEK = dt.timedelta(weeks=1)


@dataclass(frozen=True)
class Cut:
    """A log in two. Frames have case, activity, start, end, resource; naive times of the log's zone.

    `train` is what was known at `as_of`, `test` holds the cases that begin from `at` on. `until`: what happens later is
    in neither log (censored), so what is simulated is cut there too; None: every case of the test log is whole.
    """

    name: str
    zone: str
    train: pl.DataFrame
    test: pl.DataFrame
    at: dt.datetime
    as_of: dt.datetime
    until: dt.datetime | None


def simplified_loan() -> Cut:
    """Two logs that one known process gave: the second is as long as the first and begins on the same day."""
    train, test = (_log(f"synthetic/LoanApp_simplified_{name}") for name in ("train", "test"))
    at = dt.datetime(2023, 2, 9)  # noqa: DTZ001
    return Cut("LoanApp_simplified", "UTC", train, test, at, dt.datetime(2023, 5, 9, 9), None)  # noqa: DTZ001


def academic() -> Cut:
    """As published: cases that end before a first instant, cases that begin after a second, nothing between."""
    log = _log("real-life/AcademicCredentials")
    return _whole(log, "AcademicCredentials", dt.datetime(2016, 4, 15), dt.datetime(2016, 4, 15, 22))  # noqa: DTZ001


def bank_calls() -> Cut:
    """As published: the cases that cross the cut are in neither part."""
    at = dt.datetime(2012, 2, 14, 11, 20)  # noqa: DTZ001
    return _whole(_log("real-life/BPIC_2012_W"), "BPIC 2012 W", at, at)


def production() -> Cut:
    """A factory's log, cut in time: cases that cross the cut are known as far as they had come."""
    titles = {"case": "case:concept:name", "activity": "concept:name", "resource": "org:resource"}
    log = _log("real-life/Production", titles, start="start_timestamp", end="time:timestamp")
    log = log.filter(~pl.col("activity").is_in(["Start", "End"]))
    return _censored(log, "Production", "UTC", 2 / 3)


def italian_help_desk() -> Cut:
    """A help desk's log of completions, cut in time; without the timer that closes 720 hours after the resolution.

    It ends in August 2012, from when on a third as many cases take three times as long: nothing before tells of it.
    """
    frame = pl.read_parquet(DATA / "italian-helpdesk" / "helpdesk_full.parquet")
    log = frame.select(
        case="Case ID", activity="Activity", start="ts_local", end="ts_local", resource="Resource"
    ).filter(pl.col("activity") != "Closed", pl.col("end") < dt.datetime(2012, 8, 1))  # noqa: DTZ001
    return _censored(log, "Italian help desk", "Europe/Rome", 0.8)


LOGS: dict[str, Callable[[], Cut]] = {
    "loan": simplified_loan,
    "academic": academic,
    "bank": bank_calls,
    "production": production,
    "helpdesk": italian_help_desk,
}


def replay(cut: Cut) -> pl.DataFrame:
    """The last period again, moved on by whole weeks.

    As many cases as the test log has (the last to begin), as published; of a log cut in time, those that began in as
    much time as the test log spans.
    """
    began = cut.train.group_by("case").agg(pl.col("start").min()).sort("start", "case")
    if cut.until is None:
        last = began.tail(cut.test["case"].n_unique())
        weeks = round((beginning(cut.test) - last["start"].item(0)) / WEEK)
    else:
        weeks = -((cut.at - cut.until) // WEEK)
        last = began.filter(pl.col("start") >= cut.at - weeks * WEEK)
    moved = cut.train.join(last.select("case"), on="case", how="semi").with_columns(
        pl.col("start", "end") + weeks * WEEK
    )
    return known(moved, cut)


def beginning(log: pl.DataFrame) -> dt.datetime:
    """When the first event of a log began."""
    first = log["start"].min()
    assert isinstance(first, dt.datetime)
    return first


def halves(log: pl.DataFrame, seed: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """A log in two halves of its cases, drawn by chance."""
    cases = log["case"].unique().sort().shuffle(seed)
    is_first = pl.col("case").is_in(cases.head(len(cases) // 2).to_list())
    return log.filter(is_first), log.filter(~is_first)


def drawn(log: pl.DataFrame, seed: int) -> pl.DataFrame:
    """A log's cases drawn again by chance, as many as it has, each as often as it is drawn."""
    picked = log["case"].unique().sort().sample(log["case"].n_unique(), with_replacement=True, seed=seed)
    numbered = picked.to_frame("case").with_row_index("number")
    return log.join(numbered, on="case").with_columns(case=pl.col("number").cast(pl.String)).drop("number")


def known(log: pl.DataFrame, cut: Cut) -> pl.DataFrame:
    """What of a log would be known at the end of the test log."""
    return log if cut.until is None else log.filter(pl.col("end") <= cut.until)


def _log(
    path: str, titles: dict[str, str] | None = None, start: str = "start_time", end: str = "end_time"
) -> pl.DataFrame:
    frame = pl.read_parquet(DATA / "event-logs" / f"{path}.parquet")
    named = titles or {"case": "case_id", "activity": "activity", "resource": "resource"}
    times = {"start": start, "end": end}
    return frame.select(
        **named, **{name: pl.col(title).str.replace(OFFSET, "").str.to_datetime() for name, title in times.items()}
    )


def _whole(log: pl.DataFrame, name: str, first: dt.datetime, second: dt.datetime) -> Cut:
    """Cases that end before the first instant, and cases that begin from the second on."""
    ended = pl.col("end").max().over("case") < first
    begun = pl.col("start").min().over("case") >= second
    return Cut(name, "UTC", log.filter(ended), log.filter(begun), second, second, None)


def _censored(log: pl.DataFrame, name: str, zone: str, share: float) -> Cut:
    """The events until this share of the cases had begun, and the later ones until the last case began.

    After that a log that was cut out by cases has only the ends of long ones.
    """
    began = log.group_by("case").agg(pl.col("start").min())["start"].sort()
    at = began[int(len(began) * share)].replace(hour=0, minute=0, second=0, microsecond=0)
    begun = pl.col("start").min().over("case") >= at
    until = began[-1]
    return Cut(name, zone, log.filter(pl.col("end") < at), log.filter(begun, pl.col("end") <= until), at, at, until)
