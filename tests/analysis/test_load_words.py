"""Capacity against demand, from weeks that are made by hand."""

from __future__ import annotations

import polars as pl

from analysis.load_words import load_first, load_sentence, loads


def week(group: str, *, present: float, queue: float = 2.0, busy: float = 0.9) -> pl.DataFrame:
    """One ticket an hour on weekdays at nine and ten, and one on Sunday at nine, when nobody is there."""
    rows = [
        {
            "group_name": group,
            "weekday": weekday,
            "hour": hour,
            "arrivals": 1.0 if (weekday < 6 and hour in {9, 10}) or (weekday, hour) == (7, 9) else 0.0,
            "queue_length": queue * (3 if (weekday, hour) == (1, 8) else 1),
            "present_minutes": present if weekday < 6 and hour in {9, 10} else 0.0,
            "busy_minutes": present * busy if weekday < 6 and hour in {9, 10} else 0.0,
        }
        for weekday in range(1, 8)
        for hour in range(24)
    ]
    return pl.DataFrame(rows)


def test_a_week_in_words() -> None:
    """Eleven come in a week, one of them to nobody: 9%."""
    (load,) = loads(week("Returns", present=60.0))
    assert load_sentence(load) == (
        "Returns: its queue is longest on Monday 08:00, with 6 tickets on average. 9% of what comes in comes while "
        "nobody is there, most on Sunday. Those who are there are busy 90% of the time."
    )


def test_the_longest_queue_comes_first_and_gets_the_advice() -> None:
    found = loads(pl.concat([week("Orders", present=60.0), week("Returns", present=60.0, queue=20.0)]))
    assert [load.group for load in found] == ["Returns", "Orders"]
    assert load_first(found) == (
        "First give Returns more hours or less work: its queue is longest on Monday 08:00. What that would bring we "
        "cannot tell yet from averages."
    )


def test_people_with_time_are_asked_how_the_week_begins() -> None:
    assert "look at how Returns begins Monday" in load_first(loads(week("Returns", present=60.0, busy=0.4)))


def test_without_presence_nothing_is_claimed() -> None:
    found = loads(week("no group", present=0.0))
    assert found[0].group == "The team"
    assert "we cannot tell yet" in load_sentence(found[0])
    assert "does not say who worked when" in load_first(found)
