"""Waits by cause, moment by moment in plain Python: the published rules, read again and written without their algebra."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.transforms.wait_models import CAUSES, Visit

Opened = dict[str, list[tuple[datetime, datetime]]]
WHOLE = {"customer": "customer", "resolved": "customer", "hold": "hold"}
NOBODYS = ("queue", "reopened", "bot")


@dataclass(frozen=True)
class Batches:
    """The batch of each visit, by its place in the list, and when the last of a batch could have begun."""

    number: dict[int, int]
    ready: dict[int, datetime]


def batches_of(visits: Sequence[Visit]) -> Batches:
    """One person at the same step without a pause, all of it there before the first was begun."""
    series: dict[tuple[str, str], list[int]] = defaultdict(list)
    for place, visit in enumerate(visits):
        if visit.agent_id is not None and visit.started_at is not None:
            series[visit.agent_id, visit.step].append(place)
    found: list[list[int]] = []
    for places in series.values():
        places.sort(key=lambda place: (begun(visits[place]), visits[place].until_at, visits[place].ticket_key))
        found.extend(cut(visits, places))
    number: dict[int, int] = {}
    ready: dict[int, datetime] = {}
    for batch, members in enumerate(found):
        are_measured = all(visits[place].start_source == "measured" for place in members)
        if len(members) >= (2 if are_measured else 3):
            number |= dict.fromkeys(members, batch)
            ready |= dict.fromkeys(members, max(visits[place].entered_at for place in members))
    return Batches(number, ready)


def cut(visits: Sequence[Visit], places: Sequence[int]) -> list[list[int]]:
    """A person's visits to a step in their order, cut into what was done in one go."""
    groups: list[list[int]] = []
    until = datetime.min
    for place in places:
        visit = visits[place]
        goes_on = groups and visit.entered_at <= begun(visits[groups[-1][0]]) and begun(visit) <= until
        if goes_on:
            groups[-1].append(place)
            until = max(until, visit.until_at)
        else:
            groups.append([place])
            until = visit.until_at
    return groups


def begun(visit: Visit) -> datetime:
    """When the wait was over."""
    return visit.until_at if visit.started_at is None else visit.started_at


def causes_of(visits: Sequence[Visit], opened: Opened, step: timedelta) -> list[dict[str, int]]:
    """Microseconds by cause of every visit, if every instant in it is a multiple of step."""
    batches = batches_of(visits)
    found = []
    for place, visit in enumerate(visits):
        counted = dict.fromkeys(CAUSES, 0)
        at = visit.entered_at
        while at < begun(visit):
            counted[cause_at(visits, place, at, batches, opened)] += step // timedelta(microseconds=1)
            at += step
        found.append(counted)
    return found


def cause_at(visits: Sequence[Visit], place: int, at: datetime, batches: Batches, opened: Opened) -> str:
    """Why a visit waits from one moment to the next."""
    visit = visits[place]
    if visit.step_kind in WHOLE:
        timed = WHOLE[visit.step_kind] == "customer" and visit.ended_by == "rule"
        return "timer" if timed else WHOLE[visit.step_kind]
    is_closed = visit.schedule is not None and not any(a <= at < b for a, b in opened[visit.schedule])
    is_activity = visit.step_kind == "activity"
    if is_closed and not is_activity:
        return "out_of_hours"
    if visit.step_kind in NOBODYS or (visit.agent_id is None and not is_activity):
        return "unassigned"
    ready = batches.ready.get(place, visit.entered_at)
    tests: list[tuple[str, Callable[[], bool]]] = [
        ("batching", lambda: at < ready),
        ("contention", lambda: any(was_before(visits, place, other, batches) for other in at_work(visits, place, at))),
        ("prioritisation", lambda: bool(at_work(visits, place, at))),
        ("out_of_hours", lambda: is_closed),
    ]
    return next((cause for cause, fits in tests if fits()), "extraneous")


def at_work(visits: Sequence[Visit], place: int, at: datetime) -> list[int]:
    """What else the visit's person is at."""
    return [
        other
        for other, visit in enumerate(visits)
        if other != place
        and visit.agent_id is not None
        and visit.agent_id == visits[place].agent_id
        and visit.started_at is not None
        and visit.started_at <= at < visit.until_at
    ]


def was_before(visits: Sequence[Visit], place: int, other: int, batches: Batches) -> bool:
    """Whether another visit could have begun before; to the rest of the world a batch is there when its last is."""
    is_same_batch = place in batches.number and batches.number.get(other) == batches.number[place]
    since = visits[place].entered_at if is_same_batch else batches.ready.get(place, visits[place].entered_at)
    return visits[other].entered_at <= since
