"""Which changes are told, in which order, and in which words."""

import datetime as dt

from analysis.compare import Estimate
from analysis.notable import Metric, findings, sentence
from analysis.wording import Speech

WEEK = dt.date(2026, 11, 16)
HOURS = Metric("resolution_time_mean_calendar_hours", "Average resolution time", "hours", "lower")
CSAT = Metric("csat", "CSAT", "share", "higher")
NAMES = {"returns": "Returns", "routing": "Ticket routing"}


def flat(value: float, half: float, n: int, last: float | None = None, since: int = 0) -> dict[dt.date, Estimate]:
    """27 weeks at `value`, the last `since` + 1 of them at `last`."""
    found = {}
    for back in range(27):
        shown = last if last is not None and back <= since else value
        found[WEEK - dt.timedelta(weeks=back)] = Estimate(shown, shown - half, shown + half, n)
    return found


def test_a_quiet_week_has_no_findings() -> None:
    assert findings({("all", "csat"): flat(0.86, 0.05, 200)}, [CSAT], WEEK) == []


def test_the_workflow_behind_the_shops_change_is_named_once() -> None:
    series = {
        ("all", HOURS.key): flat(15.0, 0.5, 100, last=20.0),
        ("returns", HOURS.key): flat(20.0, 0.7, 50, last=30.0),
        ("routing", HOURS.key): flat(10.0, 0.7, 50),
    }
    told = findings(series, [HOURS], WEEK)
    assert [finding.workflow for finding in told] == ["all"]
    assert sentence(told[0], NAMES, Speech()) == (
        "Average resolution time rose to 20 h from 15 h on average over the four weeks before (+33%, worse), "
        "mostly because of Returns (100% of the change)."
    )


def test_a_workflows_own_change_ranks_by_noise_and_volume() -> None:
    series = {
        ("all", "csat"): flat(0.86, 0.05, 300),
        ("returns", "csat"): flat(0.80, 0.04, 200, last=0.60),
        ("routing", "csat"): flat(0.90, 0.04, 20, last=0.60),
    }
    told = findings(series, [CSAT], WEEK)
    assert [finding.workflow for finding in told] == ["returns", "routing"]
    assert sentence(told[0], NAMES, Speech()) == (
        "Returns: CSAT fell to 60.0% from 80.0% on average over the four weeks before "
        "(\N{MINUS SIGN}20.0 points, worse)."
    )


def test_a_bad_month_is_not_forgotten() -> None:
    told = findings({("returns", "csat"): flat(0.80, 0.04, 200, last=0.60, since=4)}, [CSAT], WEEK)
    assert [finding.is_new for finding in told] == [False]
    assert "stays below what it was before last month" in sentence(told[0], NAMES, Speech())


def test_one_find_by_chance_among_many_comparisons_is_not_told() -> None:
    """A change of 2.2 standard errors passes alone (p 0.03), but not as one of forty."""
    step = 0.022 / 1.96 * 2.2
    moved = {("returns", "csat"): flat(0.80, 0.02, 100, last=0.80 + step)}
    calm = {(f"calm-{index}", "csat"): flat(0.80, 0.02, 100) for index in range(40)}
    assert len(findings(moved, [CSAT], WEEK)) == 1
    assert findings(moved | calm, [CSAT], WEEK) == []
