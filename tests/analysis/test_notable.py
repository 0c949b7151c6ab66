"""Which changes are told, in which order, and in which words."""

import datetime as dt

from analysis.change import Estimate
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
        "Average resolution time rose by 33% to 20 h in week 47, from 15 h on average in the four weeks before "
        "(worse), mostly because of Returns (100% of the change)."
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
        "Returns: CSAT fell by 20.0 points to 60.0% in week 47, from 80.0% on average in the four weeks before (worse)."
    )


def test_a_bad_month_is_not_forgotten() -> None:
    told = findings({("returns", "csat"): flat(0.80, 0.04, 200, last=0.60, since=4)}, [CSAT], WEEK)
    assert [finding.is_new for finding in told] == [False]
    assert sentence(told[0], NAMES, Speech()) == (
        "Returns: CSAT stood at 60.0% in week 47, 20.0 points below the average of 80.0% from May to October (worse)."
    )


def test_a_workflows_own_change_is_looked_for_in_its_channels() -> None:
    series = {("returns", HOURS.key): flat(15.0, 0.5, 100, last=20.0)}
    channels = {"the email channel": flat(20.0, 0.7, 50, last=30.0), "the web channel": flat(10.0, 0.7, 50)}
    (told,) = findings(series, [HOURS], WEEK, divisions=lambda *_: [{}, channels])
    assert "mostly because of the email channel (100% of the change)." in sentence(told, NAMES, Speech())


def test_a_smaller_share_of_a_part_is_told_as_such() -> None:
    """10 h at 90% and 100 h at 10% become 50% each: 19 h to 55 h, all of it mix, of which half is each part's."""
    series = {
        ("all", HOURS.key): flat(19.0, 0.5, 100, last=55.0),
        ("returns", HOURS.key): flat(100.0, 0.7, 10) | {WEEK: Estimate(100.0, 99.3, 100.7, 50)},
        ("routing", HOURS.key): flat(10.0, 0.7, 90) | {WEEK: Estimate(10.0, 9.3, 10.7, 50)},
    }
    told = next(finding for finding in findings(series, [HOURS], WEEK) if finding.workflow == "all")
    assert "larger share of tickets (50% after 10%)" in sentence(told, NAMES, Speech())


def test_a_surge_is_told_with_the_workflow_behind_it() -> None:
    volume = Metric("tickets_created", "Tickets created", "count", "neither")
    bumpy = {week: Estimate(point.value, n=300) for week, point in flat(300.0, 0, 300, last=420.0).items()}
    for index, week in enumerate(sorted(bumpy)[:-1]):
        bumpy[week] = Estimate(300.0 + 10 * (index % 2), n=300)
    part = {week: Estimate((point.value or 0) - 200, n=100) for week, point in bumpy.items()}
    rest = dict.fromkeys(bumpy, Estimate(200.0, n=200))
    series = {("all", volume.key): bumpy, ("returns", volume.key): part, ("routing", volume.key): rest}
    (told,) = findings(series, [volume], WEEK, most=1)
    words = sentence(told, NAMES, Speech())
    assert words.startswith("Tickets created rose by 38% to 420 in week 47, from 305 on average")
    assert words.endswith("mostly because of Returns (100% of the change).")


def test_one_find_by_chance_among_many_comparisons_is_not_told() -> None:
    """A change of 2.2 standard errors passes alone (p 0.03), but not as one of forty."""
    step = 0.022 / 1.96 * 2.2
    moved = {("returns", "csat"): flat(0.80, 0.02, 100, last=0.80 + step)}
    calm = {(f"calm-{index}", "csat"): flat(0.80, 0.02, 100) for index in range(40)}
    assert len(findings(moved, [CSAT], WEEK)) == 1
    assert findings(moved | calm, [CSAT], WEEK) == []
