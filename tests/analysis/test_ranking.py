"""Worst first, as far as the interval allows."""

import polars as pl

from analysis.change import Estimate
from analysis.ranking import Judged, Standing, judge, target_for, worst_first

TARGETS = pl.DataFrame(
    {
        "metric": ["csat", "csat", "first_reply_minutes"],
        "workflow": ["all", "returns", "all"],
        "priority": ["all", "all", "high"],
        "value": [0.85, 0.80, 60.0],
    }
)


def test_only_a_certain_miss_is_a_miss() -> None:
    """20-30 h against 16 h: at least 4 h too long, a quarter of the target."""
    missed = judge(Estimate(25, 20, 30, 40), 16, "lower")
    assert (missed.standing, missed.severity) == (Standing.MISSED, 0.25)
    assert judge(Estimate(25, 15, 30, 40), 16, "lower").standing is Standing.UNCLEAR
    assert judge(Estimate(10, 5, 16, 40), 16, "lower").standing is Standing.MET
    assert judge(Estimate(0.9, 0.86, 0.93, 40), 0.85, "higher").standing is Standing.MET


def test_too_few_and_unknown_are_not_judged() -> None:
    assert judge(Estimate(99, 98, 100, 2, too_few=True), 16, "lower").standing is Standing.NONE
    assert judge(Estimate(None), 16, "lower").severity == 0.0


def test_a_workflows_own_target_goes_before_the_shops() -> None:
    assert target_for(TARGETS, "csat", "returns") == 0.80
    assert target_for(TARGETS, "csat", "routing") == 0.85
    assert target_for(TARGETS, "ces", "routing") is None
    assert target_for(TARGETS, "first_reply_minutes", "routing") is None, "a target of one priority is not the shop's"


def test_worst_certain_miss_leads_and_unclassified_closes() -> None:
    def row(*severities: float) -> dict[str, Judged]:
        return {str(index): Judged(1.0, Standing.MISSED, value) for index, value in enumerate(severities)}

    judged = {
        "calm": row(0.0),
        "busy": row(0.0),
        "unclassified": row(9.0),
        "bad": row(0.3),
        "worse": row(0.3, 0.1),
    }
    assert worst_first(judged, {"busy": 10, "calm": 1}, "unclassified") == [
        "worse",
        "bad",
        "busy",
        "calm",
        "unclassified",
    ]
