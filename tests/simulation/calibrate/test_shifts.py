"""Shifts from week to week: the usual one, drawn anew, and those of a run of the past."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from simulation.calibrate import fit, observe, observing
from simulation.calibrate.tune import Replay, as_worked, replayed
from simulation.parameters import Floats, Parameters
from simulation.roster import Intervals
from tests.simulation.calibrate.facts import DAY, Shop, after

BUSY = 5  # weeks, of eight, in which the day is two hours longer


def _season(*, idle: bool = False) -> Shop:
    """ann works on weekdays from 10:00 to 14:05 on the wall, in the first weeks to 16:05; the last work takes 10 min.

    Idle: on two days of the week she is last seen an hour before.
    """
    shop = Shop()
    for day in (day for day in range(56) if day % 7 < 5):
        clock = day * DAY + (480 if day < 27 else 540)  # summer time ends on 25 October
        last = clock + (355 if day < 7 * BUSY else 235) - (60 if idle and day % 7 < 2 else 0)
        shop.answered(clock - 10, "ann", work=5.0)
        shop.answered(last - 10, "ann", work=10.0)
    return shop


def _end(parameters: Parameters) -> float:
    return float(parameters.staff.shift_to[0])


def test_a_usual_shift_is_the_mean_of_weeks_not_the_longest_one() -> None:
    observed = observe(_season().facts(), tune=False)
    recent = 0.5 ** (np.arange(56)[::-1] / 56)[np.arange(56) % 7 < 5]
    long = recent[: 5 * BUSY].sum() / recent.sum()
    assert _end(fit(observed)) == pytest.approx(840 + 120 * long, abs=0.5)


def test_weeks_drawn_anew_give_their_own_hours() -> None:
    observed = observe(_season().facts(), tune=False)
    week = np.arange(56) // 7
    assert _end(fit(observed, 1.0 * (week == 0))) == pytest.approx(960, abs=1)
    assert _end(fit(observed, 1.0 * (week == 7))) == pytest.approx(840, abs=1)


def test_the_latest_of_the_week_shows_how_long_idle_people_stay() -> None:
    usual, idle = (_end(fit(observe(_season(idle=each).facts(), tune=False))) for each in (False, True))
    assert idle == pytest.approx(usual, abs=0.5)


def test_who_comes_once_a_week_may_stay_as_long_as_ever() -> None:
    """Thursdays at 16:00 on the wall, now for one ticket, now for five: nobody is left waiting."""
    shop = Shop()
    for week, tickets in enumerate([2, 1, 5, 3, 1, 2, 1, 1]):
        clock = (7 * week + 3) * DAY + (840 if week < 4 else 900)
        for place in range(tickets):
            shop.answered(clock - 10 + 12 * place, "ann", work=12.0)
    parameters = fit(observe(shop.facts(), tune=False))
    assert float(parameters.staff.shift_from[0]) == pytest.approx(960, abs=1)
    assert _end(parameters) == pytest.approx(960 + 4 * 12 + 6, abs=1)


def test_a_run_of_the_past_has_the_shifts_that_were_worked() -> None:
    shop = _season()
    shop.visits = [visit for visit in shop.visits if visit["entered_at"].toordinal() != after(36 * DAY).toordinal()]
    known = as_worked(observe(shop.facts(), tune=False), 8 * 7 * 1440)
    hours, days = np.unique(np.round((known.ends - known.begins) / 60), return_counts=True)
    assert dict(zip(hours.tolist(), days.tolist(), strict=True)) == {4.0: 14, 6.0: 25}  # one day off


def _past(monkeypatch: pytest.MonkeyPatch) -> tuple[Parameters, Replay]:
    """A calibration, and the past that it looks for minutes after work in."""
    seen: list[tuple[Parameters, Replay]] = []

    def spy(parameters: Parameters, was: Replay) -> Floats:
        seen.append((parameters, was))
        return np.zeros(len(parameters.pools.names))

    monkeypatch.setattr(observing, "after_work", spy)
    observe(_season().facts())
    return seen[0]


def test_in_a_run_of_the_past_work_begins_in_the_shifts_that_were_worked(monkeypatch: pytest.MonkeyPatch) -> None:
    """The usual shift begins at 10:00 on the wall; a single one of an hour is given, at about 2:00 five days ago."""
    parameters, was = _past(monkeypatch)
    begins = was.span - 5 * DAY + 180
    known = Intervals(np.array([0], np.int32), np.array([begins]), np.array([begins + 60]))
    started = replayed(parameters, replace(was, shifts=known), 1).records.started
    started = started[~np.isnan(started)]
    assert len(started) > 3
    assert ((begins <= started) & (started < begins + 60)).all()


def test_the_waits_to_be_met_are_those_of_weeks_drawn_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    _, was = _past(monkeypatch)
    two = replace(was, total=np.array([[10.0], [90.0]]), visits=np.array([[1], [3]], np.int32))
    assert two.observed.tolist() == [25.0]
    # The first week twice, both, the second twice: 20 / 2, 100 / 4, 180 / 6.
    assert {float(two.drawn(seed)[0]) for seed in range(20)} == {10.0, 25.0, 30.0}
