"""First contacts: counts as a Poisson process has them, and the same customers in every run of a seed."""

import datetime as dt
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from scipy.stats import kstest

from simulation.arrivals import cells, expected, means, tickets
from simulation.clock import WEEK
from simulation.network import Tickets
from simulation.parameters import Parameters
from tests.simulation import parameter_shops as shops

BERLIN = "Europe/Berlin"

SURGE = ("surge_stream", "surge_from", "surge_to", "surge_factor")


def first_contacts(shop: Parameters, weeks: int, seeds: int) -> list[Tickets]:
    return [tickets(shop, weeks * WEEK, seed) for seed in range(seeds)]


def test_counts_are_poisson() -> None:
    """2.5 an hour for a week: mean and variance 420, within four standard errors over 400 runs."""
    counts = np.array([len(run.key) for run in first_contacts(shops.desk(rate=2.5), 1, 400)])
    assert counts.mean() == pytest.approx(420, abs=4 * np.sqrt(420 / 400))
    assert counts.var(ddof=1) == pytest.approx(420, abs=4 * 420 * np.sqrt(2 / 399))


def test_each_hour_of_the_week_has_its_rate_and_instants_are_uniform_in_it() -> None:
    rate = 1.0 + np.arange(168) % 5
    runs = first_contacts(shops.desk(rate=rate), 1, 300)
    arrived = np.concatenate([run.arrived for run in runs])
    found = np.bincount((arrived // 60).astype(int), minlength=168)
    expected = 300 * rate
    assert ((found - expected) ** 2 / expected).sum() == pytest.approx(168, abs=4 * np.sqrt(2 * 168))  # chi-squared
    assert kstest(arrived % 60 / 60, "uniform").pvalue > 0.001


def test_those_who_come_at_one_instant_come_in_the_order_of_their_keys() -> None:
    who = expected(shops.desk(rate=5.0), 1440)
    crowd = replace(who, hours=replace(who.hours, length=np.zeros(24))).tickets(1)
    assert len(np.unique(crowd.arrived)) <= 24 < len(crowd.key)
    assert np.array_equal(np.lexsort((crowd.key, crowd.arrived)), np.arange(len(crowd.key)))


def test_a_large_mean_is_drawn_in_parts() -> None:
    counts = np.array([len(run.key) for run in first_contacts(shops.desk(rate=1500.0), 1, 20)])
    mean = 1500.0 * 168
    assert counts.mean() == pytest.approx(mean, abs=4 * np.sqrt(mean / 20))


def test_busy_and_quiet_days_spread_counts() -> None:
    """Of a day with 48 expected and a factor of variance 0.1: variance 48 + 48² x 0.1."""
    shop = shops.desk(rate=2.0, dispersion=0.1)
    runs = first_contacts(shop, 4, 100)
    daily = np.concatenate([np.bincount((run.arrived // 1440).astype(int), minlength=28) for run in runs])
    expected = 48 + 48**2 * 0.1
    assert daily.mean() == pytest.approx(48, abs=4 * np.sqrt(expected / len(daily)))
    assert daily.var(ddof=1) == pytest.approx(expected, rel=0.15)


@pytest.mark.parametrize(("start", "hours"), [(shops.at(2026, 3, 28, 23), 23), (shops.at(2026, 10, 24, 22), 25)])
def test_a_day_of_the_change_has_23_or_25_hours(start: dt.datetime, hours: int) -> None:
    found = cells(BERLIN, start, hours * 60)
    assert found.length.tolist() == [60.0] * hours
    assert len(set(found.day.tolist())) == 1
    sunday = found.hour - 6 * 24
    assert sunday.tolist() == ([*range(2), *range(3, 24)] if hours == 23 else [0, 1, 2, 2, *range(3, 24)])
    assert len(set(found.key.tolist())) == hours


@pytest.mark.parametrize(("zone", "ahead"), [("Asia/Kolkata", 30), ("Asia/Kathmandu", 45)])
def test_zones_that_lie_between_hours(zone: str, ahead: int) -> None:
    found = cells(zone, shops.at(2026, 1, 5), 180)
    assert found.begins.tolist() == [0.0, *(60.0 - ahead + 60 * n for n in range(3))]
    assert found.length.sum() == 180


def test_a_start_within_an_hour_cuts_it() -> None:
    found = cells(BERLIN, shops.at(2026, 1, 5, 10, 24, 30), 120)
    assert found.begins.tolist() == [0.0, 35.5, 95.5]
    assert found.length.tolist() == [35.5, 60.0, 24.5]
    whole = cells(BERLIN, shops.at(2026, 1, 5, 10), 180)
    assert found.key.tolist() == whole.key.tolist()


def test_trend_and_holidays_scale_the_rate() -> None:
    shop = shops.desk(rate=3.0, trend=0.1, holiday=0.25, holidays=[dt.date(2026, 1, 6)])
    found = cells(BERLIN, shops.START, 2 * WEEK)
    expected = means(shop, found)[0]
    assert expected[0] == 3.0
    assert expected[168] == pytest.approx(3.3)
    assert expected[24] == pytest.approx(3.0 * 0.25 * 1.1 ** (1 / 7))


def test_half_as_many_customers_are_a_half_of_the_same_ones() -> None:
    shop = shops.desk(rate=4.0, dispersion=0.05)
    fewer = replace(shop, arrivals=replace(shop.arrivals, rate=shop.arrivals.rate / 2))
    all_, half = tickets(shop, WEEK, 5), tickets(fewer, WEEK, 5)
    place = {int(key): n for n, key in enumerate(all_.key)}
    shared = [place[int(key)] for key in half.key]  # a KeyError is a customer of the half only
    assert all_.arrived[shared].tolist() == half.arrived.tolist()
    assert all_.priority[shared].tolist() == half.priority.tolist()
    assert len(half.key) == pytest.approx(len(all_.key) / 2, rel=0.15)


def test_priorities_come_in_their_shares_and_seeds_differ() -> None:
    runs = first_contacts(shops.desk(rate=5.0, priority=(0.1, 0.6, 0.2, 0.1)), 4, 4)
    shares = np.bincount(np.concatenate([run.priority for run in runs]), minlength=4)
    assert shares / shares.sum() == pytest.approx([0.1, 0.6, 0.2, 0.1], abs=0.02)
    assert runs[0].arrived.tolist() != runs[1].arrived.tolist()
    again = tickets(shops.desk(rate=5.0, priority=(0.1, 0.6, 0.2, 0.1)), 4 * WEEK, 0)
    assert again.arrived.tobytes() == runs[0].arrived.tobytes()


def test_open_tickets_come_first() -> None:
    shop = shops.desk(backlog=shops.open_tickets([(0, 0, -500.0), (0, 0, -20.0)]))
    run = tickets(shop, WEEK, 1)
    assert run.arrived[:2].tolist() == [-500.0, -20.0]
    assert (np.diff(run.arrived) >= 0).all()
    assert len(set(run.key.tolist())) == len(run.key)


def test_a_surge_multiplies_one_streams_rate_while_it_lasts() -> None:
    """Of two streams, the second on its second day, half of an hour included; who comes otherwise stays the same."""
    shop = shops.helpdesk(rate=4.0)
    surged = replace(
        shop,
        arrivals=replace(
            shop.arrivals, surge_stream=np.array([1], np.int32), surge_from=np.array([1440.0]),
            surge_to=np.array([2 * 1440 + 30.0]), surge_factor=np.array([3.0]),
        ),
    )  # fmt: skip
    found = cells(BERLIN, shops.START, WEEK)
    plain, more = means(shop, found), means(surged, found)
    times = more / plain
    assert times[0].tolist() == [1.0] * 168
    assert times[1] == pytest.approx([1.0] * 24 + [3.0] * 24 + [2.0] + [1.0] * 119)
    usual, crowd = tickets(shop, WEEK, 5), tickets(surged, WEEK, 5)
    assert set(usual.key.tolist()) < set(crowd.key.tolist())
    extra = crowd.arrived[~np.isin(crowd.key, usual.key)]
    assert extra.min() >= 1440
    assert extra.max() < 2 * 1440 + 60
    doubled: Any = {name: np.repeat(getattr(surged.arrivals, name), 2) for name in SURGE}
    twice = replace(surged, arrivals=replace(surged.arrivals, **doubled))
    assert means(twice, found)[1, 24] == pytest.approx(9 * plain[1, 24])
